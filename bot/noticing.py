"""What a process must notice though nobody tells it: what another process of this desk changed. And reading ahead.

A few seconds after somebody pressed *Klopt nog* or changed the opening hours, every process knows. Looking costs two
`stat`s and one row. Words, places and conditions are read before the first visitor needs them, who would wait for them.
"""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.content import Content, pack_in_force
from flows.engine import step
from flows.events import Said, Started
from flows.state import State
from flows.world import World
from knowledge.checked import checked_paths

if TYPE_CHECKING:
    from bot.desk import Desk

log = logging.getLogger("loket.content")
FIRST, EVERY = 2.0, 5.0  # seconds from the start, and between two looks
PackMark = tuple[str, tuple[tuple[int, int] | None, ...]]


def pack_mark(folder: Path | None) -> PackMark | None:
    """Names the version of the pack that is in force and the findings that lie over it."""
    if folder is None:
        return None
    force = pack_in_force(folder)
    return str(force), tuple(_file_mark(path) for path in checked_paths(force))


def _file_mark(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns  # replaced in one go, so it is another file each time


def read_ahead(content: Content, now: datetime) -> None:
    """Reads what is only read when somebody needs it."""
    state = State()
    for event in (Started(), Said("ik zoek werk in de techniek in Eindhoven"), Said("wat is slim?")):
        state = step(content, World(channel="web"), state, event, now).state


class Noticing:
    """Runs beside everything else in every process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._tried: PackMark | None = None
        self._ready: Content | None = None

    async def run(self) -> None:
        await asyncio.sleep(FIRST)
        while True:
            try:
                await self.look()
            except Exception as error:  # a database or disk that is away now will be there at a next look
                log.warning("could not look for changes", extra={"reason": type(error).__name__})
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        from bot.reloading import reload_content

        desk = self._desk
        mark = await asyncio.to_thread(pack_mark, desk.settings.content)
        if mark not in (desk.pack_mark, self._tried):
            self._tried = mark  # a pack that cannot be read is tried once, until it changes again
            await reload_content(desk)
        await desk.read_chosen()
        if desk.content is not self._ready:
            self._ready = desk.content
            await asyncio.to_thread(read_ahead, desk.content, desk.clock())
