"""The web chat under load: messages a second while many pages stand open, over real sockets.

A `loket serve` of its own, on SQLite, in a process of its own. Every visitor has a page open (a stream) and writes now
and then; measured is the time from sending a message until its answer stands in that visitor's stream, and until the
post itself is answered. Twenty seconds by default, a minute in `make bench-long`; the line under the table says which.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.servers import cpu_of_process

STREAMS, RATE = 200, 50  # open pages, messages a second over all of them
SECONDS = float(os.environ.get("BENCH_WEB_SECONDS", "20"))
START_WITHIN = 60.0
GIVE_UP = 20.0  # seconds after which an answer that did not come is counted as missing
TEXTS = ("ik zoek werk", "help", "ik weet het niet", "techniek", "wat kan ik doen", "nee", "ja", "Eindhoven")


@dataclass
class Visitor:
    """One browser: a cookie, an open stream, and what it waits for."""

    number: int
    cookie: str = ""
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    sent_at: float = 0.0  # 0.0 = nothing is waited for
    posting: bool = False
    seen: int = 0  # number of the last message on its page


@dataclass
class Measured:
    """Seconds, one for each message."""

    delivered: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    refused: int = 0
    missing: int = 0
    skipped: int = 0  # its visitor still waited for an earlier answer


def report() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOKET_")}
        environment |= {"LOKET_DATA": folder, "LOKET_PORT": str(port), "LOKET_HOST": "127.0.0.1"}
        log = Path(folder) / "serve.log"
        with log.open("w") as out:
            command = [sys.executable, "-m", "bot.cli", "serve"]
            server = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
            try:
                return asyncio.run(_against(server, port))
            except BaseException:
                print(log.read_text())
                raise
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(20)


async def _against(server: subprocess.Popen[bytes], port: int) -> list[str]:
    await _until_it_answers(server, port)
    idle = _memory(server.pid)
    visitors = [Visitor(number) for number in range(STREAMS)]
    for visitor in visitors:
        await _begin(visitor, port)
    measured = Measured()
    streams = [asyncio.create_task(_stream(visitor, port, measured)) for visitor in visitors]
    await asyncio.sleep(1.0)  # every stream is open and has shown what there was
    open_pages = _memory(server.pid)
    cpu, start, sent = cpu_of_process(server.pid), time.perf_counter(), 0
    dice = random.Random(7)  # the same load every time
    order = list(range(STREAMS))
    posts: set[asyncio.Task[None]] = set()
    while (now := time.perf_counter() - start) < SECONDS:
        while sent < now * RATE:
            if sent % STREAMS == 0:
                dice.shuffle(order)
            post = asyncio.create_task(_say(visitors[order[sent % STREAMS]], port, dice.choice(TEXTS), measured))
            posts.add(post)
            post.add_done_callback(posts.discard)
            sent += 1
        await asyncio.sleep(0.002)
    took = time.perf_counter() - start
    await asyncio.gather(*posts)
    deadline = time.perf_counter() + GIVE_UP
    while any(visitor.sent_at for visitor in visitors) and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    cpu = cpu_of_process(server.pid) - cpu
    measured.missing = sum(bool(visitor.sent_at) for visitor in visitors)
    busy = _memory(server.pid)
    for task in streams:
        task.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    return _lines(measured, sent, took, cpu, (idle, open_pages, busy))


def _lines(measured: Measured, sent: int, took: float, cpu: float, memory: tuple[int, int, int]) -> list[str]:
    done = len(measured.delivered)
    return [
        "| what | median | p95 | p99 | longest |",
        "|---|---:|---:|---:|---:|",
        _quantiles("from sending until it stands in the page", measured.delivered),
        _quantiles("from sending until the post is answered", measured.answered),
        "",
        (
            f"{sent:,} messages in {took:.0f} s ({sent / took:.0f} a second) at {STREAMS} open streams; {done:,} "
            f"delivered, {measured.missing} missing, {measured.refused} refused, {measured.skipped} not sent because "
            f"the answer before was still under way. Server: {cpu / took * 100:.0f} % of one core, "
            f"{cpu / max(done, 1) * 1e3:.1f} ms a message; {memory[0]} MiB idle, {memory[1]} MiB with the pages open, "
            f"{memory[2]} MiB afterwards. Client and server share the cores."
        ),
    ]


def _quantiles(name: str, seconds: list[float]) -> str:
    found = sorted(seconds) or [float("nan")]
    cuts = (found[min(len(found) - 1, int(len(found) * part))] * 1e3 for part in (0.5, 0.95, 0.99, 1.0))
    return f"| {name} | " + " | ".join(f"{cut:,.1f} ms" for cut in cuts) + " |"


# ---- one visitor --------------------------------------------------------------------------------------------------


async def _begin(visitor: Visitor, port: int) -> None:
    """The first message makes the conversation and its cookie."""
    status, head, _ = await _post(visitor, port, "hallo")
    assert status == 200, f"the first message of a visitor got {status}"
    visitor.cookie = next(
        line.split(":", 1)[1].split(";")[0].strip()
        for line in head.split("\r\n")
        if line.lower().startswith("set-cookie:")
    )


async def _say(visitor: Visitor, port: int, text: str, measured: Measured) -> None:
    if visitor.sent_at or visitor.posting:
        measured.skipped += 1
        return
    visitor.sent_at = start = time.perf_counter()
    visitor.posting = True
    status, _, _ = await _post(visitor, port, text)
    visitor.posting = False
    if status == 200:
        measured.answered.append(time.perf_counter() - start)
    else:
        measured.refused += 1
        visitor.sent_at = 0.0


async def _stream(visitor: Visitor, port: int, measured: Measured) -> None:
    """Holds the page open; the first event after a message was sent carries its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_head("GET", "/chat/stroom", visitor, port, "accept: text/event-stream\r\n"))
    try:
        while line := await reader.readline():
            if line.startswith(b"id: "):
                visitor.seen = int(line[4:])
            if line.startswith(b"data:") and b'class="' in line and visitor.sent_at:
                measured.delivered.append(time.perf_counter() - visitor.sent_at)
                visitor.sent_at = 0.0
    finally:
        writer.close()


async def _post(visitor: Visitor, port: int, text: str) -> tuple[int, str, bytes]:
    """One message over the visitor's own kept connection, as the page's script sends it."""
    if visitor.writer is None:
        visitor.reader, visitor.writer = await asyncio.open_connection("127.0.0.1", port)
    assert visitor.reader is not None
    body = urlencode({"text": text, "na": str(visitor.seen)}).encode()
    extra = f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\nx-loket-live: 1\r\n"
    visitor.writer.write(_head("POST", "/chat/zeg", visitor, port, extra) + body)
    head = (await visitor.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = next((int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
    return int(head.split(" ", 2)[1]), head, await visitor.reader.readexactly(length)


def _head(method: str, path: str, visitor: Visitor, port: int, extra: str) -> bytes:
    """Every visitor comes through the proxy from a network of their own, as visitors do."""
    cookie = f"cookie: {visitor.cookie}\r\n" if visitor.cookie else ""
    return (
        f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nsec-fetch-site: same-origin\r\n"
        f"x-forwarded-for: 10.{visitor.number // 250}.{visitor.number % 250}.7\r\n{cookie}{extra}\r\n"
    ).encode()


# ---- the server ---------------------------------------------------------------------------------------------------


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        assert server.poll() is None, "loket serve stopped while starting"
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        return
    raise AssertionError("loket serve did not answer in a minute")


def _memory(pid: int) -> int:
    """Resident memory in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0
