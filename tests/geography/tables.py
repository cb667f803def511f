"""The tables as plain rows, read apart from the code under test."""

from __future__ import annotations

from pathlib import Path

import knowledge

HERE = Path(__file__).parent
DATA = Path(knowledge.__file__).with_name("geography")


def rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:] if line]


def table(name: str) -> list[list[str]]:
    return rows(DATA / f"{name}.tsv")


def numbers(cell: str) -> list[int]:
    found: list[int] = []
    for part in cell.split():
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found
