"""Reading a text as an answer: one module per kind of question. Text in, answer or hint out; nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows.answers.choice import match, read_choice, read_choices, read_yes_no
from flows.answers.code import read_code
from flows.answers.contact import read_email, read_phone
from flows.answers.day import read_day
from flows.answers.free_text import looks_like_question, read_text
from flows.answers.number import read_number, shown
from flows.answers.outcome import Answered, Asking, Doubt, Outcome, Unread
from flows.answers.place import read_place
from flows.answers.words import plain

READERS: dict[str, Callable[[str, Asking], Outcome]] = {
    "choice": read_choice,
    "choices": read_choices,
    "yes_no": read_yes_no,
    "number": read_number,
    "amount": read_number,
    "date": read_day,
    "place": read_place,
    "code": read_code,
    "text": read_text,
    "phone": read_phone,
    "email": read_email,
}

__all__ = [
    "READERS", "Answered", "Asking", "Doubt", "Outcome", "Unread", "looks_like_question", "match", "plain",
    "read_answer", "shown", "value_of",
]  # fmt: skip


def read_answer(text: str, asking: Asking) -> Outcome:
    """Read a text as an answer to this fact."""
    return READERS[asking.fact.kind](text, asking)


def value_of(written: Any, asking: Asking) -> Any:
    """The answer value of what a file or program writes ('45', '10-49', ['ww'], 'Ulft'). Raises ValueError.

    Unlike `read_answer` this takes ids, not labels, and repairs nothing.
    """
    fact = asking.fact
    if fact.kind in ("choice", "yes_no", "code"):
        known = ("yes", "no") if fact.kind == "yes_no" else known_ids(asking)
        if isinstance(written, bool):
            written = "yes" if written else "no"
        if written not in known:
            raise ValueError(f"'{written}' is not a value of '{fact.id}'")
        return written
    if fact.kind == "choices":
        parts = tuple(written) if isinstance(written, list | tuple) else (written,)
        if not fact.open and any(part not in fact.choices for part in parts):
            raise ValueError(f"{parts} are not values of '{fact.id}'")
        return parts
    if isinstance(written, list | tuple) and len(written) == 2:
        return tuple(written)
    outcome = read_answer(str(written), asking)
    if not isinstance(outcome, Answered):
        raise ValueError(f"'{written}' is not a value of '{fact.id}'")
    return outcome.value


def known_ids(asking: Asking) -> Any:
    return asking.lists[asking.fact.list].entries if asking.fact.kind == "code" else asking.fact.choices
