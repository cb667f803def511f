"""What the content decides about storing: classes of facts, hours and promises, what counts as special."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta

from flows.content import Content
from flows.effects import Message, Option
from flows.state import Answer
from storage.periods import Periods
from storage.promise import Office
from storage.talk import Rules


def rules_of(content: Content) -> Rules:
    """The store's rules for this content; made anew when content is reloaded."""
    from knowledge.sensitive import touches
    from knowledge.sentence import Sentence

    knowledge = content.knowledge
    desk = knowledge.desk
    hours = {day: tuple((one.opens, one.closes) for one in shifts) for day, shifts in desk.hours.items()}
    office = Office(
        hours=hours,
        target=timedelta(hours=desk.first_reply_hours),
        coaches=1 if hours else 0,
        closed=frozenset(desk.closed_on),
        holidays=desk.holidays == "NL",
        phone=desk.phone,
    )

    def region_of(answers: Mapping[str, Answer]) -> str:
        """The labour market region of what the visitor said about places; '' when that is unknown or too wide."""
        for fact in ("place", "company_place"):
            given = answers.get(fact)
            if given is not None and given.status == "given" and isinstance(given.value, str):
                spot = knowledge.geography.spot(given.value)
                return getattr(spot, "region", "") or ""
        return ""

    return Rules(
        periods=Periods(**{one.name: desk.retention[one.name] for one in fields(Periods)}),
        classes={fact: knowledge.facts[fact].cls for fact in knowledge.facts},
        office=office,
        special=lambda text: bool(touches(Sentence(text, knowledge.understanding.reader, ()))),  # words alone decide
        region_of=region_of,
        carries=lambda channel, fact: fact not in content.withheld(channel),
        entry_name=lambda entry: knowledge.catalogue[entry].name if entry in knowledge.catalogue else entry,
        question=lambda fact, language: question_of(content, fact, language),
    )


def question_of(content: Content, fact: str, language: str) -> Message | None:
    """How a coach has the visitor asked for one fact; None for what is never asked."""
    if fact not in content.knowledge.facts or not content.knowledge.facts[fact].is_askable:
        return None
    known = content.knowledge.facts[fact]
    text = content.tr(f"facts.{fact}.question", known.question, language)
    options = tuple(
        Option(choice.id, content.tr(f"facts.{fact}.choices.{choice.id}.label", choice.label, language))
        for choice in known.choices.values()
    )
    return Message(text, "human", options=options, fact=fact, expects=known.kind, language=language)
