"""From one free sentence to facts, without a model: words, phrases and a little grammar.

A wrong fact is worse than a missed one, so what is doubtful is left out or listed as uncertain. A text that touches
health or debts sets no fact at all: what it also says waits in `held` until the visitor says it again or agrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from knowledge import people, roles, traits, wishes
from knowledge.facts import CodeList, Facts
from knowledge.geography import Geography
from knowledge.geography_spots import Ambiguous, Found, Mention, Spot
from knowledge.pending import answer_to
from knowledge.roles import Judged
from knowledge.sensitive import touches
from knowledge.sentence import Reader, Sentence
from knowledge.summaries import summary
from knowledge.text import LONGEST
from knowledge.traits import Trait, Value
from knowledge.words import Lexicon, group, load

if TYPE_CHECKING:
    from knowledge.content import Knowledge

__all__ = ["Reading", "Uncertain", "Understanding"]

_CORRECTING = frozenset(["toch", "eigenlijk", "sorry", "oeps", "correctie", "actually"])
_PLACE_FACT = {"employer": "company_place", "school": "school_place"}


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Something said that means several things: ask which. Values are ready to store; labels are to show."""

    fact: str
    said: str
    choices: tuple[tuple[str, str], ...]  # (value, label)


@dataclass(frozen=True)
class Reading:
    """What one text says. Values are as answers are stored: ids, numbers, bands, tuples of ids, keys of places."""

    facts: Mapping[str, Value] = field(default_factory=dict)
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # fact -> where in the text
    negated: frozenset[str] = frozenset()  # "situation:job_seeker" for "niet werkloos"
    uncertain: tuple[Uncertain, ...] = ()
    abroad: tuple[tuple[str, str], ...] = ()  # (place, "BE" or "DE")
    wishes: tuple[str, ...] = ()  # courses and occupations wanted, in the visitor's words
    sensitive: str = ""  # "health" or "debt": acknowledge kindly, record nothing
    held: Mapping[str, Value] = field(default_factory=dict)  # read beside something sensitive; not to be stored unasked
    correction: bool = False  # "toch", "ik bedoel"
    question: bool = False
    language: str = "nl"  # of the text, as far as it shows: "nl" or "en"
    labels: Mapping[str, str] = field(default_factory=dict, repr=False)  # for the summary
    labels_en: Mapping[str, str] = field(default_factory=dict, repr=False)

    def summary(self, language: str = "nl") -> str:
        """One line that says it back: "Ik lees: bakkerij, 6 mensen, Tiel."; empty when nothing was read."""
        return summary(self.facts, self.labels_en if language == "en" else self.labels, language)


