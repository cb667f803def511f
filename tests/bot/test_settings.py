"""Settings fail together, at the start, by name."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from bot.cli import parser
from bot.settings import Settings, SettingsInvalid, name_of, read_settings


def test_without_any_setting_the_desk_runs_on_this_machine_with_an_embedded_database() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.embedded
    assert settings.loopback


def test_all_complaints_come_at_once() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        read_settings(
            {
                "LOKET_PORT": "eighty",
                "LOKET_DATABASE_URL": "postgres://loket@db/loket",
                "LOKET_TELEGRAM_LIBARY": "ptb",
                "LOKET_TELEGRAM_TOKEN": "abc",
            }
        )
    text = str(caught.value)
    assert text.startswith("4 settings need attention:")
    assert "did you mean 'postgresql+asyncpg://…'?" in text
    assert "Did you mean 'LOKET_TELEGRAM_LIBRARY'?" in text
    assert "'eighty' is not a port" in text


def test_secrets_are_not_in_repr() -> None:
    settings = read_settings({"LOKET_TELEGRAM_TOKEN": "123456:" + "a" * 35, "LOKET_SECRET_KEY": "s3cret" * 8})
    assert "aaaa" not in repr(settings)
    assert "s3cret" not in repr(settings)


SECRETS = [one.name for one in fields(Settings) if not one.repr]


def test_every_secret_is_known_as_one() -> None:
    assert {"secret_key", "telegram_token", "telegram_webhook_secret", "smtp_url", "api_keys", "database_url"} <= set(
        SECRETS
    )
    for one in fields(Settings):
        if re.search(r"secret|token|password$|_keys?$", one.name):
            assert one.name in SECRETS, f"{one.name} sounds like a secret and stands in repr"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_is_refused_is_not_repeated_in_the_complaint(name: str) -> None:
    for value in ("geheim é", "geheim", "geheim://geheim:geheim@geheim", "a b:c:d"):
        try:
            text = repr(read_settings({name_of(name): value}))
        except SettingsInvalid as refused:
            text = str(refused)
        assert "geheim" not in text.replace("'geheim://…'", "")


def test_no_command_takes_a_secret_as_an_argument() -> None:
    """Arguments can be read by everybody on the machine, in `ps` and in the history of the shell."""
    [choices] = [action.choices for action in parser()._actions if action.dest == "command"]
    for name, command in choices.items():
        for action in command._actions:
            words = " ".join([action.dest, *action.option_strings]).lower()
            assert not re.search(r"secret|token|password", words), f"loket {name} {words}"
            if "key" in words:
                assert name == "restore", f"loket {name} {words}: only the path of a file of wrapped keys"


def test_another_programs_variables_are_left_alone() -> None:
    assert read_settings({"PORT": "x", "LOKET_TEST_DATABASE_URL": "y"}).port == 8080


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"LOKET_OIDC_ISSUER": "https://login.example"}, ["LOKET_OIDC_CLIENT_ID"]),
        ({"LOKET_OIDC_ISSUER": "http://login.example", "LOKET_PASSWORD_LOGIN": "off"}, ["LOKET_OIDC_ISSUER"]),
        ({"LOKET_PASSWORD_LOGIN": "off"}, ["LOKET_PASSWORD_LOGIN"]),
        ({"LOKET_OIDC_ROLES": "loket-coach=baas"}, ["LOKET_OIDC_ROLES"]),
        ({"LOKET_SECOND_FACTOR": "altijd"}, ["LOKET_SECOND_FACTOR"]),
    ],
)
def test_what_would_keep_everybody_out_or_let_anybody_in_is_said(environment: dict[str, str], named: list[str]) -> None:
    with pytest.raises(SettingsInvalid) as found:
        read_settings(environment)
    assert [line.split()[0] for line in str(found.value).splitlines()[1:]] == named
