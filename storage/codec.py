"""Messages and answers as JSON and back. Small by hand: `dataclasses.asdict` costs more than the whole engine."""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Any

from flows.effects import Card, Message, Option, Span

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def dump(value: Any) -> bytes:
    """Compact UTF-8 JSON. A lone surrogate cannot be stored and is replaced, as channels do at the edge."""
    return _encode(value).encode("utf-8", "replace")


def message_to_json(message: Message) -> bytes:
    """Only what differs from a plain sentence is written."""
    rich = message.spans or message.options or message.card or message.fact or message.expects or message.image
    if not (rich or message.multiple or message.first or message.language != "nl"):
        return f'{{"text":{encode_basestring(message.text)},"kind":"{message.kind}"}}'.encode("utf-8", "replace")
    raw: dict[str, Any] = {"text": message.text, "kind": message.kind}
    if message.spans:
        raw["spans"] = [[span.start, span.end, span.kind, span.url] for span in message.spans]
    if message.options:
        raw["options"] = [
            [option.id, option.label, option.group, True] if option.ticked else [option.id, option.label, option.group]
            for option in message.options
        ]
    if message.card is not None:
        raw["card"] = {name: getattr(message.card, name) for name in Card.__dataclass_fields__}
    for name in ("fact", "expects", "image"):
        value = getattr(message, name)
        if value:
            raw[name] = value
    if message.multiple:
        raw["multiple"] = True
    if message.again:
        raw["again"] = True
    if message.first:
        raw["first"] = message.first
    if message.language != "nl":
        raw["language"] = message.language
    return dump(raw)


def message_from_json(data: bytes) -> Message:
    raw = json.loads(data)
    raw["spans"] = tuple(Span(*span) for span in raw.get("spans", ()))
    raw["options"] = tuple(Option(*option) for option in raw.get("options", ()))
    if raw.get("card"):
        card = raw["card"]
        raw["card"] = Card(**{**card, "because": tuple(card["because"]), "missing": tuple(card["missing"])})
    return Message(**raw)
