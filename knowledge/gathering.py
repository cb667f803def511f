"""Gathering the facts of one sentence, part by part: who, which company, what work, what is wanted, where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge import people, traits, wishes
from knowledge.facts import CodeList
from knowledge.geography_spots import Ambiguous, Found, Mention
from knowledge.roles import Judged
from knowledge.sentence import Sentence
from knowledge.traits import Trait, Value

_PLACE_FACT = {"employer": "company_place", "school": "school_place"}
_HAS_WORK = ("permanent", "on_call", "agency")  # contracts that say that somebody works now
_LOOKED_FOR = ("wil", "zoek", "liep", "afgelopen", "kans", "krijg", "hoe", "wanneer", "was", "had", "geen")
_LIVES = frozenset(["woon", "woont", "wonen", "woonachtig", "live"])
# Occupations of who asks for others, not of whom it is about.
_ASKERS = {
    "intermediary": (
        "jobcoach",
        "klantmanager",
        "loopbaancoach",
        "begeleider",
        "woonbegeleider",
        "maatschappelijk werker",
    ),
    "employer": ("hr-adviseur", "manager", "teamleider", "officemanager", "projectleider"),
}


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Something said that means several things: ask which. Values are ready to store; labels are to show."""

    fact: str
    said: str
    choices: tuple[tuple[str, str], ...]  # (value, label)


class Gathered:
    """What one sentence says, while it is gathered."""

    def __init__(self, sentence: Sentence, lists: Mapping[str, CodeList]) -> None:
        self.sentence = sentence
        self.lists = lists
        self.values: dict[str, Value] = {}
        self.spans: dict[str, tuple[int, int]] = {}
        self.negated: set[str] = set()
        self.uncertain: list[Uncertain] = []
        self.abroad: list[tuple[str, str]] = []
        self.wishes: list[str] = []

    def set(self, fact: str, value: Value, first: int | None = None, last: int | None = None) -> None:
        self.values[fact] = value
        if first is not None and last is not None and first < last <= len(self.sentence.said):
            self.spans[fact] = self.sentence.span(first, last)

    def trait(self, trait: Trait) -> None:
        self.set(trait.fact, trait.value, trait.first, trait.last)

    def phrase(self, fact: str) -> None:
        """The first phrase of a fact that is not denied."""
        for hit in self.sentence.hits.get(fact, ()):
            if not self.sentence.denied(hit.first):
                self.set(fact, hit.value, hit.first, hit.last)
                return


def person(found: Gathered, situation: str) -> None:
    sentence = found.sentence
    for trait in (traits.age(sentence), traits.schooling(sentence), traits.months_without_work(sentence)):
        if trait:
            found.trait(trait)
    values, where = traits.benefits(sentence)
    if values:
        found.set("benefit", values, where[0].first, where[-1].last)
        told = set(found.sentence.before(where[0].first, 5)) & {"ontvang", "zit", "heb", "krijg", "sinds", "nu"}
        asks = found.sentence.text.strip().endswith("?") and not told
        if not situation and set(values) & {"ww", "bijstand"} and not asks:
            found.set("situation", "job_seeker", where[0].first, where[-1].last)
    for trait in traits.plain(sentence):
        if trait.fact == "guidance_group":
            before = found.values.get("guidance_group", ())
            found.set(
                "guidance_group", tuple(dict.fromkeys((*_ids(before), str(trait.value)))), trait.first, trait.last
            )
        elif trait.fact not in found.values:
            found.trait(trait)
    found.phrase("initiative")
    if not situation and found.values.get("contract") in _HAS_WORK and not sentence.has(*_LOOKED_FOR):
        found.set("situation", "employee")
    if found.values.get("initiative") and not situation:
        found.set("situation", "employee")


def employer(found: Gathered) -> None:
    sentence = found.sentence
    for trait in traits.plain(sentence):
        if trait.fact == "recognised_training_company":
            found.trait(trait)
    hires = [hit for hit in sentence.hits.get("hire_group", ()) if not sentence.denied(hit.first)]
    if hires and sentence.has("aannemen", "aan", "dienst", "iemand", "medewerker", "hire", "werknemer"):
        values = tuple(dict.fromkeys(hit.value for hit in hires))
        found.set("hire_group", values, hires[0].first, hires[-1].last)
    goal = wishes.employer_goal(sentence)
    seeks = sentence.lexicon.phrases.words_of("seek") | {"nieuwe"}
    if goal in ("", "train_people") and any(
        mention.work.occupation
        and (_sought(sentence, seeks, mention.first, mention.last) or people.is_short_of(sentence, mention))
        for mention in sentence.works
    ):
        goal = "find_people"
    if hires and not goal and "hire_group" in found.values and sentence.has("aannemen", "aan", "dienst"):
        goal = "find_people"
    if not goal and sentence.hits.get("course_kind"):
        goal = "train_people"  # who asks for a course on behalf of a company asks it for people
    if goal:
        found.set("employer_goal", goal)
    plans = [hit for hit in sentence.hits.get("plan_activity", ()) if not sentence.denied(hit.first)]
    if plans:
        found.set("plan_activity", tuple(dict.fromkeys(hit.value for hit in plans)), plans[0].first, plans[-1].last)


