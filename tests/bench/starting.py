"""Whole processes: what a person waits for."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.bench.measuring import Figure, of


def _process(*arguments: str, given: str = "") -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], input=given, capture_output=True, text=True, check=False)
    return time.perf_counter() - start


def figures() -> list[Figure]:
    found = []
    for name, arguments in (
        ("python, doing nothing", ("-c", "pass")),
        ("import of the command", ("-c", "import bot.cli")),
        ("loket chat, to the first prompt", ("-m", "bot.cli", "chat")),
        ("loket check, all proofs", ("-m", "bot.cli", "check")),
        ("import aiogram", ("-c", "import aiogram")),
        ("import telegram.ext", ("-c", "import telegram.ext")),
    ):
        _process(*arguments)
        found.append(of(name, [_process(*arguments) for _ in range(5)], 1))
    return found
