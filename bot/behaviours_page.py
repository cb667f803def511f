"""docs/gedrag.md: which transcript holds each behaviour of the origin systems, and in how many wordings."""

from __future__ import annotations

import re
from pathlib import Path

from flows import behaviour
from knowledge.content import Knowledge

SYSTEMS = (
    "sim-leerwerkfabriek",
    "gelders-vakmanschap",
    "leerwerkcirkel",
    "slim-leerwerkakkoord-rijnmond",
    "bvm-netwerk",
)  # folders of tests/transcripts; each is also the id of a programme in the catalogue
SHOWN = "../tests/transcripts"  # as seen from docs/
INTRO = """# Gedrag

Wat het loket moet doen voor vijf bestaande initiatieven, en het gesprek dat dat bewijst. Elk gesprek loopt
door de echte vragen en de echte catalogus, in meer dan één formulering. Deze pagina wordt gemaakt uit die
gesprekken; verander haar niet met de hand (`make documents`).
"""
LONG = "Vier lange gesprekken, woord voor woord, één per soort bezoeker:"


def behaviours_page(knowledge: Knowledge, transcripts: Path) -> str:
    """The table, one row per behaviour. Raises BehaviourInvalid when a transcript cannot be read."""
    rows, behaviours, wordings = [], 0, 0
    for system in SYSTEMS:
        entry = knowledge.catalogue.resolve(system)
        name = entry.name if entry is not None else system
        for path in sorted((transcripts / system).glob("*.txt"), key=_in_order):
            one = behaviour.read(path.read_text(encoding="utf-8"), path.name)
            behaviours, wordings = behaviours + 1, wordings + len(one.variants)
            link = f"[{path.stem}]({SHOWN}/{system}/{path.name})"
            rows.append(f"| {name} | {one.id} | {one.title} | {link} | {len(one.variants)} |")
    long = [f"- [{_title(path)}]({SHOWN}/long/{path.name})" for path in sorted((transcripts / "long").glob("*.txt"))]
    table = ["| initiatief | gedrag | waar het over gaat | gesprek | formuleringen |", "|---|---|---|---|---|", *rows]
    count = f"{behaviours} gedragingen, {wordings} formuleringen."
    return "\n".join([INTRO, count, "", *table, "", LONG, "", *long]) + "\n"


def _in_order(path: Path) -> tuple[str, int]:
    """gv-b2 before gv-b10."""
    found = re.match(r"([a-z]+)-b(\d+)", path.name)
    return (found[1], int(found[2])) if found else (path.name, 0)


def _title(path: Path) -> str:
    """The first line of a dialogue: what it is about."""
    return path.read_text(encoding="utf-8").splitlines()[0].partition(":")[2].strip()
