"""What the content decides about storing: classes of facts, hours and promises, what counts as special."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta

from flows.answers import Answered, read_answer
from flows.content import Content
from flows.effects import Message, Option
from flows.state import Answer
from storage.context import Rules
from storage.periods import Periods
from storage.promise import Office


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
        read=lambda fact, text, language, today: read_typed(content, fact, text, language, today),
        carries=lambda channel, fact: fact not in content.withheld(channel),
        warning=lambda channel, fact, language: warning_of(content, channel, fact, language),
        entry_name=lambda entry: knowledge.catalogue[entry].name if entry in knowledge.catalogue else entry,
        question=lambda fact, language: question_of(content, fact, language),
    )


def question_of(content: Content, fact: str, language: str) -> Message | None:
    """How a coach has the visitor asked for one fact; None for what is never asked."""
    if fact not in content.knowledge.facts or not content.knowledge.facts[fact].is_askable:
        return None
    known = content.knowledge.facts[fact]
    text = content.tr(f"facts.{fact}.question", known.question, language)
    labels = labels_of(content, fact, language)
    options = tuple(Option(id_, label) for id_, label in labels)
    return Message(text, "human", options=options, fact=fact, expects=known.kind, language=language)


def warning_of(content: Content, channel: str, fact: str, language: str) -> Message | None:
    """What the visitor hears before the first question of this kind there; None where nothing needs to be said."""
    if fact not in content.warned(channel):
        return None
    return Message(content.tr("phrase.warned", content.phrases["warned"], language), "system", language=language)


def labels_of(content: Content, fact: str, language: str) -> tuple[tuple[str, str], ...]:
    """The choices of a fact as buttons show them: (id, label)."""
    known = content.knowledge.facts[fact]
    if known.kind == "yes_no":
        return tuple(
            (id_, content.tr(f"phrase.b_{id_}", content.phrases[f"b_{id_}"], language)) for id_ in ("yes", "no")
        )
    return tuple(
        (choice.id, content.tr(f"facts.{fact}.choices.{choice.id}.label", choice.label, language))
        for choice in known.choices.values()
    )


def read_typed(content: Content, fact: str, text: str, language: str, today: date) -> object | None:
    """What a text answers to the question of one fact; None when it answers something else, or nothing for certain."""
    if fact not in content.knowledge.facts:
        return None
    outcome = read_answer(text, content.asking(fact, today, labels_of(content, fact, language)))
    if isinstance(outcome, Answered):
        found: object = outcome.value
        return found
    reading = content.knowledge.understanding.read(text, pending=fact, language=language)
    understood: object | None = dict(reading.facts).get(fact)
    return understood
