"""The catalogue: all entries by id, and the other ids by which they are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from knowledge.checked import laid_over
from knowledge.entries import Entry
from knowledge.entry_reading import read_entry
from knowledge.facts import Facts
from knowledge.parsed import read_files
from knowledge.problems import Problems
from knowledge.source import Node


class Catalogue(Mapping[str, Entry]):
    """Entries by id, sorted by id. Looking up accepts aliases; iterating gives each entry once."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {entry.id: entry for entry in sorted(entries, key=lambda entry: entry.id)}
        self._aliases = {alias: entry.id for entry in self._entries.values() for alias in entry.aliases}

    def __getitem__(self, name: str) -> Entry:
        return self._entries[self._aliases.get(name, name) if name not in self._entries else name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries or name in self._aliases

    def resolve(self, name: str) -> Entry | None:
        """The entry with this id or alias."""
        return self._entries.get(name) or self._entries.get(self._aliases.get(name, ""))

    def of_kind(self, *kinds: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self._entries.values() if entry.kind in kinds)


def read_catalogue(
    files: Mapping[str, Path],
    facts: Facts,
    geography: Any,
    problems: Problems,
    *,
    hide: Iterable[str] = (),
    checked: Mapping[str, Node] | None = None,
    cache: bool = True,
) -> Catalogue:
    """Read entries; a later file replaces an earlier one of the same id (a region's pack over what ships).

    `checked` is laid over them: what was found when their sources were read again (checked.py).
    """
    chosen: dict[str, tuple[str, Path]] = {}
    for shown, path in files.items():
        chosen[path.stem] = (shown, path)
    hidden = set(hide)
    wanted = {shown: path for stem, (shown, path) in chosen.items() if stem not in hidden}
    entries = []
    for shown, node in read_files(wanted, problems, cache=cache).items():
        path = wanted[shown]
        folder = path.parent.name
        node = laid_over(node, (checked or {}).get(path.stem))
        entry = read_entry(node, path.stem, "" if folder == "catalogue" else folder, facts, geography, problems)
        if entry is not None:
            entries.append(entry)
    return Catalogue(entries)
