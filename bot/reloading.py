"""Reading the pack again while the desk runs."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from bot.desk import Desk
from bot.noticing import pack_mark
from flows.content import Content
from knowledge.problems import ContentInvalid

log = logging.getLogger("loket.content")


async def reload_content(desk: Desk) -> bool:
    """Turns from now on use what stands in the pack now; False, with every problem logged, when it cannot be used."""
    mark = pack_mark(desk.settings.content)  # before reading: a change during it is noticed afterwards
    try:
        content = await asyncio.to_thread(_read, desk.settings.content)
    except ContentInvalid as invalid:
        for problem in invalid.problems:
            log.error("not reloaded: %s", problem.render())
        return False
    except Exception:
        log.exception("not reloaded: the pack could not be read")  # a desk that runs is worth more than a new text
        return False
    desk.reload(content)
    desk.pack_mark = mark
    await desk.count_stock()
    log.info("content reloaded: %s", content.fingerprint)
    return True


def _read(folder: Path | None) -> Content:
    content = Content.load(folder)
    content.knowledge.require_catalogue()
    return content
