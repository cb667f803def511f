"""The engine alone: the same ten questions in our engine and in the form machinery of the Telegram libraries.

Theirs cannot be had without reading an update and building the request; ours pays for that in the Telegram section.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from pathlib import Path
from time import process_time
from typing import Any

from bot.clock import AMSTERDAM
from flows.engine import step
from flows.events import Said, Started
from flows.state import State
from flows.world import World
from tests.bench import dialog, peers
from tests.bench.intake import ten_questions
from tests.bench.measuring import Figure, measure, measure_async

NOW = datetime(2026, 11, 21, 10, tzinfo=AMSTERDAM)
PEOPLE = 60


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        content = ten_questions(Path(folder) / "pack")

        typed = _texts()

        def ours(through_json: bool) -> int:
            for _ in range(PEOPLE):
                turn = step(content, World(), State(), Started(), NOW)
                for _ in range(10):
                    state = State.from_json(turn.state.to_json()) if through_json else turn.state
                    turn = step(content, World(), state, Said(next(typed)), NOW)
            return PEOPLE * 11

        found = [
            measure("our engine", lambda: ours(False), clock=process_time),
            measure("our engine, state to JSON and back each turn", lambda: ours(True), clock=process_time),
        ]
    return found + asyncio.run(_peers()) + dialog.figure(PEOPLE)


def _texts() -> Iterator[str]:
    """A text that was never typed before, each time: what is remembered of texts must not flatter us."""
    for letters in product("bdfgklmnprstvz", repeat=6):
        yield f"antwoord {''.join(letters)}"


async def _peers() -> list[Figure]:
    found = []
    dispatcher, bot = peers.aiogram_form()

    async def aiogram() -> int:
        return await _feed(lambda update: dispatcher.feed_raw_update(bot, update))

    found.append(await measure_async("aiogram, FSM in memory", aiogram, clock=process_time))
    from telegram import Update

    with tempfile.TemporaryDirectory() as folder:
        for name, file in (("ConversationHandler", ""), ("ConversationHandler, pickle each turn", f"{folder}/pickle")):
            application = await peers.ptb_form(file)

            async def handler(application: Any = application) -> int:
                async def give(update: dict[str, Any]) -> None:
                    await application.process_update(Update.de_json(update, application.bot))
                    if application.persistence:
                        await application.update_persistence()

                return await _feed(give)

            found.append(await measure_async(f"python-telegram-bot, {name}", handler, clock=process_time))
    return found


async def _feed(give: Any) -> int:
    count = 0
    for person in range(1, PEOPLE + 1):
        for update in peers.whole_intake(person, person * 100):
            await give(update)
            count += 1
    return count
