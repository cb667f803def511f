"""What somebody at the desk found when reading an entry's sources again: checked, written into the pack, in force at
once.

One file in the pack (knowledge/checked.py) is replaced in one go; what would not pass `loket check` is never written.
Two people at one entry: the second is shown what the first wrote. One step back is kept with every change.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.reloading import reload_content
from flows.content import pack_in_force
from knowledge.checked import FIELDS, checked_paths, read_checked, written
from knowledge.entries import Entry, Window
from knowledge.problems import Problems

if TYPE_CHECKING:
    from bot.desk import Desk

Finding = dict[str, Any]  # keys of checked.FIELDS, values as YAML has them; '' takes a key away
MOST_WINDOWS = 8
LEASE = "checked.yaml"
AGAIN = timedelta(days=92)  # until the next reading, of an entry that never said


@dataclass(frozen=True)
class Result:
    """`kind` is saved, conflict, refused, busy or unwritable; `lines` say why, for who pressed the button."""

    kind: str
    lines: tuple[str, ...] = field(default=())


def pack_file(desk: Desk) -> Path | None:
    """Where findings of this desk are kept; None without a pack of its own."""
    folder = desk.settings.content
    return checked_paths(pack_in_force(folder))[-1] if folder is not None else None


def present(entry: Entry) -> Finding:
    """What holds now of what may be changed, as YAML would have it."""
    return {
        "status": entry.status,
        "status_on": _iso(entry.status_on),
        "opens_on": _iso(entry.opens_on),
        "windows": [window_of(one) for one in entry.windows],
        "budget": _budget(entry),
        "checked_on": _iso(entry.checked_on),
        "review_by": _iso(entry.review_by),
    }


def mark(entry: Entry) -> str:
    """Names what a form was drawn from, so that a second form shows that somebody was first."""
    return hashlib.blake2s(repr(present(entry)).encode(), digest_size=8).hexdigest()


def window_of(window: Window) -> dict[str, str]:
    found = {
        "opens": moment_text(window.opens, closing=False),
        "closes": moment_text(window.closes, closing=True),
        "pattern": window.pattern,
        "provisional": "yes" if window.provisional else "",
    }
    return {key: value for key, value in found.items() if value}


def moment_text(moment: datetime | None, *, closing: bool) -> str:
    """2027-03-31, or with a time. A window that closes at midnight closes at the end of the day before."""
    if moment is None:
        return ""
    if (moment.hour, moment.minute) == (0, 0):
        return (moment - timedelta(days=1) if closing else moment).date().isoformat()
    return f"{moment:%Y-%m-%d %H:%M}"


def _budget(entry: Entry) -> dict[str, str] | str:
    if entry.budget is None:
        return ""
    budget = entry.budget
    found = {
        "ceiling": _number(budget.ceiling),
        "spent": _number(budget.spent),
        "measured_on": _iso(budget.measured_on),
        "rule": budget.rule,
        "exhausted": "yes" if budget.exhausted else "",
    }
    return {key: value for key, value in found.items() if value}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if value < 1e6 or value % 1 else str(int(value))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def read_again(entry: Entry, found: Finding, today: date) -> Finding:
    """The whole finding: what was found, the day, and when somebody must read the sources again."""
    now = present(entry)
    changed = {key: value for key, value in found.items() if value != now[key]}
    if {"status", "opens_on", "windows", "budget"} & set(changed):
        changed["status_on"] = today.isoformat()
    if isinstance(changed.get("budget"), dict):
        changed["budget"] = {**changed["budget"], "measured_on": today.isoformat()}
    day = date.fromisoformat(found.get("checked_on") or today.isoformat())
    every = entry.review_by - entry.checked_on if entry.review_by and entry.checked_on else AGAIN
    every = min(max(every, timedelta(days=30)), timedelta(days=366))
    return {**changed, "checked_on": day.isoformat(), "review_by": (day + every).isoformat()}


async def save(desk: Desk, entry: str, seen: str, found: Finding, now: datetime) -> Result:
    """Lays a finding over an entry, when nobody was first and `loket check` has nothing against it."""

    def change(all_: dict[str, Finding]) -> None:
        before = {key: value for key, value in all_.get(entry, {}).items() if key in FIELDS}
        kept = {**before, **found}
        all_[entry] = {**kept, "was": before, "at": now.isoformat(timespec="seconds")}

    return await _write(desk, entry, seen, change)


async def undo(desk: Desk, entry: str, seen: str) -> Result:
    """Puts back what held before the last change of this entry."""

    def change(all_: dict[str, Finding]) -> None:
        was = all_.pop(entry, {}).get("was")
        if was:
            all_[entry] = dict(was)

    return await _write(desk, entry, seen, change)


def may_undo(desk: Desk, entry: str) -> bool:
    node = desk.content.knowledge.checked.get(entry)
    return node is not None and node.get("was") is not None


async def _write(desk: Desk, entry: str, seen: str, change: Any) -> Result:
    path = pack_file(desk)
    if path is None:
        return Result("unwritable", ("Deze desk heeft geen eigen map met inhoud (LOKET_CONTENT).",))
    holder = secrets.token_hex(8)
    if not await desk.store.hold_lease(LEASE, holder, 20):
        return Result("busy", ("Een collega bewaart juist iets. Probeer het zo nog eens.",))
    try:
        held = desk.content.knowledge.catalogue.resolve(entry)
        if held is None or mark(held) != seen:
            return Result("conflict")
        result = await asyncio.to_thread(
            _replace, desk.settings.content, path, entry, change, desk.clock().date(), held
        )
        if result.kind == "conflict":
            await reload_content(desk)  # another process of this desk wrote
        if result.kind == "saved" and not await reload_content(desk):
            return Result("refused", ("De inhoud kon niet opnieuw worden gelezen. Vraag de beheerder om het logboek.",))
        return result
    finally:
        await desk.store.drop_lease(LEASE, holder)


def _replace(folder: Path | None, path: Path, entry: str, change: Any, today: date, held: Entry) -> Result:
    """Reads the file as it is now, changes it, looks whether all is well, and puts it in place in one go."""
    from knowledge.checks import check_knowledge
    from knowledge.content import Knowledge

    problems = Problems()
    before = read_checked({path.name: path} if path.is_file() else {}, problems, cache=False)
    if problems.errors:
        return Result("refused", tuple(one.render() for one in problems.errors))
    findings: dict[str, Finding] = {name: node.plain() for name, node in before.items()}
    change(findings)
    draft = path.with_name(f".{path.name}.next")  # one name: whoever writes holds the lease
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(written(findings))
            file.flush()
            os.fsync(file.fileno())
        problems = Problems()
        knowledge = Knowledge.load(pack_in_force(folder) if folder else None, problems, checked=draft)
        check_knowledge(knowledge, today, problems, only=[entry])
        old = Problems()
        served = Knowledge.load(pack_in_force(folder) if folder else None, old)
        check_knowledge(served, today, old, only=[entry])
        known = {one.message for one in old.errors}
        wrong = [one for one in problems.errors if one.message not in known]
        if wrong:
            return Result("refused", tuple(f"{one.message}. {one.proposal}".strip() for one in wrong))
        if mark(served.catalogue[entry]) != mark(held):
            return Result("conflict")  # another process of this desk wrote; ours has not read it yet
        os.replace(draft, path)
    except OSError as error:
        return Result("unwritable", (f"De map met inhoud kan niet worden geschreven: {error.strerror}.",))
    finally:
        draft.unlink(missing_ok=True)
    return Result("saved")


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(key, before, after) of what would change, in the order of the form."""
    return [(key, before.get(key, ""), after[key]) for key in FIELDS if key in after and after[key] != before.get(key)]
