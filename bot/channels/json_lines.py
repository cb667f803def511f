"""`loket chat --json`: one JSON object per turn, first before any input (DESIGN 10).

Each input line is what the visitor types, or `{"choice": "id"}`, or `{"command": "terug"}`. A bad line yields
`{"error": …}` and the program goes on; the exit status is then 1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from bot.turn_json import turn_object
from flows.events import Chose, Event, Said
from flows.turn import Turn

MAX_LINE = 100_000


class Talk(Protocol):
    async def start(self) -> Turn: ...
    async def turn(self, event: Event) -> Turn: ...
    async def close(self) -> None: ...


class BadLine(ValueError):
    """An input line that is an object, but not one we know."""


def event_of(line: str) -> Event:
    """The event one input line stands for. Raises BadLine with a sentence that says what is expected."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return Said(line)
    if not isinstance(said, dict):
        return Said(line)
    if set(said) == {"choice"}:
        ids = said["choice"] if isinstance(said["choice"], list) else [said["choice"]]
        if ids and all(isinstance(one, str) for one in ids):
            return Chose(tuple(ids))
        raise BadLine('"choice" must be an id or a list of ids')
    if set(said) == {"command"} and isinstance(said["command"], str):
        return Said("/" + said["command"].strip().lstrip("/"))
    if set(said) == {"text"} and isinstance(said["text"], str):
        return Said(said["text"])
    raise BadLine('expected a text, {"choice": "id"}, {"command": "terug"} or {"text": "…"}')


async def run(talk: Talk, lines: Iterable[bytes], write: Callable[[str], None]) -> int:
    """Carry the conversation over the lines; returns the exit status."""
    status = 0
    write(_dump(turn_object(await talk.start())))
    try:
        for raw in lines:
            try:
                if len(raw) > MAX_LINE:
                    raise BadLine(f"the line is longer than {MAX_LINE} bytes")
                event = event_of(raw.decode("utf-8").rstrip("\r\n"))
            except UnicodeDecodeError:
                status = 1
                write(_dump({"error": "the line is not UTF-8 text"}))
            except BadLine as bad:
                status = 1
                write(_dump({"error": str(bad)}))
            else:
                write(_dump(turn_object(await talk.turn(event))))
    finally:
        await talk.close()
    return status


def _dump(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