def _sought(sentence: Sentence, seeks: frozenset[str] | set[str], first: int, last: int) -> bool:
    """ "zoeken lassers"; not "zoek subsidie om monteurs bij te scholen"."""
    before = sentence.before(first, 3)
    about_learning = {"scholen", "bijscholen", "opleiden", "leren", "trainen"} & set(sentence.after(last, 3))
    return bool(seeks & set(before)) and not ("om" in before and about_learning)


def work(found: Gathered, judged: tuple[Judged, ...], situation: str) -> None:
    paper = wishes.certificate(found.sentence)
    if any(one.role == "now" and one.mention.work.sector for one in judged):  # "was boekhouder, nu werk schoonmaak"
        judged = tuple(one for one in judged if one.role != "past")
    for one in judged:
        mention, work = one.mention, one.mention.work
        if paper and mention.first < paper.last and paper.first < mention.last and work.occupation:
            continue
        where = (mention.first, mention.last)
        if one.role == "wanted" and situation not in ("employer", "school"):
            if work.occupation and "wanted_occupation" not in found.values:
                found.set("wanted_occupation", work.occupation, *where)
                if work.sector:
                    found.set("wanted_sector", work.sector, *where)
                found.wishes.append(mention.said)
            elif not found.values.get("wanted_occupation"):
                _narrowest(found, "wanted_sector", work.sector, where)
        elif situation == "school" or work.occupation in _ASKERS.get(situation, ()):
            continue
        elif work.occupation and not mention.plural and found.sentence.before(mention.first, 1) == ["mijn"]:
            continue  # "mijn jobcoach", "mijn kapper": somebody else's work
        elif one.role in ("now", "past", "firm", "staff"):
            if work.occupation and one.role in ("now", "past") and "occupation" not in found.values:
                found.set("occupation", work.occupation, *where)
                if situation != "employer" or "sector" not in found.values:
                    _narrowest(found, "sector", work.sector, where)
            elif situation != "school" and not (one.role == "staff" and "sector" in found.values):
                _narrowest(found, "sector", work.sector, where)

    if not found.values and not situation and len(judged) == 1:  # nothing but "magazijn": what else than a wish?
        alone = judged[0].mention
        if alone.last - alone.first == len(found.sentence.texts) and not alone.work.occupation:
            if wishes.can_be_learned(alone.said):
                found.set("course", alone.said, alone.first, alone.last)
            if wishes.can_be_learned(alone.said) or not alone.work.hinted:
                found.set("wanted_sector", alone.work.sector, alone.first, alone.last)
    if "wanted_occupation" not in found.values and found.values.get("wanted_sector") == found.values.get("sector"):
        found.values.pop("wanted_sector", None)
        found.spans.pop("wanted_sector", None)


def _narrowest(found: Gathered, fact: str, sector: str, where: tuple[int, int]) -> None:
    """Set a sector unless a narrower one stands: "in het ziekenhuis" makes a nurse's sector the hospital."""
    if not sector:
        return
    known = found.values.get(fact)
    if known is None or sector in found.lists["sectors"].descendants.get(str(known), ()):
        found.set(fact, sector, *where)


def wanted(found: Gathered, judged: tuple[Judged, ...], situation: str) -> None:
    sentence = found.sentence
    wish = wishes.course(sentence, judged) if situation != "school" else None
    if wish:
        found.set("course", wish.text, wish.first, wish.last)
        found.wishes.append(wish.text)
        if situation not in ("employer", "school") and "wanted_occupation" not in found.values:
            _field_of(found, wish)
    kind = wishes.course_kind(sentence, wish) if situation != "school" else ""
    if kind:
        found.set("course_kind", kind)
    if situation in ("employer", "school"):
        return
    goal = wishes.goal(sentence, situation)
    if not goal and situation in ("employee", "self_employed", "intermediary", ""):
        goal = _other_sector(found)
    if goal:
        found.set("goal", goal)


