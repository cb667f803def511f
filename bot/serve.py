"""One application per process: pages, Telegram's webhook, health, and the work that goes on beside them.

`serve` has everything; `worker` the same without pages; `telegram` only the bot. Sockets are opened before anything
else, so that a port in use is one clear line and not a half-started desk.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from bot.settings import Settings
from knowledge.problems import LoketError

log = logging.getLogger("loket.serve")
STOP_WITHIN = 3  # seconds for requests that are going on; the whole stop takes less than ten (bot/stopping.py)

Work = Callable[[], Awaitable[None]]


class PortTaken(LoketError):
    """The address to listen on cannot be used."""


def open_socket(settings: Settings) -> socket.socket:
    """A listening socket. Raises PortTaken with what would help."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {settings.port} on {settings.host} is in use; stop the other program or set LOKET_PORT"
            ) from None
        raise PortTaken(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}; check LOKET_HOST"
        ) from None
    listening.listen(1024)
    listening.set_inheritable(True)
    return listening


DRAFT_PORT = 8008  # where `loket try --web` shows itself, when nobody else does


def open_local_socket(port: int = 0) -> socket.socket:
    """A socket that only this machine reaches: on `port`; without one on a usual port, or else on any that is free.

    Raises PortTaken when the port that was asked for is in use.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for one in [port] if port else [DRAFT_PORT, 0]:
        try:
            listening.bind(("127.0.0.1", one))
        except (OSError, OverflowError):
            continue
        listening.listen(64)
        return listening
    listening.close()
    raise PortTaken(f"port {port} is in use, or may not be used; choose another with --port, or leave it out")


class Server(uvicorn.Server):
    """Uvicorn that tells when it answers, and when it is asked to stop."""

    def __init__(self, app: ASGIApp, ready: Callable[[], None], stopping: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=STOP_WITHIN,
                proxy_headers=True,
                forwarded_allow_ips=None,  # FORWARDED_ALLOW_IPS: networks of the proxy; loopback when absent
                timeout_keep_alive=75,
            )
        )
        self._ready, self._stopping = ready, stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stops serving, no more: uvicorn would raise the signal again before what is under way is stored and sent."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self._stopping()  # open streams would hold the stop for as long as it may last

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


async def run(
    app: ASGIApp,
    listening: socket.socket,
    work: Sequence[Work],
    ready: Callable[[], None],
    stopping: Callable[[], None] = lambda: None,
) -> None:
    """Serve until a signal comes; `work` goes on beside it and is stopped after the last request."""
    async with AsyncExitStack() as stack:
        tasks = [asyncio.create_task(_watched(one)) for one in work]
        stack.push_async_callback(_cancel, tasks)
        await Server(app, ready, stopping).serve(sockets=[listening])


async def _watched(work: Work) -> None:
    """Background work that fails is said and begun again: a stopped delivery would be noticed by nobody."""
    while True:
        try:
            await work()
            return
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("background work stopped and begins again")
            await asyncio.sleep(1)


async def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
