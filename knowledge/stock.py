"""What can run out and is counted by the desk itself: budgets in euros, places at meetings. Read from the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.catalogue import Catalogue
    from knowledge.entries import Entry


@dataclass(frozen=True, slots=True)
class Stock:
    """One thing that can run out. `ceiling` in euros or places, None without a limit; `starts` Dutch wall clock."""

    what: str  # id of the entry
    kind: str  # budget | event
    ceiling: int | None
    title: str
    place: str = ""
    starts: datetime | None = None


def one_of(entry: Entry) -> int:
    """What one request takes from the budget at most, in whole euros; 1 when the entry names no amount."""
    return int(next((one.maximum or one.value for one in entry.amounts if one.maximum or one.value), 0) or 1)


def stock_of(catalogue: Catalogue) -> tuple[Stock, ...]:
    """Entries with `facts: {counted_here: yes}` and a budget, and meetings with a date, that have not ended."""
    found = []
    for entry in catalogue.values():
        if entry.status == "ended":
            continue
        if entry.kind == "event" and "starts" in entry.facts:
            places = entry.facts.get("places")
            found.append(
                Stock(
                    entry.id, "event", int(str(places)) if places else None, entry.name,
                    str(entry.facts.get("location", "")), datetime.fromisoformat(str(entry.facts["starts"])),
                )
            )  # fmt: skip
        elif entry.facts.get("counted_here") == "yes" and entry.budget and entry.budget.ceiling is not None:
            found.append(Stock(entry.id, "budget", int(entry.budget.ceiling), entry.name))
    return tuple(found)
