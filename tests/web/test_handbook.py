"""The handbook for people at the desk: every button it names stands on a page with exactly that label."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from bot.web.render import HERE
from bot.web.texts import phrases

FOLDER = Path(__file__).parents[2] / "docs" / "handboek"
NAMED = re.compile(r"\[([^\]\n]+)\](?!\()")
EITHER = re.compile(r"\{\{ '([^']*)' if [^}]*else '([^']*)' \}\}")
TAGS = re.compile(r"<[^>]+>|\{\{[^}]*\}\}|\{%[^%]*%\}")


def labels() -> str:
    """Every text on the pages of the desk and the chat, one a line, without what is filled in."""
    found = [path.read_text(encoding="utf-8") for path in sorted((HERE / "templates").rglob("*.html"))]
    plain = TAGS.sub("\n", EITHER.sub(r"\1\n\2", "\n".join(found)))
    t = phrases("nl")
    return "\n".join((html.unescape(plain), t("my_data"), t("erase")))


@pytest.mark.parametrize("page", sorted(path.name for path in FOLDER.glob("*.md")))
def test_every_button_of_the_handbook_is_there(page: str):
    lines = {line.strip() for line in labels().splitlines()}
    text = re.sub(r"```.*?```|`[^`]*`", "", (FOLDER / page).read_text(encoding="utf-8"), flags=re.S)
    assert [name for name in NAMED.findall(text) if name not in lines] == []
