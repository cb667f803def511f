"""Rights and duties: erased is erased, kept is sealed, retention forgets, the audit chain shows what was touched."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.effects import Erase, Message, OpenCase, Say, ShowMyData, Subscribe
from flows.state import State
from flows.turn import Turn
from storage import actions as a
from storage import tables as t
from storage.backup import RestoreRefused, backup, restore
from storage.context import Rules
from storage.failpoints import install
from storage.invariants import check_invariants
from storage.keys import KeyLost, Keys, KeyWeak
from storage.messages import Verdict
from storage.privacy import RetentionRefused
from storage.sealing import PersonKey, SealBroken
from storage.store import Store, open_store
from tests.storage.desk import CLASSES, MONDAY_10, Clock, Visitor, a_coach, answering
from tests.storage.test_cases import CALL_ME

SECRET = "een-geheim-van-ruim-dertig-tekens-lang"
CANARY = "KanariePiet"


async def findings(store: Store, **how: bool) -> list[str]:
    return await store._read(lambda conn: check_invariants(conn, store.context, **how))


async def tamper(store: Store, statement: sa.Executable) -> None:
    """What somebody does who owns the database: without its guards."""

    def work(conn: sa.Connection) -> None:
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            for name in conn.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
                conn.exec_driver_sql(f"DROP TRIGGER {name}")
        conn.execute(statement)

    await store._write(work)


def goodbye(state: State, world: object, now: object) -> Turn:
    return Turn(state, (Say(Message("Alles is gewist.")), Erase()))


async def test_erasing_removes_the_key_the_rows_and_the_person_and_leaves_a_stub(store: Store) -> None:
    piet = Visitor(store, "piet")
    code = (await piet.says(CANARY, answering("name", CANARY, CALL_ME), ref="11")).case
    (out,) = await store.claim_outbox(["telegram"])
    await store.settle([(out, Verdict("sent", "12"))])
    sanne = await a_coach(store)
    await store.act(a.AddFollowUp(code, sanne.id, "call", "bellen", MONDAY_10.date()))
    result = await piet.says("wis", goodbye)
    assert result.erased.startswith("W-")
    assert [one.message.text for one in result.outgoing] == ["Alles is gewist."]
    assert await store.conversation_at("telegram", "", "piet") is None
    case = await store.case(code)
    assert case is not None
    assert (case.person, case.reason, case.summary, case.state, case.outcome) == ("", "", (), "lapsed", "erased")
    for table in (t.person, t.person_key, t.identity, t.message, t.answer, t.conversation, t.follow_up):
        assert (
            await store._read(
                lambda conn, one=table: conn.execute(sa.select(sa.func.count()).select_from(one)).scalar()
            )
            == 0
        )
    assert await findings(store) == []


async def test_the_last_words_and_deletions_go_out_after_an_erasure(store: Store, clock: Clock) -> None:
    piet = Visitor(store, "piet")
    await piet.says("hallo", ref="11")
    (out,) = await store.claim_outbox(["telegram"])
    await store.settle([(out, Verdict("sent", "12"))])
    await piet.says("wis", goodbye, ref="13")
    done = []
    while batch := await store.claim_outbox(["telegram"]):
        done += [(one.address, one.action, one.target or one.message.text) for one in batch]
        await store.settle([(one, Verdict("sent", "99")) for one in batch])
    assert sorted(done) == [
        ("piet", "delete", "11"), ("piet", "delete", "12"), ("piet", "send", "Alles is gewist."),
    ]  # fmt: skip


async def test_what_was_sent_before_an_erasure_stays_out_and_what_comes_after_begins_anew(
    store: Store, clock: Clock
) -> None:
    piet = Visitor(store, "piet", clock=clock)
    await piet.says()
    before = clock.now
    clock.tick(minutes=1)
    await piet.says("wis", goodbye)
    late = Visitor(store, "piet", clock=lambda: before, sent=50)
    result = await late.says("ik was vertraagd")
    assert result.duplicate
    assert await store.conversation_at("telegram", "", "piet") is None
    clock.tick(minutes=1)
    fresh = await piet.says("daar ben ik weer")
    assert (fresh.duplicate, fresh.version) == (False, 1)


async def test_my_data_holds_everything_and_its_link_works_once(store: Store) -> None:
    piet = Visitor(store, "piet")
    await piet.says(CANARY, answering("name", CANARY, CALL_ME))
    link = (await piet.says("mijn gegevens", answering("benefit", "ww", ShowMyData(), Subscribe("slim")))).link
    data = await store.my_data(link)
    assert data is not None
    assert data["identities"][0]["address"] == "piet"
    assert {one["fact"]: one["value"] for one in data["conversations"][0]["answers"]} == {
        "name": CANARY,
        "benefit": "ww",
    }
    assert data["conversations"][0]["messages"][0]["text"] == CANARY
    assert data["cases"][0]["code"] == "K-1001"
    assert data["subscriptions"] == ["slim"]
    assert await store.my_data(link) is None
    assert await store.my_data("verzonnen") is None


async def test_a_my_data_link_is_dead_after_an_hour(store: Store, clock: Clock) -> None:
    link = (await Visitor(store, "piet").says("x", answering("age", 1, ShowMyData()))).link
    clock.tick(minutes=61)
    assert await store.my_data(link) is None


async def test_retention_forgets_unfinished_talks_after_two_weeks_and_keeps_open_cases(
    store: Store, clock: Clock
) -> None:
    await Visitor(store, "stil").says()
    await Visitor(store, "klaar").says("x", answering("age", 1, phase="finished"))
    code = (await Visitor(store, "zaak").says("x", answering("age", 1, CALL_ME))).case
    clock.tick(days=15)
    dry = await store.retention()
    assert dry.counts["conversations"] == 1
    assert await store.conversation_at("telegram", "", "stil") is not None, "a dry run removes nothing"
    done = await store.retention(dry_run=False)
    assert (done.counts["conversations"], done.counts["persons"]) == (1, 1)
    assert await store.conversation_at("telegram", "", "stil") is None
    clock.tick(days=15)
    await store.retention(dry_run=False)
    assert await store.conversation_at("telegram", "", "klaar") is None
    sanne = await a_coach(store)
    await store.act(a.Close(code, sanne.id, "advised"))
    clock.tick(days=31)
    await store.retention(dry_run=False)
    case = await store.case(code)
    assert case is not None
    assert (case.conversation, case.reason) == (None, "bel mij"), "the summary of a case outlives its chat"
    clock.tick(days=59)
    await store.retention(dry_run=False)
    clock.tick(days=1)
    await store.retention(dry_run=False)
    case = await store.case(code)
    assert case is not None
    assert (case.person, case.reason) == ("", "")
    assert (await store.figures()).funnel["closed"] == 1, "counts stay"
    assert await findings(store) == []


async def test_the_clock_of_a_case_waits_for_its_last_follow_up(store: Store, clock: Clock) -> None:
    code = (await Visitor(store, "piet").says("x", answering("age", 1, CALL_ME))).case
    sanne = await a_coach(store)
    made = await store.act(a.AddFollowUp(code, sanne.id, "call", "later", clock.now.date() + timedelta(days=90)))
    assert isinstance(made, a.Done)
    await store.act(a.Close(code, sanne.id, "advised"))
    for _ in range(2):
        clock.tick(days=40)
        await store.retention(dry_run=False)
    case = await store.case(code)
    assert case is not None
    assert case.conversation is not None
    await store.act(a.FollowUpDone(made.id, sanne.id, "done"))
    clock.tick(days=31)
    await store.retention(dry_run=False)
    case = await store.case(code)
    assert case is not None
    assert case.conversation is None


@pytest.mark.parametrize(("span", "said"), [({"days": 3650}, "jumped|would go"), ({"days": -3650}, "future")])
async def test_retention_refuses_an_implausible_clock(
    store: Store, clock: Clock, span: dict[str, int], said: str
) -> None:
    for n in range(30):
        await Visitor(store, f"v{n}").says()
    await store.retention(dry_run=False)
    clock.tick(**span)
    with pytest.raises(RetentionRefused, match=said):
        await store.retention(dry_run=False)
    assert await store.conversation_at("telegram", "", "v1") is not None
    if span["days"] > 0:
        assert (await store.retention(dry_run=False, anyway=True)).counts["conversations"] == 30


async def test_what_was_said_about_health_goes_after_thirty_days(store: Store, clock: Clock) -> None:
    store.rules = Rules(classes=CLASSES, special=lambda text: "burn-out" in text)
    result = await Visitor(store, "piet").says("ik heb een burn-out", answering("age", 1, CALL_ME))
    clock.tick(days=31)
    await store.retention(dry_run=False)
    log = await store.messages(result.conversation)
    assert "ik heb een burn-out" not in [one.message.text for one in log]
    assert await findings(store) == []


async def test_the_audit_chain_names_the_first_link_that_does_not_fit(store: Store) -> None:
    for n in range(5):
        await store.audit(f"coach{n}", "open", "K-1001", "behandelen")
    assert await store.verify_audit() == ()
    chain = store.context.chain

    async def change(statement: sa.Executable) -> None:
        await tamper(store, statement)

    same = sa.and_(t.audit.c.chain == chain, t.audit.c.seq == 3)
    await change(t.audit.update().where(same).values(actor="iemand anders"))
    assert [(one.seq, one.why) for one in await store.verify_audit()] == [(3, "this link was changed")]
    await change(t.audit.update().where(same).values(actor="coach2"))
    await change(t.audit.delete().where(same))
    assert [(one.seq, one.why) for one in await store.verify_audit()] == [(3, "a link is missing")]


async def test_keys_rotate_while_turns_go_on_and_the_old_secret_may_go(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'loket.db'}"
    old, new = "o" * 40, "n" * 40
    store = await open_store(url, secret=Keys.from_text(old))
    await Visitor(store, "piet").says(CANARY)
    await store.aclose()
    store = await open_store(url, secret=Keys.from_text(f"{new},{old}"))
    piet = Visitor(store, "piet", sent=5)
    await piet.says("tijdens")
    assert await store.rotate_keys() == 4
    await piet.says("na")
    await store.aclose()
    store = await open_store(url, secret=Keys.from_text(new))
    piet = Visitor(store, "piet", sent=9)
    log = await store.messages((await piet.says("later")).conversation)
    assert log[0].message.text == CANARY
    await store.aclose()
    with pytest.raises(KeyLost, match="another secret key"):
        await open_store(url, secret=Keys.from_text(old))


async def test_a_lost_key_file_is_said_and_no_new_key_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'loket.db'}"
    store = await open_store(url)
    await Visitor(store, "piet").says()
    await store.aclose()
    key = tmp_path / "loket.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    with pytest.raises(KeyLost, match=r"loket\.key is not"):
        await open_store(url)
    assert not key.exists()


def test_a_weak_secret_is_refused() -> None:
    with pytest.raises(KeyWeak, match="32 characters"):
        Keys.from_text("kort")


def test_a_sealed_value_opens_in_its_own_row_only() -> None:
    key = PersonKey("p1", b"k" * 32)
    sealed = key.seal("answer", "value_sealed", "c1:age", b"52")
    assert key.unseal("answer", "value_sealed", "c1:age", sealed) == b"52"
    for table, column, row in (("answer", "value_sealed", "c2:age"), ("message", "value_sealed", "c1:age")):
        with pytest.raises(SealBroken):
            key.unseal(table, column, row, sealed)
    with pytest.raises(SealBroken):
        PersonKey("p2", b"k" * 32).unseal("answer", "value_sealed", "c1:age", sealed)
    for place in range(len(sealed)):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(SealBroken):
            key.unseal("answer", "value_sealed", "c1:age", bytes(broken))


async def test_nothing_personal_stands_readable_on_disk(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'loket.db'}", rules=Rules(classes=CLASSES))
    piet = Visitor(store, "0612345678-adres")
    call = OpenCase(f"{CANARY} belt", summary=(CANARY,), snapshot={"answers": {"name": CANARY}})
    code = (await piet.says(f"ik ben {CANARY}", answering("name", CANARY, call), update="1")).case
    await piet.says("ww", answering("benefit", "benefit-ww"), update="2")
    sanne = await a_coach(store)
    await store.act(a.Reply(code, sanne.id, f"Dag {CANARY}"))
    await store.act(a.AddFollowUp(code, sanne.id, "call", f"{CANARY} bellen", MONDAY_10.date() + timedelta(days=3650)))
    await store.save_draft(sanne.id, code, "reply", f"Beste {CANARY}")
    assert await store.draft(sanne.id, code, "reply") == f"Beste {CANARY}"
    assert (tmp_path / "loket.db-wal").exists()
    data, keys = await backup(store, tmp_path / "backup")
    assert data is not None
    for path in (*tmp_path.glob("loket.db*"), data, keys):
        content = path.read_bytes()
        for canary in (CANARY, "0612345678", "benefit-ww"):
            assert canary.encode() not in content, path.name
            assert canary.encode("utf-16-le") not in content, path.name
    await store.aclose()


async def test_a_backup_comes_back_without_who_was_erased_since(tmp_path: Path) -> None:
    clock = Clock()
    store = await open_store(f"sqlite:///{tmp_path / 'loket.db'}", secret=Keys.from_text(SECRET), clock=clock)
    for who in ("piet", "kees"):
        await Visitor(store, who).says(f"ik ben {who}", answering("name", who, CALL_ME))
    data, _ = await backup(store, tmp_path / "b")
    clock.tick(minutes=1)
    await Visitor(store, "piet", sent=9).says("wis", goodbye)
    _, keys = await backup(store, tmp_path / "b")
    await store.aclose()
    assert data is not None
    with sqlite3.connect(data) as raw:
        assert raw.execute("SELECT count(*) FROM person_key").fetchone() == (0,)
        assert raw.execute("SELECT count(*) FROM person").fetchone() == (2,)
    raw.close()
    target = tmp_path / "terug.db"
    with pytest.raises(KeyLost, match="LOKET_SECRET_KEY"):
        restore(data, keys, target, Keys.from_text("een ander geheim van dertig tekens lang"), MONDAY_10)
    with pytest.raises(RestoreRefused, match="missing"):
        restore(data, tmp_path / "kwijt.json", target, Keys.from_text(SECRET), MONDAY_10)
    assert restore(data, keys, target, Keys.from_text(SECRET), MONDAY_10) == {"people": 1, "erased": 1}
    with pytest.raises(RestoreRefused, match="exists"):
        restore(data, keys, target, Keys.from_text(SECRET), MONDAY_10)
    again = await open_store(f"sqlite:///{target}", secret=Keys.from_text(SECRET))
    assert await again.conversation_at("telegram", "", "piet") is None
    talk = await again.conversation_at("telegram", "", "kees")
    assert talk is not None
    assert (await again.messages(talk.id))[0].message.text == "ik ben kees"
    assert await findings(again) == []
    await again.aclose()


async def test_sensitive_answers_go_thirty_days_after_the_case_also_from_the_state(store: Store, clock: Clock) -> None:
    piet = Visitor(store, "piet")
    await piet.says("ww", answering("benefit", "ww"))
    code = (await piet.says("bel mij", answering("age", 52, CALL_ME))).case
    sanne = await a_coach(store)
    await store.act(a.AddFollowUp(code, sanne.id, "call", "later", clock.now.date() + timedelta(days=60)))
    await store.act(a.Close(code, sanne.id, "advised"))
    clock.tick(days=29)
    await store.retention(dry_run=False)
    talk = await store.conversation_at("telegram", "", "piet")
    assert talk is not None
    state = await store.state(talk.id)
    assert state is not None
    assert set(state.answers) == {"benefit", "age"}
    clock.tick(days=2)
    assert (await store.retention()).counts["sensitive answers"] == 1
    await store.retention(dry_run=False)
    state = await store.state(talk.id)
    assert state is not None
    assert set(state.answers) == {"age"}
    case = await store.case(code)
    assert case is not None
    assert (case.snapshot, case.summary, case.reason) == ({}, (), "bel mij")
    assert await findings(store) == []


async def test_rotating_keys_that_dies_anywhere_loses_nobody_and_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'loket.db'}"
    old, new = "o" * 40, "n" * 40
    store = await open_store(url, secret=Keys.from_text(old))
    for n in range(5):
        await Visitor(store, f"v{n}").says(f"{CANARY}-{n}")
    await store.aclose()
    monkeypatch.setattr("storage.privacy.AT_ONCE", 2)
    both = Keys.from_text(f"{new},{old}")
    for fatal in range(1, 12):
        left = fatal

        def die(name: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise MemoryError(f"the process dies {name}")

        store = await open_store(url, secret=both)
        install(die)
        try:
            await store.rotate_keys()
            finished = True
        except MemoryError:
            finished = False
        finally:
            install(None)
        log = [
            await store.messages((await Visitor(store, f"v{n}", sent=9 + fatal).says()).conversation) for n in range(5)
        ]
        assert [one[0].message.text for one in log] == [f"{CANARY}-{n}" for n in range(5)], f"after dying at {fatal}"
        assert await findings(store) == []
        await store.aclose()
        if finished:
            break
    assert finished
    assert fatal > 3
    store = await open_store(url, secret=Keys.from_text(new))
    assert (await Visitor(store, "v0", sent=99).says()).turn is not None
    await store.aclose()


async def test_a_desk_whose_peoples_keys_cannot_all_be_opened_does_not_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'loket.db'}"
    old, new = "o" * 40, "n" * 40
    store = await open_store(url, secret=Keys.from_text(f"{new},{old}"))
    await store.aclose()
    store = await open_store(url, secret=Keys.from_text(f"{old},{new}"))  # a process that was not restarted
    await Visitor(store, "late").says()
    await store.aclose()
    with pytest.raises(KeyLost, match="put it back behind the new one"):
        await open_store(url, secret=Keys.from_text(new))


async def test_the_audit_log_is_kept_two_years_and_its_chain_still_fits(store: Store, clock: Clock) -> None:
    await store.audit("sanne", "open", "K-1001")
    await store.audit("sanne", "open", "K-1002")
    clock.tick(days=700)
    await store.audit("sanne", "open", "K-1003")
    clock.tick(days=40)
    assert (await store.retention(dry_run=False, anyway=True)).counts["audit"] == 2
    assert await store.verify_audit() == ()
    await tamper(store, t.audit.delete().where(t.audit.c.seq == 3))
    assert [one.seq for one in await store.verify_audit()] == [3]
    cut = t.setting.update().where(t.setting.c.name == f"audit:{store.context.chain}")
    await tamper(store, cut.values(value="3 " + "0" * 64))
    assert [(one.seq, one.why) for one in await store.verify_audit()] == [
        (3, "links were taken off, and not by retention")
    ]


@pytest.mark.parametrize(
    "statement",
    [
        t.audit.update().values(actor="iemand anders"),
        t.audit.delete(),
        t.audit.delete().where(t.audit.c.seq == 1),
        sa.text("INSERT OR REPLACE INTO audit SELECT * FROM audit"),
        sa.text("TRUNCATE audit"),
    ],
    ids=["update", "delete all", "delete one", "replace", "truncate"],
)
async def test_the_database_itself_keeps_every_line_of_the_audit_log(store: Store, statement: sa.Executable) -> None:
    await store.audit("sanne", "open", "K-1001")
    words = str(statement)
    kind = "postgresql" if store.url.startswith("postgresql") else "sqlite"
    if ("REPLACE" in words and kind == "postgresql") or ("TRUNCATE" in words and kind == "sqlite"):
        pytest.skip(f"{kind} does not know this statement")

    with pytest.raises(Exception, match="audit log"):
        await store._write(lambda conn: conn.execute(statement) and None)
    log = await store.audit_log()
    assert [(row["actor"], row["action"]) for row in log] == [("sanne", "open")]
    assert await store.verify_audit() == ()


async def test_a_migrated_file_has_the_same_guards_as_a_store_in_memory(migrated_file: Path) -> None:
    memory = await open_store("memory:")
    query = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    made = await memory._read(lambda conn: [tuple(row) for row in conn.execute(query)])
    await memory.aclose()
    with sqlite3.connect(migrated_file) as conn:
        assert conn.execute(str(query)).fetchall() == made
    assert len(made) == 3


async def test_a_destroyed_key_is_nowhere_in_the_files(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'loket.db'}")
    piet = Visitor(store, "piet")
    await piet.says()
    wrapped = await store._read(lambda conn: conn.execute(sa.select(t.person_key.c.wrapped)).scalar())
    assert isinstance(wrapped, bytes)

    def holding() -> list[str]:
        return [path.name for path in tmp_path.iterdir() if wrapped in path.read_bytes()]

    assert holding()
    await piet.says("wis", goodbye)
    assert holding() == []
    await store.aclose()