class Understanding:
    """Reads texts with the words, facts and places of one desk. Load once; reading is pure."""

    def __init__(self, facts: Facts, lists: Mapping[str, CodeList], geography: Geography) -> None:
        self.facts = facts
        self.lists = lists
        self.geography = geography

    @classmethod
    def load(cls, knowledge: Knowledge) -> Understanding:
        """With the facts, lists and places of one desk; the words are read at first use."""
        return cls(knowledge.facts, knowledge.lists, knowledge.geography)

    @cached_property
    def lexicon(self) -> Lexicon:
        return load(self.lists)

    @cached_property
    def reader(self) -> Reader:
        reader = Reader(self.lexicon)
        reader.places = lambda word: bool(self.geography.exactly(word))
        return reader

    def read(self, text: str, *, pending: str | None = None, language: str = "nl") -> Reading:
        """Everything `text` says. `pending` is the fact that was just asked: a bare "52" then answers it.

        Never raises; `language` is what the conversation uses and breaks ties about the language of the text.
        """
        text = text[:LONGEST]
        sentence = Sentence(text, self.reader, self.geography.scan(text))
        if not sentence.said:
            return Reading(language=language)
        found = _Found(sentence, self.lists)
        if pending or not _only_asks_meaning(sentence):
            self._read(found, pending)
        kind = touches(sentence)
        facts = MappingProxyType(found.values)
        return Reading(
            facts=MappingProxyType({}) if kind else facts,
            spans=MappingProxyType({} if kind else found.spans),
            negated=frozenset(found.negated),
            uncertain=() if kind else tuple(found.uncertain),
            abroad=tuple(found.abroad),
            wishes=() if kind else tuple(found.wishes),
            sensitive=kind,
            held=facts if kind else MappingProxyType({}),
            correction=_corrects(sentence),
            question=_asks(sentence),
            language=_language(sentence, language),
            labels=found.labels(self.facts, self.geography),
            labels_en=found.labels(self.facts, self.geography, "en"),
        )

    def _read(self, found: _Found, pending: str | None) -> None:
        sentence = found.sentence
        sentence.elsewhere = people.others(sentence)
        size = traits.company_size(sentence)
        situation, denied = people.situation(sentence, size is not None)
        found.negated.update(f"situation:{value}" for value in denied)
        if situation == "intermediary":
            sentence.elsewhere = frozenset()
        judged = roles.judge(sentence, situation)
        situation = situation or _implied(sentence, judged)
        if situation:
            found.set("situation", situation)
        if situation == "school":
            found.phrase("school_goal")
        if size and situation in ("employer", ""):
            found.trait(size)
        if situation not in ("employer", "school"):
            self._person(found, situation)
        if situation == "employer":
            self._employer(found)
        self._work(found, judged, situation)
        self._wishes(found, judged, situation)
        self._places(found, situation)
        self._cao(found)
        if pending and pending not in found.values:
            answer = answer_to(pending, sentence, self.facts, self.lists)
            if answer is not None:
                found.set(pending, answer, 0, len(sentence.said))

    def _person(self, found: _Found, situation: str) -> None:
        sentence = found.sentence
        for trait in (traits.age(sentence), traits.schooling(sentence), traits.months_without_work(sentence)):
            if trait:
                found.trait(trait)
        values, where = traits.benefits(sentence)
        if values:
            found.set("benefit", values, where[0].first, where[-1].last)
            if not situation and set(values) & {"ww", "bijstand"} and not found.sentence.text.strip().endswith("?"):
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
        if found.values.get("initiative") and not situation:
            found.set("situation", "employee")

    def _employer(self, found: _Found) -> None:
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
            mention.work.occupation and seeks & set(sentence.before(mention.first, 3)) for mention in sentence.works
        ):
            goal = "find_people"
        if hires and not goal and "hire_group" in found.values and sentence.has("aannemen", "aan", "dienst"):
            goal = "find_people"
        if goal:
            found.set("employer_goal", goal)
        plans = [hit for hit in sentence.hits.get("plan_activity", ()) if not sentence.denied(hit.first)]
        if plans:
            found.set("plan_activity", tuple(dict.fromkeys(hit.value for hit in plans)), plans[0].first, plans[-1].last)

    def _work(self, found: _Found, judged: tuple[Judged, ...], situation: str) -> None:
        paper = wishes.certificate(found.sentence)
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
                    self._narrowest(found, "wanted_sector", work.sector, where)
            elif work.occupation and _is_about_role(work.occupation, situation, judged):
                continue
            elif one.role in ("now", "past", "firm", "staff"):
                if work.occupation and one.role in ("now", "past") and "occupation" not in found.values:
                    found.set("occupation", work.occupation, *where)
                    if situation != "employer" or "sector" not in found.values:
                        self._narrowest(found, "sector", work.sector, where)
                elif situation != "school" and not (one.role == "staff" and "sector" in found.values):
                    self._narrowest(found, "sector", work.sector, where)

        if "wanted_occupation" not in found.values and found.values.get("wanted_sector") == found.values.get("sector"):
            found.values.pop("wanted_sector", None)
            found.spans.pop("wanted_sector", None)

    def _narrowest(self, found: _Found, fact: str, sector: str, where: tuple[int, int]) -> None:
        """Set a sector unless a narrower one stands: "in het ziekenhuis" makes a nurse's sector the hospital."""
        if not sector:
            return
        known = found.values.get(fact)
        if known is None or sector in self.lists["sectors"].descendants.get(str(known), ()):
            found.set(fact, sector, *where)

    def _wishes(self, found: _Found, judged: tuple[Judged, ...], situation: str) -> None:
        sentence = found.sentence
        wish = wishes.course(sentence, judged) if situation != "school" else None
        if wish:
            found.set("course", wish.text, wish.first, wish.last)
            found.wishes.append(wish.text)
            if situation not in ("employer", "school") and "wanted_occupation" not in found.values:
                self._field_of(found, wish)
        kind = wishes.course_kind(sentence, wish) if situation != "school" else ""
        if kind:
            found.set("course_kind", kind)
        if situation in ("employer", "school"):
            return
        goal = wishes.goal(sentence, situation)
        if not goal and situation in ("employee", "self_employed", "intermediary", ""):
            goal = self._other_sector(found)
        if goal:
            found.set("goal", goal)

    def _field_of(self, found: _Found, wish: wishes.Wish) -> None:
        """A course names its field: "heftruck rijden" is logistics, unless the visitor already works there."""
        asked_by_employer = found.values.get("initiative") == "employer" and "sector" not in found.values
        for mention in [one for one in found.sentence.works if one.work.sector]:
            if asked_by_employer and mention.first < wish.last and wish.first < mention.last:
                found.values.pop("wanted_sector", None)
                found.set("sector", mention.work.sector, mention.first, mention.last)
                return
            if mention.first < wish.last and wish.first < mention.last and not mention.work.hinted:
                wide = self.lists["sectors"].ancestors(str(found.values.get("sector", "")))
                if mention.work.sector not in wide and found.values.get("sector") != mention.work.sector:
                    found.set("wanted_sector", mention.work.sector, mention.first, mention.last)

    def _other_sector(self, found: _Found) -> str:
        now, wanted = found.values.get("sector"), found.values.get("wanted_sector")
        if not now or not wanted:
            return ""
        sectors = self.lists["sectors"]
        related = sectors.ancestors(str(now)) & sectors.ancestors(str(wanted))
        return "" if related else "other_sector"

    def _places(self, found: _Found, situation: str) -> None:
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
                lives = bool({"woon", "woont", "wonen", "woonachtig", "kom", "live", "uit"} & set(before))
                homes.append((2 if lives else 1, mention))
            else:
                lives = bool(
                    {"woon", "woont", "wonen", "woonachtig", "live"} & {*before, *found.sentence.after(at + 1, 2)}
                )
                found.abroad.append((mention.result.name, mention.result.country))
                if lives:
                    fact = "" if fact == "place" else fact
        if not homes or not fact:
            return
        best = max(homes, key=lambda pair: pair[0])[1]
        same = [mention for rank, mention in homes if rank == max(rank for rank, _ in homes)]
        if len(same) > 1 and not isinstance(same[0].result, Ambiguous):
            options = tuple(
                (mention.result.spot.key, mention.result.spot.name)
                for mention in same
                if isinstance(mention.result, Found)
            )
            found.uncertain.append(Uncertain(fact, " / ".join(name for _, name in options), options))
            return
        if isinstance(best.result, Ambiguous):
            options = tuple((spot.key, spot.name) for spot in best.result.choices)
            found.uncertain.append(Uncertain(fact, best.result.name, options))
        elif isinstance(best.result, Found):
            found.values[fact] = best.result.spot.key
            found.spans[fact] = (best.start, best.end)

    def _cao(self, found: _Found) -> None:
        sentence = found.sentence
        if "cao" not in sentence.texts:
            return
        at = sentence.texts.index("cao")
        near = " ".join([*sentence.before(at, 3), *sentence.after(at + 1, 4)])
        for entry in self.lists["caos"].entries.values():
            names = [
                entry.id,
                *(word.replace(" cao", "").replace("cao ", "") for word in entry.words),
                entry.label.lower(),
            ]
            if entry.id not in ("none", "other") and any(f" {name} " in f" {near} " for name in names if name):
                found.set("cao", entry.id, at, at + 1)
                return


