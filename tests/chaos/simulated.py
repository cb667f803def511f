"""A whole desk in one thread and in virtual time, on the real SQLite statements.

`Desk` drives an in-memory store without threads or event loop: every operation runs to its end, and what happens in
between is decided by dice with a seed. A crash is an exception at a failpoint: the transaction is rolled back (or was
just committed), and everything a process had in its head is gone. The channel (`Wire`) is hostile: it delivers updates
twice and out of turn, answers 429 and 502, and loses answers after accepting a message.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from flows.effects import Message, OpenCase, Option, Say
from flows.events import Event, Said
from flows.state import Answer, State
from flows.turn import Turn
from flows.world import World
from storage import actions as a
from storage.base import NotStored, Quiet
from storage.batch import Job
from storage.context import Rules
from storage.failpoints import install
from storage.invariants import check_invariants
from storage.keys import Keys
from storage.memory import MemoryStore
from storage.messages import Incoming, Outgoing, TurnResult, Verdict
from storage.rows import Staff
from storage.setup import context_of
from storage.sqlite import writing_engine
from storage.tables import metadata
from tests.storage.desk import MONDAY_10, Clock, step

T = TypeVar("T")


class Crash(Exception):
    """The process dies here."""


class InlineStore(MemoryStore):
    """The store without threads: everything happens at once, in the caller's own order."""

    async def _queue(self, job: Job) -> TurnResult:
        (result,) = self._run([job])
        if isinstance(result, BaseException):
            raise result
        return result

    async def _write(self, work: Callable[[Connection], T], quiet: Quiet[T] = False) -> T:
        return self._transaction(work)

    async def _read(self, work: Callable[[Connection], T]) -> T:
        with self._conn.begin():
            return work(self._conn)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("a simulated store may not wait")


_KEYS = Keys(["the-keys-of-a-simulated-desk-are-always-the-same"])
_EMPTY: list[bytes] = []
_ENGINE = writing_engine(":memory:")


def a_store(clock: Clock) -> InlineStore:
    """An empty store. One database serves all desks, one after another: its statements are compiled once."""
    store = InlineStore(_ENGINE, None, clock, None)
    raw = store._conn.connection.driver_connection
    assert raw is not None
    if _EMPTY:
        raw.deserialize(_EMPTY[0])
    else:
        with store._conn.begin():
            metadata.create_all(store._conn)
            context_of(store._conn, _KEYS, Rules(), "sqlite")
        _EMPTY.append(raw.serialize())
    with store._conn.begin():
        store.context = context_of(store._conn, _KEYS, Rules(), "sqlite")
    store.step = step
    store.url = "memory:"
    return store


@dataclass
class Sent:
    """One message that reached a chat."""

    row: int
    address: str
    seq: int
    text: str
    origin: str


