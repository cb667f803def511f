"""Loading content for a command: the shipped one, or a region's pack over it."""

from __future__ import annotations

from pathlib import Path

from flows.content import Content


def load_content(folder: Path | None) -> Content:
    """Raises ContentInvalid with all problems, or LoketError when the folder is not there."""
    from bot.settings import read_settings
    from knowledge.problems import LoketError

    if folder is not None and not folder.is_dir():
        raise LoketError(f"'{folder}' is not a folder; `loket new {folder}` makes one")
    return Content.load(folder or read_settings().content)
