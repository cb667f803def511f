"""Settings fail together, at the start, by name."""

from __future__ import annotations

import pytest

from bot.settings import SettingsInvalid, read_settings


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


def test_another_programs_variables_are_left_alone() -> None:
    assert read_settings({"PORT": "x", "LOKET_TEST_DATABASE_URL": "y"}).port == 8080
