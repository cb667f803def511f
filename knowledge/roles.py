"""What somebody has to do with the work they name: they do it, want it, own it, or only mention it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from knowledge.sentence import Sentence, WorkMention
from knowledge.words import group

Role: TypeAlias = Literal["now", "wanted", "firm", "staff", "past", "none"]

_TOWARDS = frozenset(["naar", "tot", "to", "richting", "into"])


@dataclass(frozen=True, slots=True)
class Judged:
    """A mention of work and what it means to the visitor."""

    mention: WorkMention
    role: Role
    sure: bool  # a cue said so; otherwise it is the usual reading


def judge(sentence: Sentence, situation: str) -> tuple[Judged, ...]:
    """Every mention of work with its role."""
    return tuple(_judged(sentence, mention, situation) for mention in sentence.works)


def _judged(sentence: Sentence, mention: WorkMention, situation: str) -> Judged:
    if sentence.clauses[mention.first] in sentence.elsewhere or sentence.denied(mention.first):
        return Judged(mention, "none", True)
    if mention.work.hinted and not set(sentence.before(mention.first, 3)) & group("roles_need_hint"):
        return Judged(mention, "none", True)
    if _is_somebody_else(sentence, mention) or _is_no_work_here(sentence, mention):
        return Judged(mention, "none", True)
    if mention.said in group("roles_bodies") and not group("roles_at") & set(sentence.before(mention.first, 2)):
        return Judged(mention, "none", True)
    if situation in ("employer", "school"):
        return Judged(mention, _for_employer(sentence, mention), True)
    if mention.plural and mention.work.occupation:
        return Judged(mention, "none", True)
    role = _from_words_after(sentence, mention) or _from_words_before(sentence, mention)
    stands_alone = not mention.work.occupation and _belongs_to_occupation(sentence, mention)
    if not role and stands_alone and not (situation == "job_seeker" and _wanted_before(sentence, mention)):
        role = "now"
    if role:
        return Judged(mention, role, True)
    if not mention.work.occupation and situation != "self_employed" and _wanted_before(sentence, mention):
        return Judged(mention, "wanted", False)
    return Judged(
        mention, "now" if mention.work.occupation or situation in ("employee", "self_employed") else "none", False
    )


def _is_somebody_else(sentence: Sentence, mention: WorkMention) -> bool:
    """ "mijn boekhouder zegt dat": who is named so is not who speaks."""
    owned = sentence.before(mention.first, 1) in (["mijn"], ["onze"], ["de"], ["haar"], ["zijn"], ["hun"])
    says = group("roles_says") & set(sentence.after(mention.last, 1))
    return bool(mention.work.occupation and owned and says)


def _is_no_work_here(sentence: Sentence, mention: WorkMention) -> bool:
    """ "tweede spoor" is no railway; "door automatisering" is why, not where."""
    before = sentence.before(mention.first, 1)
    return (mention.said == "spoor" and before in (["tweede"], ["2e"], ["e"], ["eerste"], ["1e"])) or (
        not mention.work.occupation and before == ["door"]
    )


def _wanted_before(sentence: Sentence, mention: WorkMention) -> bool:
    """ "Ik zoek een baan, liefst buiten, met dieren"; nothing between says that it is the work of today."""
    listed = sentence.before(mention.first, 12, same_clause=False)
    before = {word for at, word in enumerate(listed) if word != "werk" or not _is_sought(listed, at)}
    return bool(before & {"zoek", "wil", "liefst", "graag"}) and not before & {"werk", "ben", "nu", "bij", "als"}


def _is_sought(before: list[str], at: int) -> bool:
    """The word "werk" in "zoek werk" or "werk vinden"."""
    around = {*before[max(0, at - 2) : at], *before[at + 1 : at + 2]}
    return bool(around & {"zoek", "zoekt", "zoeken", "vinden", "gezocht", "ander", "looking", "need", "vind"})


def _belongs_to_occupation(sentence: Sentence, mention: WorkMention) -> bool:
    """ "verpleegkundige in het ziekenhuis"; or the branch stands alone: "39 jaar, magazijn, Tilburg"."""
    same = [one for one in sentence.works if sentence.clauses[one.first] == sentence.clauses[mention.first]]
    behind = sentence.before(mention.first, 3)
    if any(one.work.occupation and one.last <= mention.first for one in same) and {"in", "bij", "op"} & set(behind):
        return True
    return not behind and not sentence.after(mention.last, 1) and len(sentence.texts) > mention.last - mention.first


def _for_employer(sentence: Sentence, mention: WorkMention) -> Role:
    if mention.work.business:
        return "firm"
    before = sentence.before(mention.first, 4)
    if mention.work.occupation:
        seeks = sentence.lexicon.phrases.words_of("seek")
        if mention.plural or seeks & set(before) or "gezocht" in sentence.after(mention.last, 3):
            return "staff"
        if before[-1:] and before[-1][:1].isdigit():
            return "staff"
        wants = {"zoekt", "zoeken", "wil"}
        if mention.first == 0 and wants & set(sentence.after(mention.last, 3)):
            return "now"
        theirs = {"werknemer", "medewerker", "hem", "haar"} & set(sentence.texts[: mention.first])
        own = {"ben", "als"} & set(before) and not theirs
        return "now" if own or mention.first <= 1 else "staff"
    if mention.tail in ("cursus", "training", "opleiding", "les") or group("roles_course") & set(before[-2:]):
        return "none"
    if before[-1:] == ["in"] and group("roles_course") | {"scholen", "bijscholen", "opleiden"} & set(before):
        return (
            "firm" if {"de", "het"} & set(before[-1:]) else "staff" if set(before) & {"scholen", "training"} else "firm"
        )
    return "firm"


def _from_words_after(sentence: Sentence, mention: WorkMention) -> Role | None:
    ahead = sentence.after(mention.last, 4)
    first = ahead[0] if ahead else ""
    if mention.tail in ("cursus", "opleiding", "training", "diploma", "certificaat", "les"):
        return "wanted"
    if first in ("worden", "wilde", "gaan", "in", "opleiding", "cursus", "leren", "doen", "halen") and (
        first != "in" or len(ahead) == 1
    ):
        return "wanted" if first != "in" or group("roles_want") & set(sentence.before(mention.first, 6)) else None
    if first in ("werken", "working") and group("roles_want") & set(sentence.before(mention.first, 6)) - {"werken"}:
        return None if "stoppen" in sentence.before(mention.first, 6) else "wanted"
    if {"worden", "wilde"} & set(ahead[:2]) or ahead[:2] in (["wil", "werken"], ["willen", "werken"]):
        return "wanted"
    if first in ("geweest", "gewerkt", "gedaan"):
        return "past"
    if ahead[:3] == ["doe", "ik", "nu"] or first == "geleerd":
        return "now"
    return None


def _from_words_before(sentence: Sentence, mention: WorkMention) -> Role | None:
    """The nearest word that says how; "van X naar Y" and "tot X" decide at once."""
    before = sentence.before(mention.first, 7)
    if " ".join(before[-3:]).startswith(("wat in", "iets in")) or before[-2:] in (["wat", "in"], ["iets", "met"]):
        return "wanted"
    if {"solliciteer", "gesolliciteerd", "sollicitatie"} & set(before):
        return "wanted"
    if "stoppen" in before:
        return "now"
    if not mention.work.occupation and (before[-2:-1] == ["mbo"] or before[-1:] in (["mbo"], ["hbo"])):
        return "wanted" if {"wil", "graag", "zoek"} & set(before) else "none"
    for back, word in enumerate(reversed(before)):
        at = len(before) - 1 - back
        if word in _TOWARDS:
            return "wanted"
        if word == "van" and "naar" in sentence.after(mention.last, 4):
            return "now"
        if word in group("roles_course") and back <= 3:
            return "wanted"
        if word in group("roles_past"):
            return "past"
        if word == "als" and before[at - 1 : at] == ["baan"] and {"mijn", "naast", "huidige"} & set(before[:at]):
            return "now"
        if word == "work" and before[at - 1 : at] == ["to"] and "want" in before:
            return "wanted"
        if word == "als" and before[at - 1 : at] == ["vak"]:
            return "now"
        if word == "als" and group("roles_want") & set(before[:at]):
            return "wanted"
        if word == "werken" and group("roles_want") & {*before, *sentence.after(mention.last, 3)}:
            return "wanted"
        if word == "werk" and (_is_sought(before, at) or (before[at - 2 : at] == ["aan", "het"] and "wil" in before)):
            return "wanted"
        if word == "baan" and back <= 2:
            return "now" if {"vaste", "heb"} & set(before[:at]) else "wanted"
        if word == "bij" and "wil" in before[:at] and not {"werk", "werken", "werkzaam"} & set(before[:at]):
            return "wanted"  # "ik wil bij de politie"
        if word in group("roles_now") and not (word in ("als", "bij", "werken") and back > 4):
            return "now"
        if word in group("roles_want"):
            return "wanted"
    return None
