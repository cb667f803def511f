"""What several benchmarks need of a PostgreSQL beside them: its processor time."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.engine import make_url

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_of_database(url: str) -> float:
    """Seconds of processor the server spent in sessions of this database that are still open; 0.0 elsewhere.

    Read from /proc, so for a server on this machine: its processes name the database they serve.
    """
    if not url:
        return 0.0
    name = make_url(url).database or ""
    return sum(cpu_of_process(int(found.name)) for found in Path("/proc").glob("[0-9]*") if name in _command(found))


def cpu_of_process(pid: int) -> float:
    """Seconds of processor a process spent so far; 0.0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def _command(process: Path) -> str:
    try:
        command = (process / "cmdline").read_text()
    except OSError:
        return ""
    return command if command.startswith("postgres:") else ""
