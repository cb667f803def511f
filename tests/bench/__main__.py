"""`make bench [ARGS="engine storage"]`: measure, print, and write docs/benchmarks.md.

Every section measures its peers in the same run on the same machine; read the ratios, not the microseconds.
"""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from tests.bench import engine, growing, matching, searching, starting, storing, web, workers
from tests.bench.measuring import HEAD, Figure

Section = Callable[[], list[Figure]]
Report = Callable[[], list[str]]  # lines of a table of its own
DOCS = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def sections() -> dict[str, tuple[str, Section]]:
    found: dict[str, tuple[str, Section]] = {
        "engine": ("One turn of a ten-question intake, in process", engine.figures),
        "storage": ("Durable turns, against the raw commit rate of the same database", storing.figures),
        "growing": ("The same turns beside few and many stored conversations", growing.figures),
        "matching": ("Matching by need", matching.figures),
        "search": ("Search over the shipped catalogue", searching.figures),
        "start": ("Starting", starting.figures),
    }
    try:
        from tests.bench import telegram
    except ImportError:
        return found
    return {
        **found,
        "telegram": ("Update to reply through each Telegram library", lambda: asyncio.run(telegram.figures())),
    }


def reports() -> dict[str, tuple[str, Report]]:
    from tests.bench import asking

    return {
        "workers": ("Workers on one database", workers.report),
        "size": ("What a conversation leaves behind", growing.sizes),
        "web": ("Web chat: open pages and messages a second", web.report),
        "asking": ("Questions until the shown cards are decided", asking.report),
    }


def main(wanted: list[str]) -> int:
    """All sections, or those named; the page is written when nothing was named."""
    known = sections()
    names = [name for name in (wanted or known) if name in known]
    lines = ["# Benchmarks", "", *_machine(), ""]
    for name in names:
        title, run = known[name]
        figures = run()
        table = [f"## {title}", "", HEAD, *(figure.row(figures[0]) for figure in figures), ""]
        print("\n".join(table), flush=True)
        lines += table
    for name, (title, report) in reports().items():
        if wanted and name not in wanted:
            continue
        table = [f"## {title}", "", *report(), ""]
        print("\n".join(table), flush=True)
        lines += table
    if not wanted:
        DOCS.write_text("\n".join(lines), encoding="utf-8")
        print(f"written to {DOCS.name}")
    return 0


def _machine() -> list[str]:
    today = date.today().isoformat()  # noqa: DTZ011 - a date for the reader of the page
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {platform.system()}"
    return [
        f"Measured on {today}: {machine}. Each row: the median of five rounds after one to warm up; the ratio is",
        "against the first row of its table, in the same run. Made by `make bench`.",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
