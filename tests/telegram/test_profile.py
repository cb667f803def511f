"""The bot's profile is made from desk.yaml, set once, and only where it differs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.channels.telegram_carrier import CallFailed
from bot.channels.telegram_profile import COMMANDS, set_profile, traits
from bot.channels.telegram_service import open_carrier
from flows.commands import find_command
from tests.shipped import shipped
from tests.telegram.fake_api import Weather, serve
from tests.telegram.house import LIBRARIES, settings
from tests.telegram.rules import check


@pytest.mark.parametrize("library", LIBRARIES)
async def test_setting_it_twice_changes_nothing_the_second_time(library: str) -> None:
    desk = shipped().knowledge.desk
    async with serve() as api:
        carrier = open_carrier(settings(api, library))
        assert await set_profile(carrier, desk) == len(traits(desk))
        assert await set_profile(carrier, desk) == 0
        renamed = replace(desk, name="Werkcentrum Rivierenland", phone="0344 12 34 56")
        assert await set_profile(carrier, renamed) == 4  # name and description, in two languages
        api.weather["getMyName"].append(Weather(500))
        with pytest.raises(CallFailed):
            await set_profile(carrier, desk)
        api.weather["setMyName"].append(Weather(400, "Bad Request: name is taken"))
        assert await set_profile(carrier, replace(renamed, name="Anders")) == 3
        assert api.violations == []
        await carrier.aclose()


def test_every_command_of_the_menu_is_one_the_desk_knows() -> None:
    for commands in COMMANDS.values():
        for name, _ in commands:
            assert name == "start" or find_command(f"/{name}") is not None, name


def test_names_and_descriptions_of_any_desk_fit() -> None:
    desk = replace(shipped().knowledge.desk, name="Werkcentrum " * 20, phone="0" * 300)
    for trait in [*traits(desk), *traits(desk, "https://loket.example/" + "a" * 200)]:
        check(trait.set.method, trait.set.params)


def test_the_description_names_another_way_and_where_privacy_is_explained() -> None:
    desk = replace(shipped().knowledge.desk, phone="0344 12 34 56")
    found = traits(desk, "https://loket.example")
    long = next(one.expected["description"] for one in found if "description" in one.expected)
    for part in ("0344 12 34 56", "https://loket.example/chat", "https://loket.example/privacy", "een mens"):
        assert part in long
