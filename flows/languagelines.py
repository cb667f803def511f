"""How far each language is: one line a language for operators, and the translations that would be wrong to show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from flows.content import Content
from flows.texts import texts
from knowledge.i18n import Message
from knowledge.languages import INFORMAL, OWN_NAMES
from knowledge.problems import Place, Problems
from knowledge.translatable import texts_of

_HOLE = re.compile(r"\{([^{}]*)\}")
LONGEST_LABEL = 40  # characters of a button
_SHIPPED = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A Dutch text with the key of its translations. `room` is flows or knowledge, where its file is."""

    key: str
    dutch: str
    room: str
    place: str  # the file it stands in
    label: bool = False


def keyed_texts(content: Content) -> list[Keyed]:
    """Every text that is looked up by key, in the order in which translators meet it."""
    found = [
        Keyed(text.key, text.dutch, "flows", text.place.file, text.kind in ("label", "button"))
        for text in texts(content)
    ]
    for key, dutch in texts_of(content.knowledge.facts):
        file = "knowledge/facts.yaml" if key.startswith("facts.") else f"knowledge/lists/{key.split('.')[1]}.yaml"
        found.append(Keyed(key, dutch, "knowledge", file, key.startswith("facts.") and key.endswith(".label")))
    return found


def language_lines(content: Content) -> list[str]:
    """ "pl  Polski      102 of 2,400 texts; needs review by a native reader": what the desk can say, and how sure."""
    wanted = keyed_texts(content)
    lines = []
    for language in content.languages[1:]:
        shown = sum(_shown(content, text, language) for text in wanted)
        review = _review(content, language)
        promised = language in content.knowledge.desk.languages
        rest = "promised in desk.yaml" if promised else "the rest is said in Dutch"
        what = "complete" if shown == len(wanted) else rest
        line = f"  {language}  {OWN_NAMES.get(language, language):<12} {shown:>5,} of {len(wanted):,} texts; {what}"
        lines.append(f"{line}; {review}" if review else line)
    return ["Languages besides Dutch:", *lines] if lines else []


def check_partial(content: Content, problems: Problems) -> None:
    """What is translated must fit, also in a language that the desk does not promise; what is missing is no fault."""
    wanted = keyed_texts(content)
    for language in (*content.languages[1:], INFORMAL):
        if language in content.knowledge.desk.languages:
            continue  # checked text by text where the text stands
        content.translations.check(language, problems)
        for text in wanted:
            said = _message(content, text, language)
            if said is not None and said.text and said.dutch == text.dutch:
                for complaint in complaints(text, said.text):
                    problems.error(
                        Place(_short(said.place.file), said.place.line), f"{text.key}: {complaint}",
                        "Repair the translation, or leave it empty: then the Dutch text is shown.",
                    )  # fmt: skip


def complaints(text: Keyed, said: str) -> list[str]:
    """Why a translation must not be shown; [] when it may."""
    found = []
    if sorted(_HOLE.findall(said)) != sorted(_HOLE.findall(text.dutch)):
        found.append("the translation has other placeholders than the Dutch text")
    if text.label and len(said) > LONGEST_LABEL:
        found.append(f"the label '{said}' is too long for a button")
    if said.count("\n") != text.dutch.count("\n"):
        found.append("the translation has other lines than the Dutch text")
    return found


def _message(content: Content, text: Keyed, language: str) -> Message | None:
    room = content.translations if text.room == "flows" else content.knowledge.translations
    return room.messages(language).get(text.key)


def _shown(content: Content, text: Keyed, language: str) -> bool:
    said = _message(content, text, language)
    return said is not None and bool(said.text) and said.dutch == text.dutch


def _review(content: Content, language: str) -> str:
    return content.translations.review(language) or content.knowledge.translations.review(language)


def _short(file: str) -> str:
    path = Path(file)
    return path.relative_to(_SHIPPED).as_posix() if path.is_relative_to(_SHIPPED) else file
