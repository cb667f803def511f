"""A process that can be killed. Started once, it forks a child for every order: no import is paid twice.

Orders come as JSON lines on standard input: {"play": name, …}. For each the pid is printed at once, and the exit status
when the child is gone. A child talks to "its channel" through files that survive it: updates to read, a log of what it
acknowledged, a log of what it sent.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.effects import (
    Consent,
    Count,
    Erase,
    Message,
    Note,
    OpenCase,
    Redacted,
    Remind,
    Say,
    ShowMyData,
    SignUp,
    Wish,
)
from flows.events import Said
from flows.state import State
from flows.turn import Turn
from flows.world import World
from storage import actions as a
from storage.context import Rules
from storage.failpoints import install
from storage.invariants import check_invariants
from storage.keys import Keys
from storage.messages import Incoming, Verdict
from storage.sqlite import SqliteStore
from storage.store import open_store
from tests.storage.desk import CLASSES, answering, counting, step

SECRET = "the-secret-of-processes-that-are-killed"


async def opened(database: str) -> SqliteStore:
    store = await open_store(f"sqlite:///{database}", secret=Keys.from_text(SECRET), rules=Rules(classes=CLASSES))
    assert isinstance(store, SqliteStore)
    store.step = step
    return store


def append(path: str, line: str) -> None:
    """One line, in one write: it is there or it is not, also after SIGKILL."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(handle, (line + "\n").encode())
    os.close(handle)


async def serve(order: dict[str, Any]) -> None:
    """Answers all updates that were not acknowledged yet, and sends what is to be sent, until all is done."""
    store = await opened(order["database"])
    logged = Path(order["acks"])
    acked = set(logged.read_text().split()) if logged.exists() else set()
    lanes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for number, address in enumerate(order["updates"]):
        if str(number) not in acked:
            lanes[address].append((str(number), f"{address}-{number}"))
    append(order["acks"] + ".up", "up")

    async def lane(address: str) -> None:
        for update, text in lanes[address]:
            await store.turn(Incoming("telegram", address, Said(text), datetime.now(UTC), update), counting)
            append(order["acks"], update)

    async def sender(busy: asyncio.Event) -> None:
        while True:
            batch = await store.claim_outbox(["telegram"])
            for out in batch:
                if await store.may_send(out):
                    append(order["wire"], json.dumps([out.id, out.address, out.seq, out.message.text]))
                    await store.settle([(out, Verdict("sent", str(out.id)))])
            if not batch:
                if busy.is_set():
                    return
                await asyncio.sleep(0.002)

    done = asyncio.Event()
    sending = asyncio.create_task(sender(done))
    await asyncio.gather(*(lane(address) for address in lanes))
    done.set()
    await sending
    await store.aclose()


async def later(order: dict[str, Any]) -> None:
    """Half a minute later (as far as the store knows): what was on its way when a process died is sent again."""
    store = await opened(order["database"])
    store.clock = lambda: datetime.now(UTC) + timedelta(minutes=5)
    while batch := await store.claim_outbox(["telegram"]):
        for out in batch:
            append(order["wire"], json.dumps([out.id, out.address, out.seq, out.message.text]))
        await store.settle([(out, Verdict("sent", str(out.id))) for out in batch])
    await store.aclose()


def one(*effects: Any) -> Callable[[State, World, datetime], Turn]:
    return answering("age", 52, *effects)


def goodbye(state: State, world: World, now: datetime) -> Turn:
    return Turn(state, (Say(Message("Alles is gewist.")), Erase()))


async def core(order: dict[str, Any]) -> None:
    """Every kind of write once. Played again after a crash, it changes nothing that was done."""
    passed: list[str] = []

    def hook(name: str) -> None:
        passed.append(name)
        if len(passed) == order.get("crash_at"):
            os._exit(137)

    install(hook)
    store = await opened(order["database"])
    await store.set_stock("avond", "event", 2, title="Avond", starts=datetime.now(UTC) + timedelta(days=1))
    script = [
        ("piet", one(Count("started"))), ("piet", one(Consent("contact", True, "1"), Wish("lassen"))),
        ("piet", one(Remind("intake", 60), SignUp("avond"), Redacted("bsn"))), ("kees", one()),
        ("piet", one(Note("haast"), OpenCase("op verzoek"))), ("piet", one(ShowMyData())), ("kees", goodbye),
    ]  # fmt: skip
    for number, (address, decide) in enumerate(script):
        when = datetime(2026, 11, 23, 9, number, tzinfo=UTC)
        incoming = Incoming("telegram", address, Said(f"tekst {number}"), when, str(number), message_ref=f"m{number}")
        await store.turn(incoming, decide)
    sanne = await store.staff("sanne") or await store.add_staff("sanne", "Sanne")
    code = "K-1001"
    await store.act(a.Claim(code, sanne.id))
    await store.act(a.Reply(code, sanne.id, "Dag!", "post-1"))
    await store.act(a.EditAnswer(code, sanne.id, "age", 53))
    for out in await store.claim_outbox(["telegram"]):
        await store.settle([(out, Verdict("sent", "1"))])
    await store.act(a.Close(code, sanne.id, "advised", "Succes!"))
    await store.retention(dry_run=False, anyway=True)
    await store.aclose()
    install(None)
    if "passed" in order:
        Path(order["passed"]).write_text(json.dumps(passed))


async def go_on(order: dict[str, Any]) -> None:
    """After a crash: is everything true, can the same work be done again, and is everything true then?"""
    await look({**order, "findings": order["findings"] + ".1"})
    await core({"database": order["database"]})
    await look({**order, "findings": order["findings"] + ".2"})


async def look(order: dict[str, Any]) -> None:
    """Checks everything; findings go to a file."""
    store = await opened(order["database"])
    found = await store._read(lambda conn: check_invariants(conn, store.context, whole_log=True))
    for address, updates in order.get("expect", {}).items():
        talk = await store.conversation_at("telegram", "", address)
        log = await store.messages(talk.id, limit=100_000) if talk else []
        heard = [row.message.text for row in log if row.sender == "visitor"]
        if heard != updates:
            found.append(f"{address}: {len(updates)} sent, {len(heard)} stored, equal: {heard == updates}")
    Path(order["findings"]).write_text(json.dumps(found))
    await store.aclose()


PLAYS: dict[str, Callable[[dict[str, Any]], Coroutine[Any, Any, None]]] = {
    "serve": serve, "later": later, "core": core, "look": look, "go_on": go_on,
}  # fmt: skip


def main() -> None:
    print(json.dumps({"ready": os.getpid()}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                asyncio.run(PLAYS[order["play"]](order))
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
                os._exit(1)
            os._exit(0)
        print(json.dumps({"pid": pid}), flush=True)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
