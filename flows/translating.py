"""Keeps `flows/i18n/<language>.po` in step with the texts: `python -m flows.translating en` writes it again.

Translations whose Dutch did not change stay; new and changed texts come in empty, so that `loket check` names them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows.content import HERE, Content
from flows.texts import texts
from knowledge.i18n import Message, Translations, write_po
from knowledge.problems import Problems


def catalogue(content: Content, language: str, known: Translations) -> str:
    """The gettext file of one language for the texts as they are now."""
    held = known.messages(language)
    messages = []
    for text in texts(content):
        found = held.get(text.key)
        kept = found.text if found is not None and found.dutch == text.dutch else ""
        messages.append(Message(text.key, text.dutch, kept))
    return write_po(messages, language)


def main(languages: list[str]) -> int:
    content = Content.read(None, Problems())
    if content is None or not languages:
        return 2
    for language in languages:
        path: Path = HERE / "i18n" / f"{language}.po"
        path.write_text(catalogue(content, language, content.translations), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
