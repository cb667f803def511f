"""Puts a turn on the screen: lines, cards, and the one question that is pending, with its buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.ahead import line_ahead
from flows.cards import card_message, mention_line
from flows.deskquestions import TICKS
from flows.effects import WARNED, Count, Elsewhere, Message, OpenCase, Remind, Say, Span, Wish, counted
from flows.effects import Note as NoteEffect
from flows.handover import open_case
from flows.model import Finish, Handoff, Note, Offer
from flows.model import Remind as RemindStep
from flows.model import Say as SayStep
from flows.position import Withheld
from flows.questions import question_of
from flows.state import Shown
from flows.turn import Turn
from flows.walk import Advised, Pending, Walk, candidates
from knowledge.text import words

if TYPE_CHECKING:
    from flows.session import Session

KEPT_SCREENS = 12  # older screens whose buttons can still be read
JOINED = 420  # characters: lines and question up to this length make one message


def close(session: Session) -> Turn:
    """The end of a turn: the screen as it becomes, and the state to keep."""
    if session.quiet:
        return Turn(session.state.finish(), tuple(session.effects), session.understood)
    screen = Screen(session)
    walked = screen.show()
    state, left = session.state, session.before.shown
    state.shown = screen.shown()
    state.older = older = session.before.older
    if left is not None and left.options:
        state.older = (*older, left.line())[-KEPT_SCREENS:]
    if state.phase == "new" and screen.says:
        state.phase = "talking"
    ended = walked is not None and walked.ended
    if ended and state.phase == "talking":
        state.phase = "finished"
        session.effects.append(Count("finished"))
    effects = (*screen.says, *session.effects)
    return Turn(
        state.finish(), effects, session.understood, session.advice, ended and session.own is None, screen.question
    )


class Screen:
    """Collects the messages of one turn and numbers their buttons."""

    def __init__(self, session: Session) -> None:
        self.session, self.voice = session, session.voice
        self.says: list[Say] = []
        self.options: list[str] = []
        self.question: Message | None = None
        self.lines = session.lead.copy()
        self.step, self.fact = "", ""

    def show(self) -> Walk | None:
        """Say what this turn has to say. Returns the walk, or None when the desk asked something of its own."""
        session = self.session
        for message in session.said:
            self.flush()
            self.add(message)
        if session.own is not None:
            self.lines += session.read_back
            self.own_question()
            return None
        if session.only_said:
            self.flush()
            return None
        walked = session.walk()
        session.state.asked = walked.asked
        if "rating" in session.understood:
            self.lines.append(self.voice.phrase("rated"))
        if walked.events:
            self.reached(walked)
        else:
            self.lines += session.read_back
        if walked.pending is not None:
            if walked.advice is None:  # what a change made unreachable is no longer what stands on the screen
                session.state.advice = None
            if not session.wait:
                if ahead := line_ahead(session, walked):
                    self.lines.append(ahead)
                self.pending(walked.pending)
        if self.lines:
            self.flush()
        return walked

    def shown(self) -> Shown:
        before = self.session.before.shown
        if not self.options and before is not None and not self.step:
            return before  # nothing new to press: what stood there still stands
        return Shown(
            self.session.state.turn, self.step, self.fact, tuple(self.options), self.session.content.fingerprint
        )

    # --- building blocks -------------------------------------------------------------------------------------------

    def add(self, message: Message) -> Message:
        first, voice = len(self.options), self.voice
        language = voice.spoken(message) if voice.partial else voice.language
        if message.first != first or message.language != language:
            message = replace(message, first=first, language=language)
        self.options += [option.id for option in message.options]
        self.says.append(Say(message))
        return message

    def flush(self) -> None:
        """The waiting lines as one message."""
        if self.lines:
            self.add(Message("\n".join(self.lines)))
            self.lines = []

    def ask(self, message: Message) -> None:
        """The question, in one message with the lines above it unless that becomes long."""
        if self.lines:
            if sum(map(len, self.lines)) + len(message.text) > JOINED:
                self.flush()
            message = replace(message, text="\n".join([*self.lines, message.text]))
            self.lines = []
        self.question = self.add(message)

    # --- what the walk reached -------------------------------------------------------------------------------------

    def reached(self, walked: Walk) -> None:
        """The effects of all steps that were reached; what was read back stands above cards and below anything else."""
        session = self.session
        shows_cards = any(self.is_new(event) for event in walked.events)
        if shows_cards:
            self.lines += session.read_back
        for event in walked.events:
            self.event(event, walked)
        if not shows_cards:
            self.lines += session.read_back
        opened = any(isinstance(effect, OpenCase) for effect in session.effects)
        if opened and walked.pending is not None and walked.pending.kind == "ask" and not session.wait:
            self.lines.append(self.voice.phrase("while_waiting"))

    def event(self, event: Any, walked: Walk) -> None:
        session = self.session
        key = "" if isinstance(event, Advised) else event.key
        if isinstance(event, Advised):
            self.advised(event, walked)
        elif isinstance(event, Handoff):
            self.lines += open_case(session, event, walked)
        elif key in session.state.done or f"{key}.gone" in session.state.done:
            return
        elif isinstance(event, SayStep):
            session.mark(key, session.state.turn)
            self.tell(event)
        elif isinstance(event, Withheld):
            session.mark(key, session.state.turn)
            self.lines.append(self.voice.phrase("withheld", name=self.voice.name(event.fact)))
            session.effects.append(Elsewhere(event.fact))
        elif isinstance(event, Note):
            session.mark(key, session.state.turn)
            session.effects.append(NoteEffect(event.text))
        elif isinstance(event, RemindStep):
            session.mark(key, session.state.turn)
            session.effects.append(Remind(key, event.after))
        elif isinstance(event, Offer):
            session.mark(f"{key}.gone", session.state.turn)
            self.lines.append(self.voice.phrase("budget_gone"))
            session.effects.append(Wish(event.open))
        elif isinstance(event, Finish):
            session.mark(key, session.state.turn)
            text = self.voice.flow_text(f"flow.{key}.text", event.text) if event.text else self.voice.phrase("finish")
            self.lines.append(text)

    def tell(self, step: SayStep) -> None:
        text = self.voice.flow_text(f"flow.{step.key}", step.text)
        if not step.link_url and not step.image:
            self.lines.append(text)
            return
        self.flush()
        label = self.voice.flow_text(f"flow.{step.key}.link", step.link_text)
        spans: tuple[Span, ...] = ()
        if step.link_url:
            spans = (Span(len(text) + 1, len(text) + 1 + len(label), "link", step.link_url),)
            text = f"{text}\n{label}"
        self.add(Message(text, spans=spans, image=step.image))

    def is_new(self, event: Any) -> bool:
        """Whether this is advice that is not on the screen yet."""
        if not isinstance(event, Advised):
            return False
        return self.session.state.done.get(event.step.key) != [match.entry.id for match in event.shown]

    def advised(self, advised: Advised, walked: Walk) -> None:
        """Cards the first time; after a change only what is new, and one line on what is gone."""
        session, key = self.session, advised.step.key
        ids = [match.entry.id for match in advised.shown]
        before = session.state.done.get(key)
        if before == ids:
            return
        session.mark(key, ids)
        fresh = [match for match in advised.shown if before is None or match.entry.id not in before]
        if before is not None:
            self.lines.append(self.voice.phrase("advice_changed"))
            left = [session.content.knowledge.catalogue.resolve(one) for one in before if one not in ids]
            gone = [entry for entry in left if entry is not None]  # an entry may have been taken away altogether
            if gone:
                self.lines.append(self.voice.phrase("advice_gone", names=", ".join(entry.name for entry in gone)))
        elif advised.step.opening and advised.shown:
            self.lines.append(self.voice.flow_text(f"flow.{key}.opening", advised.step.opening))
        if not advised.shown:
            nothing = advised.step.nothing
            self.lines.append(
                self.voice.flow_text(f"flow.{key}.nothing", nothing) if nothing else self.voice.phrase("advice_nothing")
            )
            session.effects.append(self.wish(advised.step.kinds))
        if fresh:
            self.flush()
        for match in fresh:
            self.add(card_message(self.voice, match))
            session.effects.append(Count("advised", match.entry.id))
        if before is None:
            self.mention(advised, walked)
        session.advice = advised.shown
        session.state = session.state.but(advice=tuple(ids))

    def mention(self, advised: Advised, walked: Walk) -> None:
        """The desk in the region, and entries named after today's route when they would be for this visitor."""
        content = self.session.content
        kinds, alone = advised.step.kinds, len(advised.shown) == 1 and advised.shown[0].entry.kind != "desk"
        if kinds and ("desk" not in kinds or alone):
            matcher = content.knowledge.matcher
            near = next(candidates(matcher, walked.profile, self.session.now, ("desk",)), None)
            if near is not None and near.verdict == "fits":
                name = near.entry.text("name", self.voice.language)
                self.lines.append(self.voice.phrase("near_desk", name=name))
        shown = {match.entry.id for match in advised.shown}
        shown |= set(self.session.state.done.get("!told", []))
        wanted = [one for one in advised.step.mention if one not in shown]
        for one in wanted:
            if one in content.knowledge.catalogue:
                match = content.knowledge.matcher.one(one, walked.profile, self.session.now)
                if match.verdict in ("fits", "coach_decides"):
                    self.lines.append(mention_line(self.voice, match.entry))

    def wish(self, kinds: tuple[str, ...]) -> Wish:
        """What could not be offered, by region and kind of work. Words of the visitor only when all of them are words
        of work and learning: a name or a story is no wish to count."""
        answers = self.session.state.answers
        told = (str(answers[f].value) for f in ("course", "wanted_occupation") if f in answers)
        reader = self.session.content.knowledge.understanding.reader
        asked = "" if kinds == ("event",) else next((one for one in told if all(map(reader.knows, words(one)))), "")
        profile = self.session.content.profile(answers, self.session.today)
        spot = profile.possible("area") if "area" in self.session.content.knowledge.facts else None
        sector = profile.value("field") if "field" in self.session.content.knowledge.facts else None
        return Wish(asked or ", ".join(kinds), getattr(spot, "region", None) or "", str(sector or ""))

    # --- the pending question --------------------------------------------------------------------------------------

    def warn(self, fact: str) -> None:
        """Before the first sensitive question on a channel that is not ours: it is not, and where our own is."""
        if WARNED not in self.session.state.done:
            self.session.mark(WARNED, self.session.state.turn)
            self.lines.append(self.voice.phrase("warned"))
            self.session.effects.append(Elsewhere(fact, asked_here=True))

    def own_question(self) -> None:
        assert self.session.own is not None
        text, fact, options = self.session.own
        kind = str((self.session.state.pending or {}).get("kind", ""))
        self.step = f"!{kind}"
        self.fact = fact
        expects = self.session.content.knowledge.facts[fact].kind if fact else ""
        several = expects == "choices" and kind in ("reask", TICKS)
        self.ask(
            Message(
                text, "question", options=tuple(options), fact=fact, expects=expects, multiple=several,
                language=self.voice.language, again=kind == TICKS,
            )
        )  # fmt: skip

    def pending(self, pending: Pending) -> None:
        message, above = question_of(self.session, pending)
        if pending.fact in self.voice.warned:
            self.warn(pending.fact)
        self.step, self.fact = pending.step.key, pending.fact
        self.lines += above
        self.ask(message)
        if pending.kind == "ask":
            self.session.effects.append(counted("asked", pending.fact))
