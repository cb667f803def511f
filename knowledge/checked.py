"""`checked.yaml`: what was found when sources were read again, laid over the catalogue's own files.

    slim-regeling-mkb:
      status: open
      checked_on: 2026-11-23
      review_by: 2027-02-23

Only the few keys that change with time may stand there. Whichever was checked last counts: an entry whose own file
names a later `checked_on` is read from that file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from knowledge.parsed import read_files
from knowledge.problems import Problems, did_you_mean
from knowledge.source import Node

NAME = "checked.yaml"
FIELDS = ("status", "status_on", "opens_on", "windows", "budget", "checked_on", "review_by")
ABOUT = ("was", "at")  # what stood here before the last change, and when that was: for one step back
HEAD = "# Written by the desk (Kennis): what was found when sources were read again. See docs/region.md.\n"


def checked_paths(folder: Path) -> tuple[Path, ...]:
    """Where findings about a pack may stand, the one that counts last. A published pack keeps them beside its versions:
    publishing a new version does not undo what somebody checked."""
    beside = (folder.parent / NAME,) if folder.parent.name == ".versions" else ()
    return (folder / NAME, *beside)


def read_checked(files: Mapping[str, Path], problems: Problems, *, cache: bool = True) -> dict[str, Node]:
    """Findings by entry; every problem is collected. Of two files the later check counts."""
    found: dict[str, Node] = {}
    for node in read_files(files, problems, cache=cache).values():
        if node.value == "":
            continue
        if not node.is_map:
            problems.error(node.place, "must be a mapping of entries", "Write 'entry-id:' and below it the keys.")
            continue
        for name, part in node.map.items():
            for key in part.map:
                if key not in (*FIELDS, *ABOUT):
                    hint = did_you_mean(key, FIELDS) or "Other things are changed in the entry's own file."
                    problems.error(part.key_place(key), f"'{key}' cannot stand here", hint, width=len(key))
            if part.get("checked_on") is None:
                problems.error(part.place, f"'{name}' does not say when it was checked", "Add 'checked_on: 2026-…'.")
            elif name not in found or _day(found[name]) <= _day(part):
                found[name] = part
    return found


def laid_over(own: Node, finding: Node | None) -> Node:
    """The entry's node with what was found later; keys that are empty in the finding are taken away."""
    if finding is None or not own.is_map or _day(finding) < _day(own):
        return own
    values, places = dict(own.map), dict(own.keys or {})
    for key in FIELDS:
        part = finding.get(key)
        if part is None:
            continue
        if part.value == "":
            values.pop(key, None)
        else:
            values[key], places[key] = part, finding.key_place(key)
    return Node(values, own.place, places)


def _day(node: Node) -> str:
    part = node.get("checked_on")
    return part.text if part is not None else ""


def written(findings: Mapping[str, Mapping[str, Any]]) -> str:
    """The file as it is kept: entries by name, keys in one order, every value as text."""
    import yaml

    plain = {
        name: {key: findings[name][key] for key in (*FIELDS, *ABOUT) if key in findings[name]}
        for name in sorted(findings)
    }
    return HEAD + yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100)
