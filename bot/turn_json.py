"""One turn as a JSON object: what `loket chat --json` prints and `/api/v1/chat` returns (DESIGN 10)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flows.effects import Effect, Message, OpenCase, Say
from flows.turn import Turn
from knowledge.matching import Match


def turn_object(turn: Turn) -> dict[str, Any]:
    """Everything a program needs to carry the conversation on."""
    return {
        "messages": [message.text for message in messages(turn.effects)],
        "question": question_object(turn.question),
        "understood": {fact: value_object(value) for fact, value in turn.understood.items()},
        "advice": None if turn.advice is None else [match_object(match, with_kind=True) for match in turn.advice],
        "handoff": _handoff(turn.effects),
        "ended": turn.ended,
    }


def messages(effects: Iterable[Effect]) -> list[Message]:
    return [effect.message for effect in effects if isinstance(effect, Say)]


def question_object(question: Message | None) -> dict[str, Any] | None:
    if question is None:
        return None
    return {
        "fact": question.fact,
        "kind": question.expects,
        "text": question.text,
        "choices": [{"id": option.id, "label": option.label} for option in question.options],
    }


def match_object(match: Match, *, with_kind: bool = False) -> dict[str, Any]:
    out: dict[str, Any] = {"id": match.entry.id}
    if with_kind:
        out["kind"] = match.entry.kind
    out |= {
        "verdict": match.verdict,
        "because": list(match.because if match.verdict != "does_not_fit" else match.against),
        "missing": list(match.missing),
        "status": match.status,
    }
    return out


def value_object(value: Any) -> Any:
    """A value as JSON: a band as '10-49', several choices as a list, an answer state as {'state': …}."""
    if isinstance(value, tuple) and len(value) == 2 and all(part is None or _is_number(part) for part in value):
        low, high = value
        return f"{'' if low is None else low}-{'' if high is None else high}"
    if isinstance(value, tuple):
        return list(value)
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _handoff(effects: Iterable[Effect]) -> dict[str, str] | None:
    for effect in effects:
        if isinstance(effect, OpenCase):
            return {"reason": effect.reason, "team": effect.team}
    return None
