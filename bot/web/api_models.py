"""What `/api/v1` takes and gives, as documented in its OpenAPI. Imported at the first call only."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Choice(BaseModel):
    id: str
    label: str


class Question(BaseModel):
    fact: str
    kind: str
    text: str
    choices: list[Choice]


class Advised(BaseModel):
    id: str
    kind: str
    verdict: str
    because: list[str]
    missing: list[str]
    status: str


class Handoff(BaseModel):
    reason: str
    team: str


class Turned(BaseModel):
    """One turn: the same object that `loket chat --json` prints, and the session to send along next time."""

    session: str
    message_ids: list[int] = Field(description="Numbers of `messages`, as `/chat/messages` gives them.")
    messages: list[str]
    question: Question | None
    understood: dict[str, Any]
    advice: list[Advised] | None
    handoff: Handoff | None
    ended: bool


class ChatInput(BaseModel):
    """What the visitor did. Without `session` a conversation begins; then only `language` and `start` count."""

    model_config = ConfigDict(extra="forbid")
    session: str | None = Field(None, description="From the answer before; keep it secret, it is the visitor's key.")
    text: str | None = Field(None, max_length=100_000)
    choice: str | list[str] | None = None
    command: str | None = Field(None, max_length=100)
    message_id: str | None = Field(None, pattern=r"^[\w-]{6,40}$", description="Sent twice, done once.")
    language: str = Field("nl", pattern="^(nl|en|ar|tr|pl|uk)$")
    start: str = Field("", pattern=r"^[\w-]{0,64}$")


class Spoken(BaseModel):
    """One message of a conversation, whoever wrote it."""

    id: int = Field(description="Its number in the conversation; the newest one is the next `after`.")
    by: str = Field(pattern="^(visitor|bot|coach|system)$")
    name: str = Field(description="The coach's name; empty for all others.")
    at: str
    text: str
    fact: str = Field(description="What it asks for; empty when it asks nothing.")
    choices: list[Choice]


class Heard(BaseModel):
    """What was said since `after`, and who has the word now."""

    messages: list[Spoken]
    cursor: int = Field(description="Send it as `after` next time.")
    speaker: str = Field(pattern="^(bot|queue|coach)$")
    coach: str = Field(description="Name of the coach who has the conversation; empty when nobody has.")
    promise: str | None = Field(description="By when a coach answers, while the visitor waits.")


class Matched(BaseModel):
    id: str
    verdict: str
    because: list[str]
    missing: list[str]
    status: str


class Found(BaseModel):
    id: str
    aliases: list[str]
    kind: str
    score: float


class Answered(BaseModel):
    understood: dict[str, Any]
    results: list[Found]
    kind: str


class Source(BaseModel):
    url: str
    supports: str
    read_on: str


class EntryOut(BaseModel):
    id: str
    aliases: list[str]
    kind: str
    name: str
    summary: str
    status: str
    step: str
    url: str
    confidence: str
    checked_on: str | None
    sources: list[Source]


class EventOut(BaseModel):
    id: str
    title: str
    starts: str
    where: str
    left: int | None


class Demand(BaseModel):
    what: str
    region: str
    sector: str
    count: str
