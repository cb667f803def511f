"""What translators use: `loket translate extract`, `update` and `check`, on gettext files that any editor opens.

A text is found by its key (msgctxt), never by its words. When the Dutch changes, the translation stays in the file as
fuzzy with the old Dutch beside it, and is not shown until somebody has looked at it.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from bot.commands.content import load_content
from flows.content import HERE as FLOWS
from flows.content import Content
from flows.languagelines import Keyed, complaints, keyed_texts
from knowledge.content import SHIPPED
from knowledge.i18n import po_head, po_header
from knowledge.languages import INFORMAL, OWN_NAMES
from knowledge.problems import LoketError

ROOMS = ("flows", "knowledge")


def translate(options: argparse.Namespace) -> int:
    """Exit status 1 when `check` finds something that must not be shown, or a promised text is missing."""
    content = load_content(options.content)
    folder = content.knowledge.folders[-1] if content.knowledge.folders[-1] != SHIPPED else None
    if options.action == "extract":
        return _extract(content, options.output)
    languages = [options.language] if options.language else _languages(content, folder)
    if options.action == "update":
        return _update(content, folder, languages, every=options.all)
    return _check(content, languages)


# --- extract -------------------------------------------------------------------------------------------------------


def _extract(content: Content, output: Path) -> int:
    """One template for flows and one for facts and lists, with the file each text stands in."""
    output.mkdir(parents=True, exist_ok=True)
    for room in ROOMS:
        template = Catalog()
        for text in (one for one in keyed_texts(content) if one.room == room):
            template.add(text.dutch, "", [(text.place, 1)], context=text.key)
        path = output / f"{room}.pot"
        path.write_text(_written(template, "", locations=True), encoding="utf-8")
        print(f"{path}  {len(template):,} texts")
    return 0


# --- update --------------------------------------------------------------------------------------------------------


def _update(content: Content, folder: Path | None, languages: Iterable[str], *, every: bool) -> int:
    wanted = keyed_texts(content)
    for language in languages:
        if not (language in OWN_NAMES or language == INFORMAL or (language.isalpha() and len(language) in (2, 3))):
            raise LoketError(f"'{language}' is not the code of a language, such as pl")
        if language == "nl":
            raise LoketError("Dutch stands in the flows and facts themselves; change it there")
        for room in ROOMS:
            path = _path(room, folder, language)
            texts = [text for text in wanted if text.room == room]
            if folder is not None:  # a pack only translates what the shipped files do not
                shipped = {one.context for one in _read(_path(room, None, language)) if one.string}
                texts = [text for text in texts if text.key not in shipped]
            if not texts and not path.is_file():
                continue
            empties = every or language in content.knowledge.desk.languages
            merged, counts = merge(_read(path), texts, empties=empties)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_written(merged, _head(path, language)), encoding="utf-8")
            print(f"{path}  {counts}")
    return 0


@dataclass(slots=True)
class Counts:
    kept: int = 0
    fuzzy: int = 0
    empty: int = 0
    gone: int = 0

    def __str__(self) -> str:
        return f"{self.kept:,} kept, {self.fuzzy:,} to look at again, {self.empty:,} to translate, {self.gone:,} gone"


def merge(old: Catalog, texts: Iterable[Keyed], *, empties: bool) -> tuple[Catalog, Counts]:
    """The catalogue for the texts as they are now; what a translator wrote is never lost."""
    known = {str(message.context): message for message in old if message.id}
    merged, counts = Catalog(), Counts()
    for text in texts:
        held = known.pop(text.key, None)
        if held is None or not held.string:
            if empties:
                merged.add(text.dutch, "", context=text.key)
                counts.empty += 1
            continue
        changed = held.id != text.dutch
        previous = [str(held.id)] if changed and not held.fuzzy else [str(one) for one in held.previous_id]
        merged.add(
            text.dutch, held.string, context=text.key, flags=("fuzzy",) if changed or held.fuzzy else (),
            user_comments=held.user_comments, previous_id=previous,
        )  # fmt: skip
        counts.fuzzy += changed or held.fuzzy
        counts.kept += not (changed or held.fuzzy)
    for key, message in known.items():
        if message.string:
            merged.obsolete[key] = message
            counts.gone += 1
    merged.obsolete.update(old.obsolete)
    return merged, counts


# --- check ---------------------------------------------------------------------------------------------------------


def _check(content: Content, languages: Iterable[str]) -> int:
    wanted = keyed_texts(content)
    wrong = 0
    for language in languages:
        found: list[str] = []
        shown = fuzzy = 0
        for room in ROOMS:
            here: dict[str, Message] = {}
            for folder in _folders(content, room):
                path = folder / f"{language}.po"
                try:
                    here |= {str(one.context): one for one in _read(path, strict=True) if one.id}
                except PoFileError as error:
                    found.append(f"{path}: {error}")
            texts = {text.key: text for text in wanted if text.room == room}
            found += [f"{key}: this key does not exist; was it retyped?" for key in here if key not in texts]
            for key, message in here.items():
                text = texts.get(key)
                if text is None or not message.string:
                    continue
                if message.fuzzy or message.id != text.dutch:
                    fuzzy += 1
                    continue
                shown += 1
                found += [f"{key}: {one}" for one in complaints(text, str(message.string))]
        missing = len(wanted) - shown
        print(
            f"{language}: {shown:,} of {len(wanted):,} texts shown, {fuzzy:,} to look at again, "
            f"{missing - fuzzy:,} not translated"
        )
        if missing and language in content.knowledge.desk.languages:
            found.append(f"desk.yaml promises this language, and {missing:,} texts are missing")
        for line in found:
            print(f"  {line}")
        wrong += len(found)
    return 1 if wrong else 0


# --- files ---------------------------------------------------------------------------------------------------------


def _languages(content: Content, folder: Path | None) -> list[str]:
    informal = [INFORMAL] if any(_path(room, folder, INFORMAL).is_file() for room in ROOMS) else []
    return [*content.languages[1:], *informal]


def _folders(content: Content, room: str) -> list[Path]:
    """The `i18n` folders of a room; a later one wins."""
    packs = [folder for folder in content.knowledge.folders if folder != SHIPPED]
    if room == "flows":
        return [FLOWS / "i18n", *(pack / "flows" / "i18n" for pack in packs)]
    return [SHIPPED / "i18n", *(pack / "i18n" for pack in packs)]


def _path(room: str, folder: Path | None, language: str) -> Path:
    if folder is not None:
        return (folder / "flows" / "i18n" if room == "flows" else folder / "i18n") / f"{language}.po"
    return (FLOWS if room == "flows" else SHIPPED) / "i18n" / f"{language}.po"


def _read(path: Path, *, strict: bool = False) -> Catalog:
    if not path.is_file():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file, abort_invalid=strict)


def _head(path: Path, language: str) -> str:
    """The header as it was, comments and review mark included; a new file asks for a native reader."""
    if not path.is_file():
        return po_head(language, "needs review by a native reader")
    text = path.read_text(encoding="utf-8")
    comments = "".join(line + "\n" for line in text.split("msgid", 1)[0].splitlines() if line.startswith("#"))
    return comments + po_head(language, po_header(text).get("X-Review", ""))


def _written(catalog: Catalog, head: str, *, locations: bool = False) -> str:
    """Without dates and tool names: the same texts give the same bytes."""
    file = io.BytesIO()
    write_po(
        file, catalog, width=0, no_location=not locations, include_lineno=False, omit_header=True, include_previous=True
    )
    return (head or po_head("")) + "\n" + file.getvalue().decode("utf-8").strip("\n") + "\n"
