"""Reading one file of the catalogue into an Entry; every finding is collected at its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from knowledge.criteria import ALWAYS, All, Criterion, Inside, Leaf, OneOf, facts_in
from knowledge.criteria_reading import read_criterion
from knowledge.entries import (
    CONFIDENCES,
    ENTRY_KINDS,
    STATUSES,
    Amount,
    Budget,
    Contact,
    Ended,
    Entry,
    Example,
    Source,
    Window,
)
from knowledge.facts import Facts
from knowledge.problems import Problems, did_you_mean
from knowledge.source import Node, Reader, as_day, check_id

_PARTIAL_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2})[:.](\d{2})(?::\d{2})?)?")
_ENGLISH = (
    "name", "summary", "steps", "step_today", "example", "pays_not", "documents", "human", "questions", "words",
)  # fmt: skip
PLACE_FACTS = frozenset(("area", "place", "company_place", "school_place"))


def read_entry(node: Node, stem: str, kind: str, facts: Facts, geography: Any, problems: Problems) -> Entry | None:
    """One entry. `stem` is the file name without ending, `kind` the folder it stands in ('' when in none).

    None only when the file is not a mapping or has no usable id.
    """
    if not node.is_map:
        problems.error(node.place, "an entry must consist of lines 'key: value'", "Start with 'id:'.")
        return None
    reader = Reader(node, problems, "this entry")
    name = reader.text("id", required=True)
    check_id(name, node.map["id"].place if "id" in node.map else node.place, problems)
    if name != stem:
        place = node.map["id"].place if "id" in node.map else node.place
        problems.error(
            place, f"id '{name}' is not the file name '{stem}'", f"Write 'id: {stem}'.", width=len(name) or 1
        )
    entry_kind = reader.one_of("kind", ENTRY_KINDS, required=True)
    if kind and entry_kind and kind != entry_kind:
        problems.error(
            node.map["kind"].place,
            f"kind '{entry_kind}' stands in folder '{kind}'",
            f"Move the file to catalogue/{entry_kind}/, or write 'kind: {kind}'.",
        )
    audience_node = reader.node_of("audience")
    audience = read_criterion(audience_node, facts, geography, problems) if audience_node is not None else ALWAYS
    situations = _ids(reader, "for", facts["situation"].choices if "situation" in facts else {}, problems)
    where = _where(reader, facts, geography, problems)
    entry = Entry(
        id=stem,
        kind=entry_kind or "service",
        name=reader.text("name", required=True),
        summary=reader.text("summary", required=True),
        aliases=reader.texts("aliases"),
        audience=audience,
        criterion=_complete(audience, situations, where, facts),
        situations=situations,
        where=where,
        sectors=_ids(reader, "sectors", facts.lists["sectors"].entries if "sectors" in facts.lists else {}, problems),
        serves=_serves(reader.node_of("serves"), facts, problems),
        amounts=tuple(_amount(part, problems) for part in reader.parts("amount")),
        example=reader.text("example"),
        pays_not=reader.text("pays_not"),
        windows=tuple(_window(part, problems) for part in reader.parts("windows")),
        budget=_budget(reader.node_of("budget"), problems),
        status=reader.one_of("status", STATUSES, "unknown", required=True),
        status_on=reader.day("status_on"),
        opens_on=reader.day("opens_on"),
        ended=_ended(reader.node_of("ended"), problems),
        steps=reader.texts("steps"),
        step_today=reader.text("step_today"),
        documents=reader.texts("documents"),
        operator=reader.text("operator"),
        contact=_contact(reader.node_of("contact"), problems),
        url=reader.text("url"),
        url_confidence=reader.one_of("url_confidence", CONFIDENCES),
        sources=tuple(_source(part, problems) for part in reader.parts("sources")),
        confidence=reader.one_of("confidence", CONFIDENCES, "unverified", required=True),
        checked_on=reader.day("checked_on"),
        review_by=reader.day("review_by"),
        words=reader.texts("words"),
        questions=reader.texts("questions"),
        related=reader.texts("related"),
        facts=_extras(reader.node_of("facts"), problems),
        en=_english(reader.node_of("en"), problems),
        examples=tuple(_example(part, problems) for part in reader.parts("examples")),
        place=node.map["id"].place if "id" in node.map else node.place,
    )
    reader.done()
    return entry if name else None


def _complete(audience: Criterion, situations: tuple[str, ...], where: tuple[str, ...], facts: Facts) -> Criterion:
    """The audience with what `for` and `where` say, unless the audience speaks of the situation or place itself."""
    spoken = set(facts_in(audience))
    more: list[Criterion] = []
    if situations and "situation" not in spoken and "situation" in facts:
        more.append(Leaf("situation", OneOf(situations, frozenset(situations))))
    if where and not spoken & PLACE_FACTS and "area" in facts:
        more.append(Leaf("area", Inside(where)))
    if not more:
        return audience
    parts = audience.parts if isinstance(audience, All) else (audience,)
    return All((*more, *parts))


def _ids(reader: Reader, key: str, known: Mapping[str, Any], problems: Problems) -> tuple[str, ...]:
    node = reader.node_of(key)
    found = []
    for part in node.items if node is not None else ():
        if part.text in known:
            found.append(part.text)
        else:
            problems.error(
                part.place,
                f"'{part.text}' is not a known value of '{key}'",
                did_you_mean(part.text, known) or f"Use one of: {', '.join(list(known)[:8])} …",
                width=max(1, len(part.text)),
            )
    return tuple(found)


def _serves(node: Node | None, facts: Facts, problems: Problems) -> dict[str, tuple[str, ...]]:
    """`serves: {employer_goal: [train_people]}`: wishes this entry answers, without being a condition."""
    if node is None:
        return {}
    reader = Reader(node, problems, "'serves'")
    found: dict[str, tuple[str, ...]] = {}
    for fact in node.map:
        if fact in facts and facts[fact].choices:
            found[fact] = _ids(reader, fact, facts[fact].choices, problems)
    reader.done()
    return found


def _where(reader: Reader, facts: Facts, geography: Any, problems: Problems) -> tuple[str, ...]:
    node = reader.node_of("where")
    if node is None or node.text == "national":
        return ()
    area = Node({"in": node}, node.place, {"in": node.place})
    if "area" not in facts:
        return tuple(part.text for part in node.items)
    leaf = read_criterion(Node({"area": area}, node.place, {"area": node.place}), facts, geography, problems)
    return leaf.test.scopes if isinstance(leaf, Leaf) and isinstance(leaf.test, Inside) else ()


def _amount(node: Node, problems: Problems) -> Amount:
    reader = Reader(node, problems, "an amount")
    amount = Amount(
        value=reader.number("value"),
        unit=reader.text("unit", required=True),
        of=reader.text("of"),
        per=reader.text("per"),
        minimum=reader.number("minimum"),
        maximum=reader.number("maximum"),
        condition=reader.text("condition"),
        confidence=reader.one_of("confidence", CONFIDENCES, "verified"),
    )
    reader.done()
    if amount.value is None and amount.maximum is None and amount.minimum is None and not amount.condition:
        problems.error(node.place, "an amount without a number", "Write 'value', or say in 'condition' what is known.")
    return amount


def read_moment(text: str, *, closing: bool) -> datetime:
    """'2027-03-31 17:00' or '2027-03-31'. A closing day without a time lasts until midnight. Raises ValueError."""
    match = _MOMENT.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    day = as_day(match[1])
    if match[2] is None:
        start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall clock of the Netherlands
        return start + timedelta(days=1) if closing else start
    return datetime(day.year, day.month, day.day, int(match[2]), int(match[3]))  # noqa: DTZ001


def _window(node: Node, problems: Problems) -> Window:
    reader = Reader(node, problems, "a window")
    moments: dict[str, datetime | None] = {}
    for key in ("opens", "closes"):
        text = reader.text(key)
        try:
            moments[key] = read_moment(text, closing=key == "closes") if text else None
        except ValueError:
            moments[key] = None
            problems.error(
                node.map[key].place,
                f"'{key}' must be a date like 2027-03-01, or with a time: 2027-03-01 09:00",
                width=max(1, len(text)),
            )
    window = Window(moments["opens"], moments["closes"], reader.text("pattern"), reader.flag("provisional"))
    reader.done()
    if not ("opens" in node.map or "closes" in node.map or window.pattern):
        problems.error(node.place, "a window without a date or pattern", "Write 'opens', 'closes' or 'pattern'.")
    if window.opens and window.closes and window.opens >= window.closes:
        problems.error(node.place, "this window closes before it opens", "Look at the two dates.")
    return window


def _budget(node: Node | None, problems: Problems) -> Budget | None:
    if node is None or node.value == "":
        return None
    reader = Reader(node, problems, "'budget'")
    budget = Budget(
        ceiling=reader.number("ceiling"),
        spent=reader.number("spent"),
        measured_on=reader.day("measured_on"),
        rule=reader.one_of("rule", ("first_come", "lottery")),
        exhausted=reader.flag("exhausted"),
    )
    reader.done()
    return budget


def _ended(node: Node | None, problems: Problems) -> Ended | None:
    if node is None or node.value == "":
        return None
    reader = Reader(node, problems, "'ended'")
    on = reader.text("on")
    if on and not _PARTIAL_DAY.fullmatch(on):
        problems.error(
            node.map["on"].place, f"'{on}' is not a day, month or year", "Write 2019, 2019-07 or 2019-07-01."
        )
        on = ""
    ended = Ended(on, reader.text("why"), reader.texts("successors"), reader.flag("none"))
    reader.done()
    return ended


def _contact(node: Node | None, problems: Problems) -> Contact:
    if node is None or node.value == "":
        return Contact()
    reader = Reader(node, problems, "'contact'")
    by_field = reader.node_of("field_confidence")
    contact = Contact(
        name=reader.text("name"),
        phone=reader.text("phone"),
        email=reader.text("email"),
        address=reader.text("address"),
        hours=reader.text("hours"),
        url=reader.text("url"),
        confidence=reader.one_of("confidence", CONFIDENCES),
        field_confidence={key: part.text for key, part in (by_field.map if by_field else {}).items()},
    )
    reader.done()
    return contact


def _source(node: Node, problems: Problems) -> Source:
    if node.is_text:
        return Source(url=node.text)
    reader = Reader(node, problems, "a source")
    source = Source(reader.text("url"), reader.text("document"), reader.text("supports"), reader.text("read_on"))
    reader.done()
    if not source.url and not source.document:
        problems.error(node.place, "a source without 'url' or 'document'", "Say where it was read.")
    return source


def _extras(node: Node | None, problems: Problems) -> Mapping[str, Any]:
    if node is None or node.value == "":
        return {}
    if not node.is_map:
        problems.error(node.place, "'facts' must consist of lines 'key: value'", "Write 'key: value' lines.")
        return {}
    plain: dict[str, Any] = node.plain()
    return plain


def _english(node: Node | None, problems: Problems) -> Mapping[str, Any]:
    if node is None or node.value == "":
        return {}
    reader = Reader(node, problems, "'en'")
    found: dict[str, Any] = {}
    for key in _ENGLISH:
        if key in ("steps", "documents", "human", "questions", "words"):
            found[key] = reader.texts(key)
        else:
            found[key] = reader.text(key)
    reader.done()
    return {key: value for key, value in found.items() if value}


def _example(node: Node, problems: Problems) -> Example:
    reader = Reader(node, problems, "an example")
    given = reader.required("given") or Node({}, node.place, {})
    missing = reader.texts("missing") if reader.node_of("missing") is not None else None
    example = Example(
        name=reader.text("name", required=True),
        given=given,
        verdict=reader.one_of("verdict", ("fits", "coach_decides", "maybe", "does_not_fit"), required=True),
        missing=missing,
        place=node.place,
    )
    reader.done()
    return example
