"""Saying back what was understood, in one line: "Ik lees: bakkerij, 6 mensen, Tiel."."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from knowledge.facts import CodeList, Facts

ORDER = (
    "situation", "occupation", "sector", "company_size", "company_place", "school_place", "age", "education", "benefit",
    "unemployed_for", "contract", "shift_work", "wanted_occupation", "wanted_sector", "course", "course_kind", "goal",
    "employer_goal", "plan_activity", "hire_group", "school_goal", "initiative", "language_level", "cao",
    "recognised_training_company", "residence", "guidance_group", "place",
)  # fmt: skip
MOST = 6  # things said back in one line

_NAMES = {
    "situation": {
        "job_seeker": ("u zoekt werk", "looking for work"), "employee": ("u hebt werk", "you have work"),
        "self_employed": ("zzp'er", "self-employed"), "employer": ("u hebt een bedrijf", "you have a company"),
        "school": ("een school", "a school"), "intermediary": ("voor iemand anders", "for somebody else"),
    },
    "shift_work": {"yes": ("in ploegen", "in shifts"), "no": ("niet in ploegen", "no shifts")},
    "recognised_training_company": {
        "yes": ("erkend leerbedrijf", "recognised training company"),
        "no": ("nog geen erkend leerbedrijf", "not a recognised training company yet"),
    },
    "initiative": {
        "self": ("uw eigen idee", "your own idea"), "employer": ("idee van uw werkgever", "your employer's idea"),
        "both": ("idee van u en uw werkgever", "an idea of you and your employer"),
    },
    "goal": {
        "find_work": ("werk vinden", "find work"), "other_sector": ("ander werk", "other work"),
        "better_at_work": ("beter worden in uw werk", "better at your work"), "diploma": ("een diploma", "a diploma"),
        "teach": ("lesgeven", "teach your trade"), "language": ("beter Nederlands", "better Dutch"),
        "start_business": ("voor uzelf beginnen", "your own business"), "unsure": ("u twijfelt nog", "not sure yet"),
    },
    "employer_goal": {
        "train_people": ("mensen scholen", "train people"),
        "guide_student": ("een leerling opleiden", "train a student"),
        "find_people": ("nieuwe mensen", "new people"), "team_plan": ("plan voor het team", "a plan for the team"),
        "keep_people": ("mensen houden", "keep people"), "share_workers": ("mensen delen", "share workers"),
        "knowledge": ("kennis over leren", "knowledge about learning"),
    },
    "contract": {
        "permanent": ("vast contract", "permanent contract"),
        "temporary": ("tijdelijk contract", "temporary contract"),
        "agency": ("uitzendwerk", "agency work"), "on_call": ("oproepcontract", "on-call contract"),
    },
    "residence": {"status_holder": ("statushouder", "refugee with a permit")},
    "education": {"none": ("geen diploma", "no diploma")},
    "benefit": {"none": ("geen uitkering", "no benefit")},
}  # fmt: skip


Translate = Callable[[str, str, str], str]  # (key, Dutch text, language) -> text


def in_dutch(key: str, dutch: str, language: str) -> str:
    """No other language at hand."""
    return dutch


def label(
    fact: str,
    value: Any,
    facts: Facts,
    lists: Mapping[str, CodeList],
    places: Callable[[str], str],
    language: str,
    translate: Translate = in_dutch,
) -> str:
    """One fact as the line says it; lower case, without "u" where that reads well."""
    english = language == "en"
    only = value[0] if isinstance(value, tuple) and len(value) == 1 else value
    named = _NAMES.get(fact, {}).get(only) if isinstance(only, str) else None
    if named:
        return named[english]
    if fact in ("place", "company_place", "school_place"):
        return places(str(value))
    if fact == "age":
        return _number(value, "years old" if english else "jaar")
    if fact == "company_size":
        return _number(value, "people" if english else "mensen")
    declared = facts.get(fact)
    if declared and declared.list:
        entry = lists[declared.list].entries.get(str(value))
        key = f"lists.{declared.list}.{value}.label"
        return _lower(translate(key, entry.label, language)) if entry else str(value)
    if declared and declared.choices:
        known = [str(one) for one in (value if isinstance(value, tuple) else (value,)) if str(one) in declared.choices]
        return ", ".join(
            _lower(translate(f"facts.{fact}.choices.{one}.label", declared.choices[one].label, language))
            for one in known
        )
    return str(value)


def _lower(text: str) -> str:
    """A label inside a line, leaving abbreviations alone: "Bakkerij" -> "bakkerij", "ICT" stays."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _number(value: Any, unit: str) -> str:
    if not isinstance(value, tuple):
        return (
            f"1 {'mens' if unit == 'mensen' else 'person' if unit == 'people' else unit}"
            if value == 1
            else f"{value} {unit}"
        )
    low, high = value
    if high is None:
        return f"{low} {unit} of meer" if unit in ("jaar", "mensen") else f"{low} {unit} or more"
    if low is None:
        return f"hoogstens {high} {unit}" if unit in ("jaar", "mensen") else f"at most {high} {unit}"
    return f"{low} tot {high} {unit}" if unit in ("jaar", "mensen") else f"{low} to {high} {unit}"


def summary(read: Mapping[str, Any], labels: Mapping[str, str], language: str) -> str:
    """The line; empty when nothing was read. What follows from the rest is not said twice."""
    shown: list[str] = []
    for fact in ORDER:
        if fact not in read or _follows(fact, read):
            continue
        said = labels.get(fact, "")
        if said and said not in shown:
            shown.append(said)
    if not shown:
        return ""
    place = next((labels[fact] for fact in ("place", "company_place", "school_place") if fact in read), "")
    kept = [said for said in shown if said != place][: MOST - bool(place)]
    return ("I read: " if language == "en" else "Ik lees: ") + ", ".join([*kept, *([place] if place else [])]) + "."


def _follows(fact: str, read: Mapping[str, Any]) -> bool:
    """Facts that another one already tells."""
    if fact == "sector":
        return "occupation" in read
    if fact == "wanted_sector":
        return "wanted_occupation" in read or "course" in read
    if fact == "situation":
        return read[fact] == "employer" and ("sector" in read or "company_size" in read)
    if fact == "employer_goal":
        return read[fact] == "team_plan" and "plan_activity" in read
    if fact == "course_kind":
        return "course" in read
    if fact == "goal":
        wants_other_work = read[fact] == "other_sector" and "wanted_sector" in read
        return wants_other_work or (read[fact] == "find_work" and read.get("situation") == "job_seeker")
    return False