def _field_of(found: Gathered, wish: wishes.Wish) -> None:
    """A course names its field: "heftruck rijden" is logistics, unless the visitor already works there."""
    asked_by_employer = found.values.get("initiative") == "employer" and "sector" not in found.values
    for mention in [one for one in found.sentence.works if one.work.sector]:
        if asked_by_employer and mention.first < wish.last and wish.first < mention.last:
            found.values.pop("wanted_sector", None)
            found.set("sector", mention.work.sector, mention.first, mention.last)
            return
        if mention.first < wish.last and wish.first < mention.last and not mention.work.hinted:
            wide = found.lists["sectors"].ancestors(str(found.values.get("sector", "")))
            if mention.work.sector not in wide and found.values.get("sector") != mention.work.sector:
                found.set("wanted_sector", mention.work.sector, mention.first, mention.last)


def _other_sector(found: Gathered) -> str:
    now, wanted = found.values.get("sector"), found.values.get("wanted_sector")
    if not now or not wanted:
        return ""
    sectors = found.lists["sectors"]
    related = sectors.ancestors(str(now)) & sectors.ancestors(str(wanted))
    return "" if related else "other_sector"


def where(found: Gathered, situation: str) -> None:
    fact = _PLACE_FACT.get(situation, "place")
    elsewhere = found.sentence.elsewhere
    homes: list[tuple[int, Mention]] = []
    for mention in found.sentence.places:
        at = next((i for i, token in enumerate(found.sentence.said) if token.end > mention.start), 0)
        if found.sentence.clauses[at] in elsewhere and len(found.sentence.places) == 1:
            continue
        before = found.sentence.before(at, 4)
        if found.sentence.denied(at) or before[-2:] == ["niet", "in"]:
            found.negated.add(f"place:{mention.text}")
            continue
        if isinstance(mention.result, Found | Ambiguous):
            lives = bool({"woon", "woont", "wonen", "woonachtig", "kom", "live", "uit", "zit", "zitten"} & set(before))
            homes.append((2 if lives else 1, mention))
        else:
            lives = bool({"woon", "woont", "wonen", "woonachtig", "live"} & {*before, *found.sentence.after(at + 1, 2)})
            found.abroad.append((mention.result.name, mention.result.country))
            if lives:
                fact = "" if fact == "place" else fact
    if not homes or not fact:
        return
    homes = _narrower(homes)
    best = max(homes, key=lambda pair: pair[0])[1]
    same = [mention for rank, mention in homes if rank == max(rank for rank, _ in homes)]
    if len(same) > 1 and not isinstance(same[0].result, Ambiguous):
        options = tuple(
            (mention.result.spot.key, mention.result.spot.name) for mention in same if isinstance(mention.result, Found)
        )
        found.uncertain.append(Uncertain(fact, " / ".join(name for _, name in options), options))
        return
    if isinstance(best.result, Ambiguous):
        options = tuple((spot.key, spot.name) for spot in best.result.choices)
        found.uncertain.append(Uncertain(fact, best.result.name, options))
    elif isinstance(best.result, Found):
        found.values[fact] = best.result.spot.key
        found.spans[fact] = (best.start, best.end)


def _narrower(homes: list[tuple[int, Mention]]) -> list[tuple[int, Mention]]:
    """ "in Winterswijk, in de Achterhoek" is one place: what holds another one said is left out."""
    spots = [(rank, mention, mention.result.spot) for rank, mention in homes if isinstance(mention.result, Found)]
    wide = [
        (rank, mention)
        for rank, mention, spot in spots
        if spot.kind in ("region", "province")
        and any(
            other.kind not in (spot.kind, "province") and getattr(other, spot.kind) == getattr(spot, spot.kind)
            for _, _, other in spots
        )
    ]
    return [pair for pair in homes if pair not in wide] or homes


def cao(found: Gathered) -> None:
    sentence = found.sentence
    if "cao" not in sentence.texts:
        return
    at = sentence.texts.index("cao")
    near = " ".join([*sentence.before(at, 3), *sentence.after(at + 1, 4)])
    for entry in found.lists["caos"].entries.values():
        names = [
            entry.id,
            *(word.replace(" cao", "").replace("cao ", "") for word in entry.words),
            entry.label.lower(),
        ]
        if entry.id not in ("none", "other") and any(f" {name} " in f" {near} " for name in names if name):
            found.set("cao", entry.id, at, at + 1)
            return


def _ids(value: Value) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, tuple) else (str(value),)
