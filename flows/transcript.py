"""Dialogue transcripts: a conversation on paper, readable by a coach, replayed line by line.

    gesprek: bakker in Tiel vraagt wat scholing kost
    datum: 2026-11-21 10.00
    loket: Hallo! …
           [Ik zoek werk] [Ik heb werk]
    u:     heb een bakkerij met 6 man in tiel
    u:     [Ja]                       presses a button by its label
    u:     (spraakbericht)            something that is no text: spraakbericht, foto, sticker, document
    hulpvraag: Wil gebeld worden      a case was opened

Between any two lines the state goes to JSON and back. A transcript holds when replaying it gives the same lines;
`loket replay --write` writes what the desk says now.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from flows.content import Content
from flows.effects import Erase, Message, OpenCase, Say, Subscribe
from flows.engine import step
from flows.events import Chose, Event, Said, SentOther, Started
from flows.state import State
from flows.turn import Turn
from flows.world import World
from knowledge.problems import LoketError

ZONE = ZoneInfo("Europe/Amsterdam")
INDENT = 7
_OTHER = {"spraakbericht": "voice", "foto": "photo", "sticker": "sticker", "document": "document", "video": "video"}
_KEYS = ("gesprek", "datum", "taal", "begin", "belofte", "loket", "u", "hulpvraag", "bericht", "gewist")


class TranscriptInvalid(LoketError):
    """A transcript that cannot be read; the message says which line and why."""


@dataclass(slots=True)
class Script:
    """What a transcript asks for: its head and what the visitor does. `comments` are kept when it is rewritten."""

    title: str = ""
    moment: datetime = datetime(2026, 11, 21, 10, 0, tzinfo=ZONE)
    language: str = "nl"
    payload: str = ""
    promise: str = ""
    lines: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Replay:
    """The transcript as it reads now, and how it differs from what was written ('' when it holds)."""

    text: str
    difference: str

    @property
    def holds(self) -> bool:
        return not self.difference


def replay(content: Content, text: str, name: str = "transcript") -> Replay:
    """Play a transcript. Raises TranscriptInvalid when it cannot be read."""
    script = read(text, name)
    now = write(content, script)
    if now == text.strip() + "\n":
        return Replay(now, "")
    lines = difflib.unified_diff(text.strip().splitlines(), now.splitlines(), name, "now", lineterm="", n=2)
    return Replay(now, "\n".join(lines))


def read(text: str, name: str = "transcript") -> Script:
    """The head and the visitor's lines; what the desk said is only compared."""
    script = Script()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith((" ", "\t")):
            continue
        if line.startswith("#"):
            script.head.append(line)
            continue
        key, colon, value = line.partition(":")
        if not colon or key not in _KEYS:
            raise TranscriptInvalid(f"{name}:{number}: a line starts with one of: {', '.join(_KEYS)}")
        value = value.strip()
        if key == "gesprek":
            script.title = value
        elif key == "datum":
            script.moment = _moment(value, f"{name}:{number}")
        elif key == "taal":
            script.language = value
        elif key == "begin":
            script.payload = value
        elif key == "belofte":
            script.promise = value
        elif key == "u":
            script.lines.append(value)
    return script


def _moment(value: str, where: str) -> datetime:
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:\s+(\d{1,2})[.:](\d{2}))?", value)
    try:
        if not found:
            raise ValueError
        day = datetime.fromisoformat(found[1])
        return day.replace(hour=int(found[2] or 10), minute=int(found[3] or 0), tzinfo=ZONE)
    except ValueError:
        raise TranscriptInvalid(f"{where}: '{value}' is not a date like 2026-11-21 or 2026-11-21 14.30") from None


def write(content: Content, script: Script) -> str:
    """Hold the conversation and write it down."""
    out = [*script.head, f"gesprek: {script.title}", f"datum: {script.moment:%Y-%m-%d %H.%M}"]
    out += [f"taal: {script.language}"] if script.language != "nl" else []
    out += [f"begin: {script.payload}"] if script.payload else []
    out += [f"belofte: {script.promise}"] if script.promise else []
    talk = Talk(content, script)
    out += ["", *_said(talk.play(Started(script.payload, script.language)))]
    for line in script.lines:
        out.append(f"u:     {line}".rstrip())
        out += _said(talk.play(talk.event(line)))
    return "\n".join(out) + "\n"


class Talk:
    """One conversation whose state goes to JSON and back before every turn, as if another worker answered."""

    def __init__(self, content: Content, script: Script) -> None:
        self.content, self.script = content, script
        self.world = World(promise=script.promise)
        self.saved = State(language=script.language).to_json()
        self.buttons: list[tuple[str, str]] = []  # (label, id) of everything that can be pressed now

    def event(self, line: str) -> Event:
        if line.startswith("(") and line.endswith(")"):
            return SentOther(_OTHER.get(line[1:-1], "other"))
        if line.startswith("[") and line.endswith("]"):
            label = line[1:-1]
            for known, id in self.buttons:
                if known == label:
                    return Chose((id,))
            raise TranscriptInvalid(
                f"there is no button [{label}]; there are: {', '.join(f'[{b}]' for b, _ in self.buttons)}"
            )
        return Said(line)

    def play(self, event: Event) -> Turn:
        turn = step(self.content, self.world, State.from_json(self.saved), event, self.script.moment)
        self.saved = turn.state.to_json()
        shown = [effect.message for effect in turn.effects if isinstance(effect, Say)]
        fresh = [(option.label, option.id) for message in reversed(shown) for option in message.options]
        cards = [(label, id) for label, id in self.buttons if id.startswith("!") and ":" in id]
        self.buttons = [*fresh, *cards] if fresh else self.buttons
        return turn


def _said(turn: Turn) -> list[str]:
    out: list[str] = []
    for effect in turn.effects:
        if isinstance(effect, Say):
            out += message_lines(effect.message)
        elif isinstance(effect, OpenCase):
            out.append(f"hulpvraag: {effect.reason}")
        elif isinstance(effect, Subscribe):
            out.append(f"bericht: {effect.entry}")
        elif isinstance(effect, Erase):
            out.append("gewist: alles")
    return out


def message_lines(message: Message) -> list[str]:
    """One message as a coach reads it."""
    first, *rest = message.text.split("\n")
    lines = [f"loket: {first}", *(" " * INDENT + line for line in rest)]
    if message.options:
        lines.append(" " * INDENT + " ".join(f"[{option.label}]" for option in message.options))
    return [line.rstrip() for line in lines]
