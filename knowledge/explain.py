"""Reasons in words: why something fits, why it does not, what is still open. Generated, so that they never lie.

Each sentence comes from one leaf of a criterion and the texts of its fact: what the visitor said (`says`) and, when the
leaf fails, what would have been needed (`because` of the wanted values, `must` for numbers, the name of an area).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from knowledge.criteria import At, Between, EachOf, Inside, InState, Leaf, OneOf, Reason, SomeOf
from knowledge.date_words import MONTHS
from knowledge.facts import Fact, Facts
from knowledge.i18n import Translations
from knowledge.profile import INFINITE, Profile

_WORDS = {
    "nl": {
        "or": "of", "and": "en", "only": "Dit is er alleen als {}.", "not": "Dan geldt dit niet.",
        "area": "Dit is er alleen in {}.", "province": "de provincie {}", "region": "de regio {}",
        "municipality": "de gemeente {}", "to": "{} tot {}", "to_and_with": "{} tot en met {}", "least": "{} of meer",
        "most": "{} of minder", "million": "{} miljoen", "billion": "{} miljard",
        "change": "Dit kan wel passen als {}.", "euro": "euro",
        "labels": "Dit is er alleen voor: {}.", "unknown": "Nog niet bekend: {}.", "because": "omdat {}",
    },
    "en": {
        "or": "or", "and": "and", "only": "This is only available if {}.", "not": "Then this does not apply.",
        "area": "This is only available in {}.", "province": "the province of {}", "region": "the {} region",
        "municipality": "the municipality of {}", "to": "{} to {}", "to_and_with": "{} to {}", "least": "{} or more",
        "most": "{} or fewer", "million": "{} million", "billion": "{} billion",
        "change": "This may fit if {}.", "euro": "euros",
        "labels": "This is only for: {}.", "unknown": "Not known yet: {}.", "because": "because {}",
    },
}  # fmt: skip


class Explainer:
    """Says reasons in Dutch, or in another language as far as the texts of the facts are translated."""

    def __init__(self, facts: Facts, geography: Any, translations: Translations) -> None:
        self.facts, self._geography, self._translations = facts, geography, translations

    # ── texts of facts ─────────────────────────────────────────────────────────────────────────────────────────────

    def text(self, fact: str, part: str, language: str = "nl") -> str:
        """A text of a fact (`question`, `name`, `why`, `hint`, `because` …) in a language."""
        return self._translations.tr(f"facts.{fact}.{part}", getattr(self.facts[fact], part), language)

    def choice(self, fact: str, value: str, part: str = "label", language: str = "nl") -> str:
        """A text of a choice or code: label, because, says or inside."""
        declared = self.facts[fact]
        found = declared.choices.get(value)
        if found is None:
            return value
        dutch = getattr(found, part)
        if declared.list:
            return self._translations.tr(f"lists.{declared.list}.{value}.{part}", dutch, language)
        key = "yes_no" if declared.kind == "yes_no" else fact
        return self._translations.tr(f"facts.{key}.choices.{value}.{part}", dutch, language)

    def value(self, fact: str, value: Any, language: str = "nl") -> str:
        """A given value as people read it: "52", "10 tot en met 49", "6.000 euro", "de metaal", "Ulft"."""
        declared, words = self.facts[fact], _WORDS[_known(language)]
        if value is None:
            return ""
        if declared.choices:
            parts = [value] if isinstance(value, str) else list(value)
            named = [self.choice(fact, one, "inside" if declared.list else "label", language) for one in parts]
            return enumeration(named, words["or"] if declared.kind != "choices" else words["and"])
        if declared.kind == "place":
            spot = self._place(value)
            return str(spot.name) if spot else str(value)
        if declared.kind == "date":
            return said_day(date.fromisoformat(value), language)
        if declared.kind in ("number", "amount"):
            return self._number(declared, value, language)
        return str(value)

    def _number(self, fact: Fact, value: Any, language: str) -> str:
        words, unit = _WORDS[_known(language)], ""
        if fact.kind == "amount":
            unit = " " + words["euro"]
        if not isinstance(value, tuple | list):
            return said_number(value, language) + unit
        low, high = value
        top = fact.max if fact.max is not None else INFINITE
        if high is None or high >= top:
            return words["least"].format(said_number(low or 0, language) + unit)
        if low is None:
            return words["most"].format(said_number(high, language) + unit)
        return words["to_and_with"].format(said_number(low, language), said_number(high, language)) + unit

    def _place(self, key: str) -> Any:
        if callable(self._geography):
            self._geography = self._geography()
        return self._geography.spot(key)

    # ── what the visitor said ──────────────────────────────────────────────────────────────────────────────────────

    def clause(self, fact: str, profile: Profile, language: str = "nl", values: Sequence[str] = ()) -> str:
        """What is known about a fact as a subordinate clause: "u 52 jaar bent"; '' when nothing is."""
        return self._said(fact, profile, language, "because", values)

    def statement(self, fact: str, profile: Profile, language: str = "nl", values: Sequence[str] = ()) -> str:
        """The same as a sentence without a full stop: "U bent 52 jaar"."""
        return self._said(fact, profile, language, "says", values)

    def _said(self, fact: str, profile: Profile, language: str, part: str, values: Sequence[str]) -> str:
        if not profile.is_known(fact):
            return ""
        value, told = profile.value(fact), profile.source(fact)
        declared = self.facts[told]
        if language != "nl" and part == "says":  # one order of words serves both
            found = self._said(fact, profile, language, "because", values)
            return found[:1].upper() + found[1:]
        words = _WORDS[_known(language)]
        if declared.kind == "yes_no":
            return self.text(told, part if value == "yes" else f"{part}_not", language)
        if declared.kind in ("choice", "choices"):
            chosen = [value] if isinstance(value, str) else list(value)
            chosen = [one for one in chosen if not values or one in values] or chosen
            return together(
                [self.choice(told, one, part, language) for one in chosen],
                words["and" if declared.kind == "choices" else "or"],
            )
        template = self.text(told, part, language)
        return template.replace("{value}", self.value(told, value, language)) if template else ""

    # ── reasons ────────────────────────────────────────────────────────────────────────────────────────────────────

    def why(self, reasons: Iterable[Reason], profile: Profile, language: str = "nl") -> tuple[str, ...]:
        """One sentence per reason that something fits: ("U bent 52 jaar.", "U werkt in de metaal.")."""
        said = (self._held(reason, profile, language, "says") for reason in reasons)
        return tuple(dict.fromkeys(f"{one}." for one in said if one))

    def narrowed(self, leaf: Leaf, profile: Profile) -> Leaf:
        """A leaf with two bounds as the bound that this visitor broke."""
        return _failing_half(leaf, profile)

    def why_clause(self, reasons: Iterable[Reason], profile: Profile, language: str = "nl", most: int = 2) -> str:
        """ "omdat u 52 jaar bent en u in de metaal werkt"; '' without reasons."""
        said = dict.fromkeys(self._held(reason, profile, language, "because") for reason in reasons)
        clauses = [one for one in said if one][:most]
        words = _WORDS[_known(language)]
        return words["because"].format(together(clauses, words["and"])) if clauses else ""

    def _held(self, reason: Reason, profile: Profile, language: str, part: str) -> str:
        leaf = reason.leaf
        if isinstance(leaf.test, InState):
            return ""
        return self._said(leaf.fact, profile, language, part, _wanted_values(leaf) if reason.wanted else ())

    def why_not(self, reasons: Iterable[Reason], profile: Profile, language: str = "nl") -> tuple[str, ...]:
        """One or two sentences per reason that something does not fit.

        What does not apply to somebody follows from another reason; it is told only when there is no other.
        """
        all_ = [reason for reason in reasons if not isinstance(reason.leaf.test, InState)]
        direct = [one for one in all_ if profile.state_of(one.leaf.fact) != "not_applicable"]
        said = (self._failed(reason, profile, language) for reason in direct or all_)
        return tuple(dict.fromkeys(one for one in said if one))

    def _failed(self, reason: Reason, profile: Profile, language: str) -> str:
        leaf, words = reason.leaf, _WORDS[_known(language)]
        statement = self.statement(leaf.fact, profile, language)
        actual = f"{statement}. " if statement else ""
        if not reason.wanted:
            return (actual + words["not"]) if actual else ""
        return (actual + self.requirement(_failing_half(leaf, profile), language)).strip()

    def requirement(self, leaf: Leaf, language: str = "nl") -> str:
        """What a leaf asks, as a sentence: "Dit is er alleen als u 45 jaar of ouder bent."."""
        words, test = _WORDS[_known(language)], leaf.test
        if isinstance(test, Inside):
            return words["area"].format(enumeration([self.area(scope, language) for scope in test.scopes], words["or"]))
        if isinstance(test, At):
            return words["area"].format(enumeration(list(test.keys), words["or"]))
        wanted = self.wanted(leaf, language)
        if wanted:
            return words["only"].format(wanted)
        values = _wanted_values(leaf)
        labels = [self.choice(leaf.fact, one, "label", language) for one in values]
        return words["labels"].format(enumeration(labels, words["or"])) if labels else ""

    def wanted(self, leaf: Leaf, language: str = "nl") -> str:
        """What a leaf asks, as a subordinate clause: "u 45 jaar of ouder bent"; '' when it has no such words."""
        words, test, fact = _WORDS[_known(language)], leaf.test, self.facts[leaf.fact]
        if isinstance(test, Between):
            return self._bounds(fact, test, language)
        values = list(_wanted_values(leaf))
        if not values:
            return ""
        both = words["and"] if isinstance(test, EachOf) else words["or"]
        if fact.kind == "yes_no":
            return self.text(fact.id, "because" if values == ["yes"] else "because_not", language)
        if fact.list:
            template = self.text(self._telling(fact), "because", language)
            named = enumeration([self.choice(fact.id, one, "inside", language) for one in values], both)
            return template.replace("{value}", named)
        if len(values) > 3:
            return ""
        return together([self.choice(fact.id, one, "because", language) for one in values], both)

    def _telling(self, fact: Fact) -> str:
        return fact.id if fact.because else next((s for s in fact.derive if self.facts[s].because), fact.id)

    def _bounds(self, fact: Fact, test: Between, language: str) -> str:
        words = _WORDS[_known(language)]
        parts = []
        for bound, key in ((test.low, "above" if test.over else "min"), (test.high, "below" if test.under else "max")):
            if bound is None or key not in fact.must:
                continue
            template = self._translations.tr(f"facts.{fact.id}.must.{key}", fact.must[key], language)
            if fact.kind == "date":
                said = said_day(date.fromordinal(int(bound)), language)
            else:
                said = said_number(bound, language) + (f" {words['euro']}" if fact.kind == "amount" else "")
            parts.append(template.replace("{n}", said))
        return together(parts, words["and"])

    def change(self, clauses: Sequence[str], language: str = "nl") -> str:
        """ "Dit kan wel passen als u minder dan 250 mensen hebt."."""
        words = _WORDS[_known(language)]
        return words["change"].format(together(list(clauses), words["and"]))

    def area(self, scope: str, language: str = "nl") -> str:
        """ "region:achterhoek" → "de regio Achterhoek"."""
        if callable(self._geography):
            self._geography = self._geography()
        found = self._geography.named(scope)
        kind, name = found or (scope.partition(":")[0], scope.partition(":")[2])
        if kind == "region" and name.lower().startswith("regio "):
            name = name[6:]
        return _WORDS[_known(language)].get(kind, "{}").format(name)

    def open_questions(self, facts: Iterable[str], language: str = "nl") -> str:
        """ "Nog niet bekend: uw leeftijd en de cao."; '' when nothing is open."""
        words = _WORDS[_known(language)]
        names = [self.text(fact, "name", language) for fact in facts]
        return words["unknown"].format(enumeration(names, words["and"])) if names else ""


def _wanted_values(leaf: Leaf) -> tuple[str, ...]:
    return leaf.test.values if isinstance(leaf.test, OneOf | SomeOf | EachOf) else ()


def _known(language: str) -> str:
    return language if language in _WORDS else "nl"


def enumeration(parts: Sequence[str], last: str) -> str:
    """ "a, b of c"."""
    if len(parts) < 2:
        return parts[0] if parts else ""
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def together(clauses: Sequence[str], last: str) -> str:
    """Clauses or statements as one, without repeating their subject: "u 52 jaar bent en in Ulft woont"."""
    if len(clauses) < 2:
        return clauses[0] if clauses else ""
    subject = next((one for one in ("u ", "U ", "you ", "You ") if clauses[0].startswith(one)), "")
    rest = [_without_subject(clause, subject) for clause in clauses[1:]]
    return enumeration([clauses[0], *rest], last)


def _without_subject(clause: str, subject: str) -> str:
    if subject and clause.startswith(subject):
        return clause[len(subject) :]
    return clause[:1].lower() + clause[1:] if clause.startswith(("U ", "You ", "Uw ")) else clause


def _failing_half(leaf: Leaf, profile: Profile) -> Leaf:
    """Of a condition with two bounds only the one that was broken, so that nobody hears what is right already."""
    test, possible = leaf.test, profile.possible(leaf.fact)
    if not isinstance(test, Between) or test.low is None or test.high is None or not isinstance(possible, tuple):
        return leaf
    if possible[0] > test.high or (test.under and possible[0] >= test.high):
        return Leaf(leaf.fact, Between(high=test.high, under=test.under), leaf.place)
    if possible[1] < test.low or (test.over and possible[1] <= test.low):
        return Leaf(leaf.fact, Between(low=test.low, over=test.over), leaf.place)
    return leaf


def said_number(value: float, language: str = "nl") -> str:
    """6000 → "6.000" (English "6,000"), 50000000 → "50 miljoen", 12.5 → "12,5"."""
    words = _WORDS[_known(language)]
    for size, name in ((1_000_000_000, "billion"), (1_000_000, "million")):
        if abs(value) >= size and (value / size * 10).is_integer():
            return words[name].format(said_number(value / size, language))
    whole = float(value).is_integer()
    text = f"{int(value):,}" if whole else f"{value:,.2f}".rstrip("0")
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


def said_day(day: date, language: str = "nl") -> str:
    """ "1 maart 2027"."""
    return f"{day.day} {MONTHS[_known(language)][day.month - 1]} {day.year}"
