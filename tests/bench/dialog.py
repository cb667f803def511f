"""aiogram-dialog beside us: in an environment of its own, because it conflicts with the Telegram extras."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.bench.measuring import Figure, of

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "bench-dialog"
WANTED = ("aiogram-dialog==2.6.0", "aiogram==3.31.0")
PROGRAM = Path(__file__).with_name("dialog_peer.py")
NAME = "aiogram-dialog, in memory"


def environment() -> Path | None:
    """Its Python, made at first use below build/; None, with a sentence why, when pip cannot install it here."""
    python, ready = HOME / "bin" / "python", HOME / ".ready"
    if ready.exists():
        return python
    commands = [
        [sys.executable, "-m", "venv", str(HOME)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *WANTED],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"aiogram-dialog is left out: it could not be installed ({done.stderr.strip().splitlines()[-1:]})")
            return None
    ready.touch()
    return python


def figure(people: int, rounds: int = 5) -> list[Figure]:
    """Its row, or nothing when it cannot be installed."""
    python = environment()
    if python is None:
        return []
    command = [str(python), str(PROGRAM), str(people), str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [of(NAME, [float(seconds) for seconds in json.loads(done.stdout)], 1)]
