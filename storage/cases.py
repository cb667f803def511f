"""The life of a case: what coaches do, each action one transaction with one winner.

Speaker and epoch change only here and in `effects.hands_over`. Every change of speaker is told to the visitor. The
conversation's row is locked before its case, as a turn does, so that a turn and a coach never meet halfway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.effects import WARNED, Message, Say
from flows.events import CoachAnswered, Event, SpeakerChanged
from knowledge.problems import LoketError
from knowledge.redaction import redact
from storage import actions as a
from storage import tables as t
from storage.actions import DeskAction, Done, Refused
from storage.base import Base, Step
from storage.deciding import decide_request
from storage.effects import carry_out, close_open_case
from storage.failpoints import failpoint
from storage.follow_ups import add_follow_up, add_outcome, finish_follow_up, open_follow_ups
from storage.pen import Pen
from storage.periods import DAY
from storage.phrases import say
from storage.rating import ask_rating
from storage.talk import Talk
from storage.talks import lock_talk
from storage.turns import apply_turn, promised, read_stocks, world_of
from storage.values import K, moment, ms, new_id, number_of

MAIL_AFTER = 5 * 60 * 1000
LONGEST_SNOOZE = timedelta(days=90)
SHORTEST_NOTE = 10
OPEN = ("waiting", "with_coach", "waiting_for_client", "snoozed")


@dataclass
class Matter:
    """One case under lock, with who acts on it."""

    conn: Connection
    pen: Pen
    case: Any  # row of cases
    talk: Talk
    staff: Any  # row of coach
    step: Step | None

    @property
    def mine(self) -> bool:
        return bool(self.case.coach == self.staff.id and self.case.state in OPEN)

    def set(self, **values: object) -> None:
        """Changes the case and counts its version up."""
        self.conn.execute(
            t.case.update().where(t.case.c.number == self.case.number).values(version=t.case.c.version + 1, **values)
        )

    def system(self, key: str, **values: str) -> None:
        self.pen.tell(self.talk, Message(say(key, self.talk.language, **values), "system"), "system")

    def speaks(self, who: str, coach: str | None) -> None:
        """Who may speak from here on. A new epoch makes older bot messages stale."""
        if (self.talk.speaker, self.talk.coach) != (who, coach):
            self.talk.speaker, self.talk.coach = who, coach
            self.talk.epoch += 1

    def done(self, made: str = "") -> Done:
        self.pen.keep(self.talk)
        return Done(K(self.case.number), self.case.version + 1, tuple(self.talk.outgoing), made)

    def owner(self) -> Refused:
        """Refused, and by whom it is held."""
        name = _name(self.conn, self.case.coach)
        return Refused("not_owner" if name else "closed", name, moment(self.case.claimed_at))


class CaseActions(Base):
    """The part of the store that coaches use."""

    async def act(self, action: DeskAction, step: Step | None = None) -> Done | Refused:
        """Does what the coach asked, or says why not. `step` (or `store.step`) is needed where the walk goes on."""

        def work(conn: Connection) -> Done | Refused:
            return act(conn, Pen(self.context, self.clock()), action, step or self.step)

        return await self._write(work)


def act(conn: Connection, pen: Pen, action: DeskAction, step: Step | None) -> Done | Refused:
    """One action in an open transaction."""
    if isinstance(action, a.FollowUpDone):
        return finish_follow_up(conn, pen, action)
    matter = _matter(conn, pen, action.code, action.staff, step)
    if isinstance(matter, Refused):
        return matter
    result = _HANDLERS[type(action)](matter, action)
    if isinstance(result, Done):
        pen.flush(conn)
        failpoint(f"after {type(action).__name__}")
    return result


def _matter(conn: Connection, pen: Pen, code: str, staff: str, step: Step | None) -> Matter | Refused:
    number = number_of(code)
    where = conn.execute(sa.select(t.case.c.conversation).where(t.case.c.number == number)).fetchone()
    if where is None or where.conversation is None:
        return Refused("unknown")
    talk = lock_talk(conn, pen.context, where.conversation)
    case = conn.execute(sa.select(t.case).where(t.case.c.number == number)).one()
    who = conn.execute(sa.select(t.coach).where(t.coach.c.id == staff, t.coach.c.active == 1)).fetchone()
    if talk is None or who is None or who.role not in ("coach", "coordinator"):
        return Refused("forbidden" if talk else "unknown")
    teams = [team for team in who.teams.split(",") if team]
    if teams and case.team and case.team not in teams and case.coach != who.id and who.role != "coordinator":
        return Refused("forbidden")
    return Matter(conn, pen, case, talk, who, step)


def _name(conn: Connection, coach: str | None) -> str:
    return conn.execute(sa.select(t.coach.c.name).where(t.coach.c.id == coach)).scalar() or "" if coach else ""


def _claim(matter: Matter, action: a.Claim) -> Done | Refused:
    if action.seen_epoch is not None and action.seen_epoch != matter.talk.epoch and matter.case.state == "waiting":
        return Refused("stale")
    refused = _take(matter)
    return refused or matter.done()


def _take(matter: Matter, *, key: str = "claimed") -> Refused | None:
    """The one conditional update: of two coaches exactly one wins."""
    if matter.case.state != "waiting":
        if matter.case.state not in OPEN:
            return Refused("closed", at=moment(matter.case.closed_at))
        if matter.case.coach == matter.staff.id:
            return None
        return Refused("taken", _name(matter.conn, matter.case.coach), moment(matter.case.claimed_at))
    held = matter.conn.execute(
        sa.select(sa.func.count()).where(t.case.c.coach == matter.staff.id, t.case.c.state == "with_coach")
    ).scalar()
    if (held or 0) >= matter.staff.max_cases:
        return Refused("full")
    won = matter.conn.execute(
        t.case.update()
        .where(
            t.case.c.number == matter.case.number, t.case.c.state == "waiting", t.case.c.version == matter.case.version
        )
        .values(state="with_coach", coach=matter.staff.id, claimed_at=matter.pen.at, version=t.case.c.version + 1)
    )
    if won.rowcount != 1:
        return Refused("taken")
    failpoint("after claim")
    matter.speaks("coach", matter.staff.id)
    matter.system(key, name=matter.staff.name)
    return None


def _ours(matter: Matter) -> Refused | None:
    """Makes the case ours when nobody has it; refuses when somebody else does or it is over."""
    if matter.case.state == "waiting":
        return _take(matter)
    return None if matter.mine else matter.owner()


def _answered(matter: Matter) -> dict[str, object]:
    """What a first (or later) reply changes."""
    return {
        "first_reply_at": sa.func.coalesce(t.case.c.first_reply_at, matter.pen.at), "unread_at": None,
        "state": "with_coach", "snoozed_until": None,
    }  # fmt: skip


def _reply(matter: Matter, action: a.Reply) -> Done | Refused:
    if not action.text.strip():
        return Refused("too_short")
    if action.client_id:
        twice = sa.select(t.message.c.seq).where(
            t.message.c.conversation == matter.talk.id, t.message.c.origin == action.client_id
        )
        if matter.conn.execute(twice).fetchone():
            return Done(K(matter.case.number), matter.case.version)
    if refused := _ours(matter):
        return refused
    text = redact(action.text).text
    message = Message(text, "human", language=matter.talk.language)
    told = matter.pen.tell(matter.talk, message, "coach", coach=matter.staff.id, origin=action.client_id)
    matter.set(**_answered(matter))
    matter.pen.count(matter.talk, "replied")
    _mail_later(matter, told.seq)
    return matter.done()


def _mail_later(matter: Matter, seq: int) -> None:
    """Who left the web page and gave an address hears by mail, a little later, that there is an answer."""
    email = matter.talk.state.answers.get("email")
    if matter.talk.channel != "web" or email is None or email.status != "given" or matter.case.practice:
        return
    row = {
        "key": f"case:{matter.case.number}:answer:{seq}", "kind": "answer", "case_number": matter.case.number,
        "audience": "visitor", "due_at": matter.pen.at + MAIL_AFTER,
    }  # fmt: skip
    matter.pen.context.sql.insert_new(matter.conn, t.notice, row)


def _note(matter: Matter, action: a.AddNote) -> Done | Refused:
    if not action.text.strip():
        return Refused("too_short")
    matter.pen.private(matter.talk, redact(action.text).text, sender="coach", coach=matter.staff.id)
    matter.set()
    return matter.done()


def _called(matter: Matter, action: a.Called) -> Done | Refused:
    if action.result not in a.CALL_RESULTS:
        return Refused("bad_value")
    if refused := _ours(matter):
        return refused

    row = {"id": new_id(), "case_number": matter.case.number, "coach": matter.staff.id, "result": action.result}
    matter.conn.execute(t.contact_attempt.insert(), {**row, "at": matter.pen.at})
    if action.note.strip():
        matter.pen.private(matter.talk, redact(action.note).text, sender="coach", coach=matter.staff.id)
    matter.pen.private(matter.talk, f"called:{action.result}", sender="coach", coach=matter.staff.id, kind="called")
    matter.set(**_answered(matter))
    matter.pen.count(matter.talk, "called", action.result)
    return matter.done()


def _release(matter: Matter, action: a.Release) -> Done | Refused:
    if not matter.mine:
        return matter.owner()
    _to_queue(matter)
    matter.system("released")
    return matter.done()


def _to_queue(matter: Matter, team: str | None = None) -> None:
    due = matter.pen.context.rules.office_of(team or matter.case.team).due(matter.pen.here)
    matter.set(
        state="waiting", coach=None, waiting_since=matter.pen.at, due_at=None if due is None else ms(due),
        team=matter.case.team if team is None else team, prefers=matter.staff.id, promised_again=0,
    )  # fmt: skip
    matter.talk.promised_at = None if due is None else ms(due)
    matter.speaks("queue", None)


def _hand_over(matter: Matter, action: a.HandOver) -> Done | Refused:
    if len(action.note.strip()) < SHORTEST_NOTE:
        return Refused("too_short")
    if not matter.mine and matter.case.state != "waiting" and matter.staff.role != "coordinator":
        return matter.owner()
    matter.pen.private(matter.talk, redact(action.note).text, sender="coach", coach=matter.staff.id)
    if action.to_staff:
        other = matter.conn.execute(
            sa.select(t.coach).where(t.coach.c.id == action.to_staff, t.coach.c.active == 1)
        ).fetchone()
        if other is None or other.role not in ("coach", "coordinator"):
            return Refused("bad_value")
        matter.set(state="with_coach", coach=other.id, claimed_at=matter.pen.at)
        matter.speaks("coach", other.id)
        matter.system("handed_over", name=other.name)
    else:
        _to_queue(matter, action.to_team)
        matter.system("handed_over_team")
    return matter.done()


def _take_over(matter: Matter, action: a.TakeOver) -> Done | Refused:
    if matter.case.state == "waiting" or matter.mine:
        refused = _take(matter)
        return refused or matter.done()
    if matter.case.state not in OPEN:
        return matter.owner()
    owner = matter.conn.execute(sa.select(t.coach).where(t.coach.c.id == matter.case.coach)).fetchone()
    away = owner is None or owner.away_since is not None or not owner.active
    if not (away or matter.staff.role == "coordinator" or len(action.reason.strip()) >= SHORTEST_NOTE):
        return matter.owner()
    if action.reason.strip():
        matter.pen.private(matter.talk, redact(action.reason).text, sender="coach", coach=matter.staff.id)
    matter.set(coach=matter.staff.id, claimed_at=matter.pen.at, state="with_coach", snoozed_until=None)
    matter.speaks("coach", matter.staff.id)
    matter.system("taken_over", name=matter.staff.name)
    return matter.done()


def _wait(matter: Matter, action: a.WaitForClient) -> Done | Refused:
    if not matter.mine:
        return matter.owner()
    matter.set(state="waiting_for_client", wait_since=matter.pen.at, nudges=0, unread_at=None)
    return matter.done()


def _snooze(matter: Matter, action: a.Snooze) -> Done | Refused:
    if not matter.pen.now < action.until <= matter.pen.now + LONGEST_SNOOZE:
        return Refused("bad_date")
    if not matter.mine:
        return matter.owner()
    matter.set(state="snoozed", snoozed_until=ms(action.until), unread_at=None)
    return matter.done()


def _close(matter: Matter, action: a.Close) -> Done | Refused:
    if not action.outcome.strip():
        return Refused("bad_value")
    if refused := _ours(matter):
        return refused
    if action.note.strip():
        message = Message(redact(action.note).text, "human", language=matter.talk.language)
        matter.pen.tell(matter.talk, message, "coach", coach=matter.staff.id)
        matter.set(**_answered(matter))
    if not action.keep_follow_ups:
        matter.conn.execute(
            t.follow_up.update()
            .where(t.follow_up.c.case_number == matter.case.number, t.follow_up.c.state == "open")
            .values(state="lapsed", done_at=matter.pen.at)
        )
    _end(matter, "closed", action.outcome, "closed")
    if matter.talk.channel != "desk":  # nobody reads along in a case that a coach made for somebody on the phone
        ask_rating(matter.pen, matter.talk)
    return matter.done()


def _lapse(matter: Matter, action: a.Lapse) -> Done | Refused:
    if matter.case.state not in OPEN:
        return matter.owner()
    if matter.case.state != "waiting" and not matter.mine and matter.staff.role != "coordinator":
        return matter.owner()
    _end(matter, "lapsed", action.reason or "no_answer", "lapsed")
    return matter.done()


def _end(matter: Matter, state: str, outcome: str, phrase: str, flow: str = "") -> None:
    """The end of the human stretch, recorded and told."""
    talk = matter.talk
    close_open_case(matter.conn, matter.pen, talk, state, outcome)
    talk.coach = matter.case.coach or talk.coach  # whom the visitor had last: preferred when they come back
    matter.pen.count(talk, "closed", a.rung_of(outcome))
    follow(matter, SpeakerChanged("bot", say(phrase, talk.language), flow), say(phrase, talk.language))
    if not open_follow_ups(matter.conn, matter.case.number):
        talk.purge_at = matter.pen.at + matter.pen.context.rules.periods.chat_after_case * DAY
    else:
        talk.purge_at = None


def follow(matter: Matter, event: Event, text: str = "", sender: str = "bot", coach: str | None = None) -> bool:
    """Lets the engine answer an event of the desk. `text` is told even when the engine does not repeat it."""
    pen, talk = matter.pen, matter.talk
    if matter.step is None:
        if text:
            pen.tell(talk, Message(text, "system"), "system")
        return False
    stocks = read_stocks(matter.conn, pen.now)
    due = promised(pen, talk, stocks)
    world = world_of(pen, talk, stocks, due)
    turn = matter.step(talk.state, world, event, pen.here)
    if text and not any(isinstance(effect, Say) and text in effect.message.text for effect in turn.effects):
        pen.tell(talk, Message(text, "system"), "system")
    apply_turn(matter.conn, pen, talk, turn, stocks, due, sender=sender, coach=coach)
    carry_out(matter.conn, pen, talk, turn.effects, stocks, due)
    return True


def _hand_back(matter: Matter, action: a.HandBack) -> Done | Refused:
    if refused := _ours(matter):
        return refused
    _end(matter, "closed", action.outcome, "handed_back", action.flow)
    return matter.done()


def _urgent(matter: Matter, action: a.MarkUrgent) -> Done | Refused:
    if matter.case.state not in OPEN:
        return matter.owner()
    matter.set(urgent=int(action.urgent))
    return matter.done()


def _edit(matter: Matter, action: a.EditAnswer) -> Done | Refused:
    if matter.case.state not in OPEN:
        return matter.owner()
    if refused := _ours(matter):
        return refused
    if matter.step is None:
        raise LoketError("an answer can only be changed where the flows are loaded")
    held = matter.talk.state.answers.get(action.fact)
    if action.seen is not None and action.seen != (a.answer_mark(held.status, held.value) if held else ""):
        return Refused("changed")  # in another tab, or by the visitor
    follow(matter, CoachAnswered(action.fact, action.value, matter.staff.id))
    if action.value is None:
        matter.pen.count(matter.talk, "wrong_answer", action.fact)
    matter.set()
    return matter.done()


def _doubt(matter: Matter, action: a.Doubt) -> Done | Refused:
    """A coach says that an entry of the catalogue is not right: kept with the case, and counted for who keeps it."""
    if action.reason not in a.DOUBTS or not action.entry:
        return Refused("bad_value")
    words = redact(action.note.strip()).text
    name = matter.pen.context.rules.entry_name(action.entry)
    said = f"{name}: {a.DOUBTS[action.reason]}. {words}".strip()
    matter.pen.private(matter.talk, said, sender="coach", coach=matter.staff.id)
    matter.pen.count(matter.talk, "wrong_entry", f"{action.entry}:{action.reason}")
    matter.set()
    return matter.done()


def _ask(matter: Matter, action: a.AskClient) -> Done | Refused:
    """The content words the question, it is sent as the coach's, and a press on a choice lands in the sheet."""
    if matter.pen.context.rules.question is None:
        raise LoketError("a question can only be asked where the flows are loaded")
    talk = matter.talk
    question = matter.pen.context.rules.question(action.fact, talk.language)
    if question is None:
        return Refused("bad_value")
    if refused := _ours(matter):
        return refused
    if not matter.pen.context.rules.carries(talk.channel, action.fact):
        return Refused("channel")
    warning = matter.pen.context.rules.warning(talk.channel, action.fact, talk.language)
    if warning is not None and WARNED not in talk.state.done:
        talk.state = talk.state.but(done={**talk.state.done, WARNED: talk.state.turn})
        matter.pen.tell(talk, warning, "system")
    shown = len(talk.labels.get(str(talk.state.turn), ()))
    message = replace(question, kind="human", fact=action.fact, first=shown)
    matter.pen.tell(talk, message, "coach", coach=matter.staff.id)
    matter.set(**_answered(matter))
    return matter.done()


def _follow_up(matter: Matter, action: a.AddFollowUp) -> Done | Refused:
    return add_follow_up(matter.conn, matter.pen, matter.case, matter.talk, matter.staff, action)


def _outcome(matter: Matter, action: a.AddOutcome) -> Done | Refused:
    return add_outcome(matter.conn, matter.pen, matter.case, matter.talk, matter.staff, action)


def _decide(matter: Matter, action: a.DecideRequest) -> Done | Refused:
    return _ours(matter) or decide_request(matter, action)


_HANDLERS: dict[type, Callable[[Matter, Any], Done | Refused]] = {
    a.Claim: _claim, a.Reply: _reply, a.AddNote: _note, a.Called: _called, a.Release: _release,
    a.HandOver: _hand_over, a.TakeOver: _take_over, a.HandBack: _hand_back, a.WaitForClient: _wait,
    a.Snooze: _snooze, a.Close: _close, a.Lapse: _lapse, a.MarkUrgent: _urgent, a.EditAnswer: _edit,
    a.AskClient: _ask, a.AddFollowUp: _follow_up, a.AddOutcome: _outcome,
    a.Doubt: _doubt, a.DecideRequest: _decide,
}  # fmt: skip
