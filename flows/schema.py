"""`loket schema`: JSON Schema of the files editors write, for completion and hover texts in an editor.

The schemas describe shape and meaning; names of facts, flows and entries are `loket check`'s to judge.
"""

from __future__ import annotations

from typing import Any

from flows.reading import CASE_KINDS, ENTRY_KINDS
from knowledge.entries import CONFIDENCES, STATUSES
from knowledge.facts import CLASSES, KINDS

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_FLAG: Schema = {"enum": [True, False, "yes", "no"]}
_NUMBER: Schema = {"type": ["number", "string"]}
_DAY: Schema = {"type": "string", "description": "A day: 2026-03-01"}


def schema_of(kind: str) -> Schema:
    """The schema of a flow, an entry of the catalogue, facts.yaml or desk.yaml. Raises KeyError for another kind."""
    made: Schema = {"flow": flow, "entry": entry, "facts": facts, "desk": desk}[kind]()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"Ontwikkelloket: {kind}", **made}


def _said(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


def _texts(description: str) -> Schema:
    return {
        "description": description,
        "anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}],
    }


def _mapping(properties: Schema, description: str = "", required: tuple[str, ...] = (), open_: bool = False) -> Schema:
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": open_}
    if description:
        made["description"] = description
    if required:
        made["required"] = list(required)
    return made


CRITERIA: Schema = {
    "description": "Conditions on facts. All keys of a mapping must hold; a list means any of its parts.",
    "type": ["object", "array"],
}
_GIVEN: Schema = {"type": "object", "description": "Answers: fact and value, such as {situation: employee, age: 52}"}


# --- flows -----------------------------------------------------------------------------------------------------------


def flow() -> Schema:
    steps: Schema = {"type": "array", "items": {"$ref": "#/$defs/step"}, "description": "Read from top to bottom."}
    return {
        **_mapping(
            {
                "flow": _said(_TEXT, "The name of this flow; the file is called the same."),
                "title": _said(_TEXT, "What editors and coaches call it, in Dutch."),
                "starts_with": _texts("Words that open this flow when somebody types them."),
                "given": _said(_GIVEN, "Answers that are known when somebody comes in through this flow."),
                "steps": steps,
                "examples": {"type": "array", "items": _example(), "description": "Run by `loket check`."},
                "promises": {"type": "array", "items": _promise(), "description": "Proven for every visitor."},
            },
            required=("flow", "title", "steps"),
        ),
        "$defs": {"step": {"anyOf": [*_steps(), {"enum": ["finish", "review"]}]}},
    }


def _steps() -> list[Schema]:
    inner: Schema = {"type": "array", "items": {"$ref": "#/$defs/step"}}
    own = _said(_TEXT, "Name of this step; `loket check --fix` writes it.")
    ask_options: Schema = {
        "text": _said(_TEXT, "The question in other words than in facts.yaml."),
        "opening": _said(_TEXT, "Instead of the text, the first time only."),
        "hint": _said(_TEXT, "Helps to answer; follows the question."),
        "choices": {
            "description": "Fewer choices, or other words for them: a list of ids, or {id: label}.",
            "type": ["array", "object"],
        },
        "more": _said(_TEXT, "Button that shows the choices left out."),
        "tries": _said({"type": "integer", "minimum": 1}, "Texts that are not understood before a human takes over."),
        "for": {"enum": ["coach"], "description": "Only the coach reads this answer; no condition or entry may."},
    }
    kinds: list[tuple[str, Schema, Schema]] = [
        ("say", _said(_TEXT, "A message, said once."), {
            "id": own, "image": _TEXT, "today": _said(_FLAG, "Holds something the visitor can do today."),
            "link": _mapping({"text": _TEXT, "url": _TEXT}, "A link below the text.", ("text", "url")),
        }),
        ("ask", _texts("One fact, or several in this order."), ask_options),
        ("do", _said(_TEXT, "Run another flow here, with the same facts."), {}),
        ("advise", _advise(), {"id": own}),
        ("answer", _said(_TEXT, "Ask for a question and look it up."), {"id": own}),
        ("set", _said(_GIVEN, "Derived facts; a given answer always wins."), {}),
        ("note", _said(_TEXT, "A line for the coach, never shown to the visitor."), {"id": own}),
        ("consent", _said(_TEXT, "Ask permission for one purpose; no skips the rest of this list."), {"text": _TEXT}),
        ("handoff", _handoff(), {"id": own}),
        ("offer", _said(_TEXT, "A yes/no question: coach, or the flow of that name."), {
            "text": _TEXT, "reason": _said(_TEXT, "For the coach."), "team": _TEXT,
            "open": _said(_TEXT, "Only offered while this entry is open."),
        }),
        ("remind", _mapping({"after": _TEXT, "text": _TEXT}, "One reminder, after '2 days'.", ("after", "text")),
         {"id": own}),
        ("review", _said(_TEXT, "What goes to the coach: is it right?"), {}),
        ("finish", _said(_TEXT, "Last words; then one rating."), {}),
    ]  # fmt: skip
    condition: Schema = {"when": CRITERIA, "steps": inner, "else": inner, "unknown": inner}
    made: list[Schema] = [_mapping({name: value, **options}, required=(name,)) for name, value, options in kinds]
    every: Schema = {name: value for name, value, _ in kinds}
    for _, _, options in kinds:
        every |= options
    made.append(_mapping({**every, **condition}, "Steps under a condition.", ("when",)))
    return made


def _advise() -> Schema:
    return _mapping(
        {
            "kinds": {
                "type": "array",
                "items": {"enum": list(ENTRY_KINDS)},
                "description": "Kinds of entries to match.",
            },
            "show": _said({"type": "integer", "minimum": 1}, "Cards at first; the rest under 'meer'."),
            "questions": _said({"type": "integer", "minimum": 0}, "Further questions at most, chosen by need."),
            "mention": _texts("Entries to name in one line after the cards, also when they ended."),
            "opening": _said(_TEXT, "A sentence above the first card."),
            "nothing": _said(_TEXT, "Said when nothing fits."),
            "today": _said(_FLAG, "The opening holds something to do today."),
        },
        "Match the catalogue, explain, show cards.",
    )


def _handoff() -> Schema:
    options = _mapping(
        {
            "reason": _said(_TEXT, "For the coach."), "team": _TEXT, "urgent": _FLAG, "text": _TEXT,
            "kind": {"enum": list(CASE_KINDS)}, "units": {"type": "integer"},
            "reserves": _said(_TEXT, "The entry whose counted budget this takes of."),
        },
        required=("reason",),
    )  # fmt: skip
    return {"anyOf": [_TEXT, options], "description": "Hand over to a coach; asks how to reach the visitor first."}


def _example() -> Schema:
    return _mapping(
        {
            "name": _TEXT,
            "given": _GIVEN,
            "advice": _texts("These are among the cards."),
            "never": _texts("These do not fit."),
            "questions": _mapping({"max": {"type": "integer"}}),
            "handoff": _FLAG,
        },
        required=("name", "given"),
    )


def _promise() -> Schema:
    known = {"enum": ["advice", "handoff", "step_today", "offer"]}
    return {
        "anyOf": [
            _mapping({"always": {"anyOf": [known, {"type": "array", "items": known}]}}, required=("always",)),
            _mapping(
                {"never": _mapping({"when": CRITERIA, "advice": _texts("Entries.")}, required=("when", "advice"))},
                required=("never",),
            ),
            _mapping({"questions": _mapping({"max": {"type": "integer"}}, required=("max",))}, required=("questions",)),
        ]
    }


# --- knowledge -------------------------------------------------------------------------------------------------------


def entry() -> Schema:
    confidence: Schema = {"enum": list(CONFIDENCES)}
    amount = _mapping(
        {
            "value": _NUMBER, "unit": _TEXT, "of": _TEXT, "per": _TEXT, "minimum": _NUMBER, "maximum": _NUMBER,
            "condition": _SCALAR, "confidence": confidence,
        },
        "One sum or percentage, with its source among `sources`.",
    )  # fmt: skip
    window = _mapping(
        {"opens": _SCALAR, "closes": _SCALAR, "pattern": _SCALAR, "provisional": _FLAG}, "A time to apply in."
    )
    source = _mapping({"url": _TEXT, "document": _TEXT, "supports": _TEXT, "read_on": _SCALAR}, "Where it was read.")
    ended = _mapping({"on": _SCALAR, "why": _TEXT, "successors": _texts("What exists now."), "none": _FLAG})
    return _mapping(
        {
            "id": _said(_TEXT, "Equal to the file name."),
            "aliases": _texts("Other ids of the same thing."),
            "kind": {"enum": list(ENTRY_KINDS)},
            "name": _TEXT,
            "for": _texts("Situations."),
            "summary": _said(_TEXT, "What it is, in plain Dutch, at most 45 words."),
            "audience": CRITERIA,
            "where": _texts("national, or areas such as region:achterhoek."),
            "sectors": _texts("For ranking and search."),
            "serves": {"description": "What it answers best."},
            "amount": {"anyOf": [amount, {"type": "array", "items": amount}]},
            "example": _said(_TEXT, "A worked example in euros, with the visitor's own share."),
            "pays_not": _said(_TEXT, "What it does not pay."),
            "windows": {"anyOf": [window, {"type": "array", "items": window}]},
            "budget": _mapping({}, open_=True),
            "status": {"enum": list(STATUSES), "description": "As found on status_on."},
            "status_on": _DAY,
            "opens_on": _DAY,
            "ended": ended,
            "steps": _texts("How to apply; the first can be done today."),
            "step_today": _TEXT,
            "documents": _texts("Papers to have ready."),
            "operator": _TEXT,
            "contact": _mapping({}, "An organisation, never a person.", open_=True),
            "url": _TEXT,
            "url_confidence": confidence,
            "sources": {"anyOf": [source, {"type": "array", "items": source}]},
            "confidence": confidence,
            "checked_on": _DAY,
            "review_by": _DAY,
            "words": _texts("Synonyms, old names, misspellings."),
            "questions": _texts("What people ask about it."),
            "related": _texts("Ids of entries."),
            "facts": _mapping({}, "Extras of providers.", open_=True),
            "en": _mapping({}, "The English texts under the same names.", open_=True),
            "examples": {"type": "array", "items": _mapping({}, open_=True)},
        },
        required=("id", "kind", "name", "summary", "status", "confidence"),
    )


def facts() -> Schema:
    one = _mapping(
        {
            "kind": {"enum": list(KINDS)},
            "question": _said(_TEXT, "What the visitor reads."),
            "name": _said(_TEXT, "Short name: uw leeftijd."),
            "why": _said(_TEXT, "Said on 'waarom?'."),
            "hint": _TEXT,
            "because": _said(_TEXT, "Clause for reasons: u {value} jaar bent."),
            "because_not": _TEXT,
            "says": _TEXT,
            "says_not": _TEXT,
            "must": _mapping({}, "How a condition is said: {min: …}.", open_=True),
            "class": {"enum": list(CLASSES)},
            "purpose": _TEXT,
            "cost": {"type": ["integer", "string"], "description": "1 easy to 9; never: only when volunteered."},
            "unit": _TEXT,
            "min": _NUMBER,
            "max": _NUMBER,
            "bands": {"type": "array", "items": _TEXT},
            "choices": _mapping({}, "id: {label, because, words}.", open_=True),
            "ordered": _FLAG,
            "none": _TEXT,
            "list": _TEXT,
            "derive": {"type": "object"},
            "applies": CRITERIA,
            "identity": _FLAG,
            "open": _FLAG,
        },
        required=("kind", "name", "class", "purpose"),
    )
    return {"type": "object", "additionalProperties": one}


def desk() -> Schema:
    return _mapping(
        {
            "name": _TEXT,
            "phone": _TEXT,
            "regions": _texts("Areas served; empty is the whole country."),
            "languages": _texts("nl first."),
            "hours": {"type": "object", "description": "Per weekday."},
            "hide": _texts("Entries that are not shown here."),
            "extends": {"enum": ["shipped", "none"]},
        },
        "The desk itself.",
        ("name",),
        open_=True,
    )