class _Found:
    """Facts while they are gathered."""

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

    def labels(self, facts: Facts, geography: Geography, language: str = "nl") -> Mapping[str, str]:
        """Each fact as the summary says it."""
        from knowledge.summaries import label

        return MappingProxyType(
            {
                fact: label(fact, value, facts, self.lists, _name_of(geography), language)
                for fact, value in self.values.items()
            }
        )


def _is_about_role(occupation: str, situation: str, judged: tuple[Judged, ...]) -> bool:
    """The occupation of who asks, not of whom it is about: a job coach for a client, HR for a building company."""
    if situation == "intermediary":
        return occupation in ("jobcoach", "klantmanager", "loopbaancoach")
    return situation == "employer" and occupation in (
        "hr-adviseur",
        "manager",
        "teamleider",
        "officemanager",
        "projectleider",
    )


def _name_of(geography: Geography) -> Mapping[str, str]:
    return _Names(geography)


class _Names(Mapping[str, str]):
    """Place key -> name to show."""

    def __init__(self, geography: Geography) -> None:
        self._geography = geography

    def __getitem__(self, key: str) -> str:
        spot: Spot | None = self._geography.spot(key)
        return spot.name if spot else key

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(())

    def __len__(self) -> int:
        return 0


def _ids(value: Value) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, tuple) else (str(value),)


