"""Texts in other languages, by key. Dutch stands in the content itself and is the fallback for every missing text.

A catalogue is a gettext file `i18n/<language>.po`: msgctxt is the key, msgid the Dutch text, msgstr the translation.
When the Dutch was changed after it was translated, the translation is not shown: better Dutch than a wrong rule.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.languages import RIGHT_TO_LEFT, in_order, with_isolated_numbers
from knowledge.problems import Place, Problems


@dataclass(frozen=True, slots=True)
class Message:
    key: str
    dutch: str
    text: str
    place: Place = field(default=Place(""), compare=False)


class Translations:
    """Catalogues of one or more rooms; each language is read when first used."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self._folders = tuple(folders)
        self._read: dict[str, dict[str, Message]] = {}

    @classmethod
    def load(cls, *folders: Path) -> Translations:
        """From `i18n` folders; a later folder wins."""
        return cls(folders)

    def languages(self) -> tuple[str, ...]:
        """Dutch first, then every language there is a catalogue for, in the order in which they are offered."""
        return in_order(path.stem for path in self.files())

    def files(self, language: str = "*") -> tuple[Path, ...]:
        """The gettext files, of one language or of all."""
        return tuple(path for folder in self._folders for path in sorted(folder.glob(f"{language}.po")))

    def review(self, language: str) -> str:
        """What the files of a language still need ("needs review by a native reader"), or ''."""
        said = (po_header(path.read_text(encoding="utf-8")).get("X-Review", "") for path in self.files(language))
        return next(filter(None, said), "")

    def messages(self, language: str) -> Mapping[str, Message]:
        found = self._read.get(language)
        if found is None:
            found = {}
            for folder in self._folders:
                path = folder / f"{language}.po"
                if path.is_file():
                    found.update({one.key: one for one in read_po(path.read_text(encoding="utf-8"), str(path))})
            self._read[language] = found
        return found

    def check(self, language: str, problems: Problems) -> None:
        """Report lines of the catalogues that make no sense."""
        for folder in self._folders:
            path = folder / f"{language}.po"
            if path.is_file():
                read_po(path.read_text(encoding="utf-8"), str(path), problems)

    def tr(self, key: str, dutch: str, language: str) -> str:
        """The text for a key in a language, or the Dutch one itself (the same object)."""
        if language == "nl" or not dutch:
            return dutch
        found = self.messages(language).get(key)
        if found is None or not found.text or found.dutch != dutch:
            return dutch
        return with_isolated_numbers(found.text) if language in RIGHT_TO_LEFT else found.text


def po_header(text: str) -> dict[str, str]:
    """The header of a gettext file: name -> value."""
    head = text.split("\n\n", 1)[0]
    lines = "".join(_unquoted(line.strip(), "", 0, None) for line in head.splitlines() if line.startswith('"'))
    parts = (one.partition(":") for one in lines.splitlines())
    return {name.strip(): value.strip() for name, _, value in parts if name}


def read_po(text: str, shown: str, problems: Problems | None = None) -> list[Message]:
    """The messages of a gettext file. Fuzzy ones are left out; a line that makes no sense is reported and skipped."""
    found: list[Message] = []
    fields: dict[str, str] = {}
    current, start, fuzzy = "", 1, False

    def flush() -> None:
        if fields.get("msgctxt") and not fuzzy:
            place = Place(shown, start)
            found.append(Message(fields["msgctxt"], fields.get("msgid", ""), fields.get("msgstr", ""), place))
        fields.clear()

    for number, line in enumerate([*text.splitlines(), ""], 1):
        line = line.strip()
        if not line:
            flush()
            current, fuzzy = "", False
        elif line.startswith("#"):
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
        elif line.startswith('"') and current:
            fields[current] += _unquoted(line, shown, number, problems)
        else:
            name, _, value = line.partition(" ")
            if name not in ("msgctxt", "msgid", "msgstr"):
                if problems is not None:
                    problems.error(Place(shown, number), f"'{name}' is not part of a gettext file")
                continue
            if name in fields:  # two messages without an empty line between them
                flush()
            if not fields:
                start = number
            current = name
            fields[name] = _unquoted(value.strip(), shown, number, problems)
    flush()
    return found


def write_po(messages: Iterable[Message], language: str, review: str = "") -> str:
    """A gettext file; the same messages give the same bytes. `review` says what it still needs, in its header."""
    head = po_head(language, review)
    parts = [
        f"msgctxt {_quoted(one.key)}\nmsgid {_quoted(one.dutch)}\nmsgstr {_quoted(one.text)}\n" for one in messages
    ]
    return head + "\n" + "\n".join(parts)


def po_head(language: str, review: str = "") -> str:
    """The header of a gettext file. Without dates: a file that says the same is the same."""
    return (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        + (f'"X-Review: {review}\\n"\n' if review else "")
    )


def _unquoted(quoted: str, shown: str, number: int, problems: Problems | None) -> str:
    plain = quoted[1:-1]
    if quoted == f'"{plain}"' and '"' not in plain and "\\" not in plain and plain.isprintable():
        return plain  # nothing in it means something else than it says
    try:
        value = ast.literal_eval(quoted)
    except (ValueError, SyntaxError):
        value = None
    if isinstance(value, str) and quoted.startswith('"'):
        return value
    if problems is not None:
        problems.error(
            Place(shown, number), "a text must stand between double quotes", 'Write "…" and \\" for a quote.'
        )
    return ""


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
