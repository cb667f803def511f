"""Bots as processes: started, stopped and killed as an operator, a container platform or a power cut does."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.telegram.fake_api import BOT, TOKEN, FakeApi, serve

ROOT = Path(__file__).resolve().parents[2]
SLOW_MACHINE = 90.0  # seconds that a start may take when others use the machine


@dataclass(frozen=True)
class Way:
    """How the desk and the bot run: what is started, and how we know that it hears."""

    command: tuple[str, ...]
    receive: str = "polling"  # polling | webhook | forwarded
    beside: tuple[str, ...] = ()  # a bot of somebody else, for forwarding
    start: str = "/start"  # what a visitor types to reach the desk


WAYS = {
    "ptb alone, polling": Way(("loket", "telegram", "--library", "ptb")),
    "aiogram alone, polling": Way(("loket", "telegram", "--library", "aiogram")),
    "ptb alone, webhook": Way(("loket", "telegram", "--library", "ptb"), "webhook"),
    "aiogram alone, webhook": Way(("loket", "telegram", "--library", "aiogram"), "webhook"),
    "mounted in aiogram": Way(("aiogram_bot.py",), start="/loket"),
    "mounted in ptb": Way(("ptb_bot.py",), start="/loket"),
    "ptb in loket serve, polling": Way(("loket", "serve")),
    "forwarded": Way(("loket", "serve"), "forwarded", ("forwarding_bot.py",), "/loket"),
}


class Processes:
    """The desk as a process, and the bot of somebody else beside it when the way has one."""

    def __init__(self, api: FakeApi, folder: Path, way: Way, lost_after: float) -> None:
        self._api, self._folder, self._way, self._lost_after = api, folder, way, lost_after
        self._address = f"http://127.0.0.1:{_free_port()}"
        self.desk: asyncio.subprocess.Process | None = None
        self.host: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Until it hears: a poll, a webhook that is set and answered, or a bot that forwards."""
        polls = self._api.polls
        self.desk = await self._run(self._way.command)
        if self._way.receive != "polling":
            await self._answers()
        if self._way.receive == "webhook":
            await self._api.until(lambda: bool(self._api.webhook), "the webhook", patience=SLOW_MACHINE)
            return
        if self._way.beside and self.host is None:
            self.host = await self._run(self._way.beside)
        elif self._way.beside:
            return
        await self._api.until(lambda: self._api.polls > polls, "a poll", patience=SLOW_MACHINE)

    async def _run(self, command: tuple[str, ...]) -> asyncio.subprocess.Process:
        quiet = {name: value for name, value in os.environ.items() if not name.startswith("LOKET_")}
        environment = {
            **quiet, "LOKET_TELEGRAM_TOKEN": TOKEN, "LOKET_TELEGRAM_API_BASE": self._api.base,
            "LOKET_DATA": str(self._folder), "PYTHONPATH": str(ROOT), "DESK": self._address,
            "LOKET_PORT": self._address.rsplit(":", 1)[1], "LOKET_TELEGRAM_RECEIVE": self._way.receive,
            "LOST_AFTER": str(self._lost_after),
        }  # fmt: skip
        if self._way.receive == "webhook":
            environment["LOKET_TELEGRAM_WEBHOOK_URL"] = self._address
        with (self._folder / "log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.telegram.child", *command,
                cwd=ROOT, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=log,
            )  # fmt: skip

    async def _answers(self) -> None:
        async with asyncio.timeout(SLOW_MACHINE), httpx.AsyncClient() as client:
            while True:
                try:
                    await client.get(f"{self._address}/healthz")
                    return
                except httpx.TransportError:
                    assert self.desk is not None
                    assert self.desk.returncode is None, (self._folder / "log").read_text()[-2000:]
                    await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """As a power cut does; and again on its feet."""
        await self.end(signal.SIGKILL)
        await self.start()

    async def end(self, how: signal.Signals) -> tuple[int, float]:
        """Exit status and seconds it took."""
        assert self.desk is not None
        began = time.monotonic()
        self.desk.send_signal(how)
        async with asyncio.timeout(30):  # ten seconds on a machine of its own
            return await self.desk.wait(), time.monotonic() - began

    async def aclose(self) -> None:
        for process in (self.desk, self.host):
            if process is not None and process.returncode is None:
                process.kill()
                await process.wait()


@asynccontextmanager
async def processes(folder: Path, way: Way, lost_after: float = 1.0) -> AsyncIterator[tuple[FakeApi, Processes]]:
    """`lost_after`: seconds after which a send that was cut off is done again; short where processes are killed."""
    async with serve() as api:
        running = Processes(api, folder, way, lost_after)
        try:
            await running.start()
            yield api, running
        finally:
            await running.aclose()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


__all__ = ["BOT", "TOKEN", "WAYS", "Processes", "Way", "processes"]
