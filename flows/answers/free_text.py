"""Short free text, with a limit. A text that looks like a question is not an answer: it is answered first."""

from __future__ import annotations

import re

from flows.answers.outcome import Answered, Asking, Outcome, Unread

_ASKS = re.compile(
    r"^(wat|wie|waar|wanneer|hoe|waarom|welke|kan ik|mag ik|moet ik|is er|zijn er|what|who|where|when|how|why|can i)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"\w")


def read_text(text: str, asking: Asking) -> Outcome:
    text = " ".join(text.split())
    limit = int(asking.fact.max or 200)
    if not _LETTER.search(text):
        return Unread("empty_text", sure=True)
    if len(text) > limit:
        return Unread("text_too_long", {"max": str(limit), "given": str(len(text))}, sure=True)
    if looks_like_question(text):
        return Unread("is_that_a_question", sure=False)
    return Answered(text)


def looks_like_question(text: str) -> bool:
    return text.rstrip().endswith("?") or bool(_ASKS.match(text.strip()) and len(text.split()) > 2)
