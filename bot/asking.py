"""One free-text question as `loket ask` and `/api/v1/search` answer it (DESIGN 10)."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.turn_json import value_object
from knowledge.content import Knowledge
from knowledge.search import Hit


def answer(knowledge: Knowledge, text: str, today: date, top: int = 3) -> dict[str, Any]:
    """What was understood, and the entries that answer it. `kind` is `answer` exactly when there are results."""
    from bot.cleaning import clean_text

    said = clean_text(text)
    read = knowledge.understanding.read(said)
    found = knowledge.search.ask(said, top=max(1, min(top, 50)), today=today)
    results = [
        {"id": hit.id, "aliases": list(hit.aliases), "kind": _kind(knowledge, hit), "score": round(hit.score, 3)}
        for hit in found.hits
    ]
    return {
        "understood": {fact: value_object(value) for fact, value in read.facts.items()},
        "results": results,
        "kind": found.kind,
    }


def _kind(knowledge: Knowledge, hit: Hit) -> str:
    """The kind of the entry (scheme, fund, provider …); `glossary` or `worry` for what is no entry."""
    return knowledge.catalogue[hit.id].kind if hit.kind == "entry" else hit.kind
