"""From one free sentence to facts, without a model: words, phrases and a little grammar.

A wrong fact is worse than a missed one, so what is doubtful is left out or listed as uncertain. A text that touches
health or debts sets no fact at all: what it also says waits in `held` until the visitor says it again or agrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from knowledge import gathering, people, roles, traits
from knowledge.facts import CodeList, Facts
from knowledge.gathering import Gathered, Uncertain
from knowledge.geography import Geography
from knowledge.i18n import Translations
from knowledge.manner import asks, corrects, language_of, only_asks_meaning
from knowledge.pending import answer_to
from knowledge.roles import Judged
from knowledge.sensitive import touches
from knowledge.sentence import Reader, Sentence
from knowledge.summaries import label, summary
from knowledge.text import LONGEST
from knowledge.traits import Value
from knowledge.words import Lexicon, load

__all__ = ["Reading", "Uncertain", "Understanding"]


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
        return self.summary_of(self.facts, language)

    def summary_of(self, facts: Mapping[str, Value], language: str = "nl") -> str:
        """The same line for some of what was read."""
        return summary(facts, self.labels_en if language == "en" else self.labels, language)


class Understanding:
    """Reads texts with the words, facts and places of one desk. Load once; reading is pure."""

    def __init__(
        self,
        facts: Facts,
        lists: Mapping[str, CodeList],
        geography: Geography,
        translations: Translations | None = None,
    ) -> None:
        self.translations = translations or Translations()
        self.facts = facts
        self.lists = lists
        self.geography = geography

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
        found = Gathered(sentence, self.lists)
        if pending or not only_asks_meaning(sentence):
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
            correction=corrects(sentence),
            question=asks(sentence),
            language=language_of(sentence, language),
            labels=self._labels(found),
            labels_en=self._labels(found, "en"),
        )

    def _read(self, found: Gathered, pending: str | None) -> None:
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
            found.phrase("school_kind")
        if size and situation in ("employer", ""):
            found.trait(size)
        if situation not in ("employer", "school"):
            gathering.person(found, situation)
        if situation == "employer":
            gathering.employer(found)
        gathering.work(found, judged, situation)
        gathering.wanted(found, judged, situation)
        gathering.where(found, situation)
        gathering.cao(found)
        about_something = pending == "situation" and asks(sentence)  # "is er een school in Tilburg?" tells not who asks
        if pending and pending not in found.values and not about_something:
            answer = answer_to(pending, sentence, self.facts, self.lists)
            if answer is not None:
                found.set(pending, answer, 0, len(sentence.said))

    def _labels(self, found: Gathered, language: str = "nl") -> Mapping[str, str]:
        """Each fact as the summary says it."""
        return MappingProxyType(
            {
                fact: label(fact, value, self.facts, self.lists, self._place_name, language, self.translations.tr)
                for fact, value in found.values.items()
            }
        )

    def _place_name(self, key: str) -> str:
        spot = self.geography.spot(key)
        return spot.name if spot else key


def _implied(sentence: Sentence, judged: tuple[Judged, ...]) -> str:
    """ "ik ben lasser" has work, unless the text asks what to become."""
    for one in judged:
        before = sentence.before(one.mention.first, 4)
        told = {"ben", "am", "nu"} & set(before) or (before[-1:] == ["jaar"] and "al" in before)
        if one.role == "now" and one.mention.work.occupation and (told or one.mention.first == 0):
            no_work = {"pensioen", "zonder", "gezocht", "opleiding"} & set(sentence.texts)
            return "" if no_work and not told else "employee"
    return ""