@dataclass
class Desk:
    """Visitors, coaches, two senders, and a channel that means no good."""

    seed: int
    clock: Clock = field(default_factory=lambda: Clock(MONDAY_10))
    dice: random.Random = field(init=False)
    store: InlineStore = field(init=False)
    pending: list[Incoming] = field(default_factory=list)  # updates the channel still holds
    acked: set[str] = field(default_factory=set)
    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # address -> texts ever sent to us
    wire: list[Sent] = field(default_factory=list)
    holding: list[list[Outgoing]] = field(default_factory=lambda: [[], []])  # what two senders have in their heads
    coaches: list[Staff] = field(default_factory=list)
    crashes: int = 0
    lost_answers: int = 0
    fuse: int = 0  # crash at the nth failpoint from now; 0 = none
    counter: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.store = a_store(self.clock)
        self.coaches = [run(self.store.add_staff(name, name.title())) for name in ("anna", "bram")]

    # ---- the process may die ----

    def guarded(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Runs it; None when the process died or nothing was stored."""
        left = self.fuse

        def hook(name: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Crash(name)

        install(hook if self.fuse else None)
        try:
            return run(work)
        except Crash:
            self.crashes += 1
            self.holding = [[], []]
            return None
        except NotStored:
            return None
        finally:
            install(None)
            self.fuse = 0

    # ---- visitors ----

    def visitor_types(self, who: int, text: str = "", copies: int = 1) -> None:
        """The channel takes a message and will deliver it until we say that we have it."""
        self.counter += 1
        address = f"chat{who}"
        words = text or f"{address}-woord-{self.counter}"
        self.said[address].append(words)
        incoming = Incoming(
            "telegram", address, Said(words), self.clock(), str(self.counter), message_ref=f"m{self.counter}"
        )
        self.pending += [incoming] * copies

    def deliver(self, which: int = 0) -> None:
        """One update reaches us, per chat the oldest first; it stays with the channel until it is acknowledged."""
        if not self.pending:
            return
        chosen = self.pending[which % len(self.pending)]
        incoming = next(one for one in self.pending if one.address == chosen.address)
        result = self.guarded(self.store.turn(incoming, desk_decides(incoming)))
        if result is not None:
            self.acked.add(incoming.update_id)
            self.pending.remove(incoming)

    # ---- senders ----

    def send(self, sender: int, mode: str = "ok") -> None:
        """One sender claims when its hands are empty, then sends one message in the way of `mode`."""
        hands = self.holding[sender]
        if not hands:
            batch = self.guarded(self.store.claim_outbox(["telegram"], limit=4))
            hands.extend(batch or ())
            return
        out = hands.pop(0)
        if not run(self.store.may_send(out)):
            self.guarded(self.store.settle([(out, Verdict("stale"))]))
            return
        self._no_bot_after_take_over(out)
        verdict = {
            "ok": Verdict("sent", f"x{out.id}"),
            "429": Verdict("retry_at", retry_at=self.clock() + timedelta(seconds=5)),
            "502": Verdict("retry_at", retry_at=self.clock() + timedelta(seconds=1)),
            "lost": Verdict("unknown"),
        }[mode]
        if mode in ("ok", "lost") and out.action == "send":
            self.wire.append(Sent(out.id, out.address, out.seq, out.message.text, out.origin))
        if mode == "lost":
            self.lost_answers += 1
        self.guarded(self.store.settle([(out, verdict)]))

    def _no_bot_after_take_over(self, out: Outgoing) -> None:
        if out.origin != "bot" or not out.conversation:
            return
        talk = run(self.store.conversation(out.conversation))
        assert talk is None or talk.epoch <= out.epoch, f"seed {self.seed}: a bot message left after a take-over"

    # ---- coaches ----

    def codes(self) -> list[str]:
        rows = run(self.store.inbox("all", replace(self.coaches[0], role="coordinator")))
        return sorted(row.code for row in rows)

    def coach_does(self, which: int, what: str, number: int) -> None:
        codes = self.codes()
        if not codes:
            return
        code, coach = codes[number % len(codes)], self.coaches[which].id
        self.counter += 1
        actions: dict[str, Callable[[], a.DeskAction]] = {
            "claim": lambda: a.Claim(code, coach),
            "reply": lambda: a.Reply(code, coach, f"{self._address(code)}-coach-{self.counter}", f"post{self.counter}"),
            "release": lambda: a.Release(code, coach),
            "take_over": lambda: a.TakeOver(code, coach, "de ander is er niet meer"),
            "wait": lambda: a.WaitForClient(code, coach),
            "snooze": lambda: a.Snooze(code, coach, self.clock() + timedelta(hours=3)),
            "close": lambda: a.Close(code, coach, "advised"),
            "hand_back": lambda: a.HandBack(code, coach),
            "edit": lambda: a.EditAnswer(code, coach, "age", self.counter % 90),
        }
        self.guarded(self.store.act(actions[what]()))

    def _address(self, code: str) -> str:
        case = run(self.store.case(code))
        where = run(self.store.address(case.conversation.id)) if case and case.conversation else None
        return where[2] if where else "?"

    def tick(self, seconds: float) -> None:
        self.clock.tick(seconds=seconds)
        self.guarded(self.store.tick())

    # ---- what must be true ----

    def check(self) -> None:
        """At any moment."""
        found = run(self.store._read(lambda conn: check_invariants(conn, self.store.context, whole_log=True)))
        assert not found, f"seed {self.seed}: {found}"

    def settle_down(self) -> None:
        """Good weather until nothing is left to do."""
        for _ in range(10_000):
            if self.pending:
                self.deliver()
                continue
            self.clock.tick(seconds=31)
            before = len(self.wire)
            for sender in (0, 1):
                self.send(sender)
                while self.holding[sender]:
                    self.send(sender)
            if len(self.wire) == before and run(self.store.outbox_due()) is None:
                return
        raise AssertionError(f"seed {self.seed}: the desk never comes to rest")

    def check_at_rest(self) -> None:
        """When everything has calmed down: nothing lost, nothing doubled, nothing crossed, order kept."""
        self.check()
        for address, texts in self.said.items():
            talk = run(self.store.conversation_at("telegram", "", address))
            if talk is None:
                continue
            log = run(self.store.messages(talk.id, limit=10_000))
            heard = [row.message.text for row in log if row.sender == "visitor"]
            assert sorted(heard) == sorted(texts), f"seed {self.seed}: {address} said {texts}, stored {heard}"
            for row in log:
                for word in row.message.text.split():
                    assert "-woord-" not in word or word.startswith(address + "-"), f"seed {self.seed}: words crossed"
        per_row = Counter(one.row for one in self.wire)
        doubled = sum(count - 1 for count in per_row.values())
        counts = run(self.store.outbox_counts())
        assert doubled <= self.crashes + self.lost_answers, f"seed {self.seed}: {doubled} doubled replies"
        assert doubled <= counts["maybe_twice"] + self.crashes, f"seed {self.seed}: a doubled reply was not counted"
        assert counts.get("new", 0) == counts.get("sending", 0) == 0
        last: dict[str, int] = defaultdict(int)
        for one in self.wire:
            assert one.seq >= last[one.address], f"seed {self.seed}: {one.address} got messages out of order"
            last[one.address] = one.seq
            assert one.text.startswith(one.address + "-") or "-coach-" not in one.text, f"seed {self.seed}: crossed"


def desk_decides(incoming: Incoming) -> Callable[[State, World, datetime], Turn]:
    """A small engine: answers, hands over on "coach", keeps silent while a coach speaks."""

    def decide(state: State, world: World, now: datetime) -> Turn:
        event: Event = incoming.event
        text = event.text if isinstance(event, Said) else ""
        turn = state.turn + 1
        after = replace(state.with_answer("word", Answer("given", text, turn=turn)), turn=turn, phase="talking")
        if text == "coach" and not world.case:
            return Turn(after, (OpenCase("op verzoek"), Say(Message(f"Een coach reageert {world.promise}.", "system"))))
        if world.speaker == "coach":
            return Turn(after)
        question = Message(f"{incoming.address}-vraag-{turn}", "question", options=(Option("a", "Ja"),))
        return Turn(after, (Say(question),))

    return decide
