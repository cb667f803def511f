"""Behaviours on paper: what the desk must say, ask or advise, in several wordings, readable by a coach.

    gesprek: Leren lassen in de buurt van Ulft
    gedrag: bvm-b1
    datum: 2026-11-21

    variant: Ulft
    u: Ik woon in Ulft en wil leren lassen.
    u antwoordt: benefit = nee; education = vmbo     answers to what is asked next; the rest gets "weet ik niet"
    loket:
    * noemt: Tijdink | Terborg                       one of these words, in anything the desk said since the last `u:`
    * noemt niet: zekere baan
    * advies: bvm-anton-tijdink | bvm-bbl            one of these entries was shown
    * geen advies: gv-voucher-zzp
    * vraagt: benefit | goal                         the question that stands there now
    * vraagt niet: situation
    * geeft door                                     a case was opened

An exact dialogue (flows/transcript.py) pins every word; a behaviour pins the promise and leaves the words free.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from flows.content import Content
from flows.effects import OpenCase, Say
from flows.engine import step
from flows.events import Event, Said, Started
from flows.state import State
from flows.turn import Turn
from flows.world import World
from knowledge.problems import LoketError, Place

ZONE = ZoneInfo("Europe/Amsterdam")
MOST_QUESTIONS = 9  # a conversation that asks more than this is stopped and judged as it stands
WORLD = World(promise="uiterlijk maandag 23 november om 11.00 uur")
KINDS = ("noemt", "noemt niet", "advies", "geen advies", "vraagt", "vraagt niet", "geeft door")


class BehaviourInvalid(LoketError):
    """A behaviour file that cannot be read; the message says which line and why."""


@dataclass(frozen=True, slots=True)
class Expectation:
    kind: str
    any_of: tuple[str, ...]
    place: Place

    def __str__(self) -> str:
        return f"{self.kind}: {' | '.join(self.any_of)}" if self.any_of else self.kind


@dataclass(frozen=True, slots=True)
class Exchange:
    """One thing the visitor says, how later questions are answered, and what must come of it."""

    said: str
    answers: dict[str, str] = field(default_factory=dict)
    expected: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    name: str
    exchanges: tuple[Exchange, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Behaviour:
    id: str
    title: str
    moment: datetime
    variants: tuple[Variant, ...]


@dataclass(slots=True)
class Outcome:
    """What the desk did since the visitor last spoke for himself."""

    lines: list[str] = field(default_factory=list)  # the dialogue, for people
    said: list[str] = field(default_factory=list)
    advised: list[str] = field(default_factory=list)
    asks: str = ""
    handed_over: bool = False


def is_behaviour(text: str) -> bool:
    """Told apart from an exact dialogue by its head."""
    return bool(re.search(r"^gedrag:", text, re.MULTILINE))


def read(text: str, name: str) -> Behaviour:
    """Read a behaviour file. Raises BehaviourInvalid."""
    head: dict[str, str] = {}
    variants: list[Variant] = []
    exchanges: list[Exchange] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line, place = raw.strip(), Place(name, number)
        if not line or line.startswith("#") or line == "loket:":
            continue
        key, _, value = (part.strip() for part in line.partition(":"))
        if key in ("gesprek", "gedrag", "datum") and not variants:
            head[key] = value
        elif key == "variant":
            exchanges = []
            variants.append(Variant(value, (), place))
        elif not variants:
            raise BehaviourInvalid(f"{place}: '{key}' stands before the first 'variant:'")
        elif key == "u":
            exchanges.append(Exchange(value))
        elif not exchanges:
            raise BehaviourInvalid(f"{place}: the visitor has to say something first ('u: …')")
        elif key == "u antwoordt":
            exchanges[-1] = Exchange(exchanges[-1].said, _answers(value, place), exchanges[-1].expected)
        elif line.startswith("*"):
            last = exchanges[-1]
            exchanges[-1] = Exchange(last.said, last.answers, (*last.expected, _expectation(line, place)))
        else:
            raise BehaviourInvalid(f"{place}: '{line[:40]}' is not understood; see flows/behaviour.py for the lines")
        if variants:
            variants[-1] = Variant(variants[-1].name, tuple(exchanges), variants[-1].place)
    if "gedrag" not in head or not variants:
        raise BehaviourInvalid(f"{name}: needs 'gedrag:' and at least one 'variant:'")
    day = datetime.fromisoformat(head.get("datum", "2026-11-21")).replace(hour=10, tzinfo=ZONE)
    return Behaviour(head["gedrag"], head.get("gesprek", ""), day, tuple(variants))


def _answers(value: str, place: Place) -> dict[str, str]:
    answers = {}
    for part in value.split(";"):
        fact, equals, said = part.partition("=")
        if not equals:
            raise BehaviourInvalid(f"{place}: write 'fact = answer', separated by ';'")
        answers[fact.strip()] = said.strip()
    return answers


def _expectation(line: str, place: Place) -> Expectation:
    kind, _, value = (part.strip() for part in line.lstrip("* ").partition(":"))
    if kind not in KINDS:
        raise BehaviourInvalid(f"{place}: '{kind}' is not one of: {', '.join(KINDS)}")
    return Expectation(kind, tuple(part.strip() for part in value.split("|") if part.strip()), place)


def play(content: Content, variant: Variant, moment: datetime) -> list[str]:
    """Play one variant; returns what did not hold, each with the dialogue, or an empty list."""
    broken: list[str] = []
    talk = _Talk(content, moment)
    for exchange in variant.exchanges:
        outcome = talk.hear(exchange)
        broken += [_told(expected, outcome) for expected in exchange.expected if not _holds(expected, outcome)]
    return broken


class _Talk:
    def __init__(self, content: Content, moment: datetime) -> None:
        self._content, self._moment = content, moment
        self._saved = State().to_json()
        self._step(Started())

    def hear(self, exchange: Exchange) -> Outcome:
        outcome = Outcome()
        turn = self._say(exchange.said, outcome)
        for _ in range(MOST_QUESTIONS):
            asked = turn.question.fact if turn.question else ""
            if not exchange.answers or not asked or turn.ended:
                break
            turn = self._say(exchange.answers.get(asked, "weet ik niet"), outcome)
        return outcome

    def _say(self, text: str, outcome: Outcome) -> Turn:
        outcome.lines.append(f"u:     {text}")
        turn = self._step(Said(text))
        for effect in turn.effects:
            if isinstance(effect, Say):
                outcome.said.append(effect.message.text)
                outcome.lines.append("loket: " + effect.message.text.replace("\n", "\n       "))
            outcome.handed_over |= isinstance(effect, OpenCase)
        if turn.advice is not None:
            outcome.advised += [match.entry.id for match in turn.advice]
            outcome.lines.append("       (advies: " + ", ".join(match.entry.id for match in turn.advice) + ")")
        outcome.asks = turn.question.fact if turn.question else ""
        if outcome.asks:
            outcome.lines.append(f"       (vraagt: {outcome.asks})")
        return turn

    def _step(self, event: Event) -> Turn:
        turn = step(self._content, WORLD, State.from_json(self._saved), event, self._moment)
        self._saved = turn.state.to_json()
        return turn


def _holds(expected: Expectation, outcome: Outcome) -> bool:
    everything = "\n".join(outcome.said).casefold()
    named = any(word.casefold() in everything for word in expected.any_of)
    advised = any(entry in outcome.advised for entry in expected.any_of)
    return {
        "noemt": named,
        "noemt niet": not named,
        "advies": advised,
        "geen advies": not advised,
        "vraagt": outcome.asks in expected.any_of,
        "vraagt niet": outcome.asks not in expected.any_of,
        "geeft door": outcome.handed_over,
    }[expected.kind]


def _told(expected: Expectation, outcome: Outcome) -> str:
    return f"{expected.place}: does not hold: {expected}\n  " + "\n  ".join("\n".join(outcome.lines).splitlines())
