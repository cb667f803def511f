"""The words around the chat in other languages: each belongs to a Dutch text as it stands, with the same gaps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.web.texts import ELSEWHERE, TEXTS, WHOLE_PAGES, phrases
from knowledge.problems import Problems

LANGUAGES = [language for language in ELSEWHERE.languages() if language != "nl"]
TEMPLATES = Path(__file__).resolve().parents[2] / "bot" / "web" / "templates"


def gaps(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translated_word_is_shown(language: str) -> None:
    problems = Problems()
    ELSEWHERE.check(language, problems)
    assert problems.found == []
    for key, message in ELSEWHERE.messages(language).items():
        assert message.dutch == TEXTS[key][0], f"{language}: the Dutch of {key} has changed"
        assert gaps(message.text) == gaps(message.dutch), f"{language}: {key}"
        assert message.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_native_reader_is_asked_for_and_dutch_stands_where_nothing_does(language: str) -> None:
    assert "native reader" in ELSEWHERE.review(language)
    t = phrases(language)
    missing = next(key for key in TEXTS if key not in ELSEWHERE.messages(language))
    assert t(missing) == TEXTS[missing][0]
    assert t("send") != TEXTS["send"][0]


def test_the_pages_that_speak_other_languages_exist() -> None:
    for name in WHOLE_PAGES:
        assert (TEMPLATES / name).is_file()