def _implied(sentence: Sentence, judged: tuple[Judged, ...]) -> str:
    """ "ik ben lasser" has work, unless the text asks what to become."""
    for one in judged:
        before = sentence.before(one.mention.first, 4)
        told = {"ben", "am", "nu"} & set(before) or (before[-1:] == ["jaar"] and "al" in before)
        if one.role == "now" and one.mention.work.occupation and (told or one.mention.first == 0):
            no_work = {"pensioen", "zonder", "gezocht", "opleiding"} & set(sentence.texts)
            return "" if no_work and not told else "employee"
    return ""


def _only_asks_meaning(sentence: Sentence) -> bool:
    """ "Wat is bbl?" says nothing about who asks."""
    asks = sentence.texts[:2] in (["wat", "is"], ["wat", "zijn"], ["wat", "betekent"], ["what", "is"], ["what", "are"])
    return asks and not {"ik", "mijn", "wij", "ons", "i", "my"} & set(sentence.texts)


def _corrects(sentence: Sentence) -> bool:
    texts = sentence.texts
    if _CORRECTING & set(texts[:5]) and not {"kan", "mag"} & set(texts[:2]):
        return True
    return "bedoel" in texts or (
        "niet" in texts[:4] and "maar" in texts and len(texts) <= 8 and texts[0] in ("ik", "nee", "oh")
    )


def _asks(sentence: Sentence) -> bool:
    if "?" in sentence.texts:
        return True
    openers = [0, *(at + 1 for at, word in enumerate(sentence.texts[:-1]) if word in ".,;:!\n")]
    texts = [*sentence.texts, ""]
    for at in openers:
        if texts[at] in group("understanding_asking_first") or (
            texts[at] in group("understanding_asking_verbs") and texts[at + 1] in group("understanding_subjects")
        ):
            return True
    pairs = set(zip(sentence.texts, sentence.texts[1:], strict=False))
    return bool(pairs & _ASKING_INSIDE) or "vraagje" in sentence.texts


_ASKING_INSIDE = frozenset(
    [
        ("kan", "dat"), ("mag", "dat"), ("hoe", "kan"), ("hoe", "werkt"), ("hoe", "krijg"), ("hoe", "kom"),
        ("hoe", "word"), ("kan", "ik"), ("met", "hoeveel"), ("hoe", "moet"), ("is", "er"), ("zijn", "er"),
        ("heb", "ik"),
    ]
)  # fmt: skip


def _language(sentence: Sentence, default: str) -> str:
    english = sum(word in group("understanding_english") for word in sentence.texts)
    dutch = sum(word in group("understanding_dutch") for word in sentence.texts)
    if english > dutch:
        return "en"
    return "nl" if dutch else default
