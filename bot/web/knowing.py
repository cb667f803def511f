"""What is known and what fits, in words for a page. From a conversation's answers and the content; no database."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date
from typing import Any

from bot.web.client_words import about_client
from bot.web.texts import LANGUAGES, phrases
from bot.web.views import Condition, Fit, Known
from flows.commands import COMMANDS
from flows.content import Content
from flows.effects import Card
from flows.state import Answer
from knowledge.criteria import All, Criterion, Human, Leaf, Not, judge
from knowledge.criteria import Any as AnyOf
from knowledge.entries import Entry
from knowledge.profile import Profile

HIDDEN = frozenset({"advice"})  # facts the desk derives for itself
ANSWERS = {
    "dont_know": ("weet ik niet", "I do not know"),
    "declined": ("zeg ik liever niet", "I would rather not say"),
}
MONEY = {"percent": "procent", "euro": "euro"}


def profile_of(content: Content, answers: Mapping[str, Answer], today: date) -> Profile:
    knowledge = content.knowledge
    return Profile(knowledge.facts, knowledge.geography, answers, today)


def known_facts(content: Content, answers: Mapping[str, Answer], language: str = "nl") -> tuple[Known, ...]:
    """Every answer in words, in the order given."""
    explainer, facts = content.knowledge.explainer, content.knowledge.facts
    found = []
    for fact, answer in answers.items():
        if fact in HIDDEN or fact not in facts:
            continue
        if answer.status == "given":
            value = explainer.value(fact, answer.value, language)
        else:
            value = ANSWERS.get(answer.status, ("–", "–"))[language == "en"]
        found.append(Known(fact, explainer.text(fact, "name", language), value, answer.by))
    return tuple(found)


def spoken(content: Content, text: str, language: str = "nl") -> str:
    """What a pressed command reads like in the conversation: "/change place" is "Wijzig: uw woonplaats"."""
    name, _, argument = text.removeprefix("/").partition(" ")
    t = phrases(language)
    keys = {"back": "back", "coach": "coach_ask", "call_me": "call_me", "change": "change", "language": "language"}
    words = t(keys[name]) if name in keys else COMMANDS.get(name, (name,))[0].capitalize()
    if argument in content.knowledge.facts:
        argument = content.knowledge.explainer.text(argument, "name", language)
    return f"{words}: {LANGUAGES.get(argument, argument)}" if argument else words


def not_known(
    content: Content, matches: Iterable[Any], sealed: Container[str] = (), most: int = 8
) -> tuple[tuple[str, str], ...]:
    """Facts that would still decide something, the most useful first: (id, name). What was answered and is sealed for
    this reader is not asked again."""
    counts: dict[str, int] = {}
    for match in matches:
        if match.verdict == "maybe":
            for fact in match.missing:
                counts[fact] = counts.get(fact, 0) + 1
    ordered = sorted(counts, key=lambda fact: (-counts[fact], fact))
    facts = content.knowledge.facts
    return tuple((fact, about_client(facts[fact].name)) for fact in ordered if fact in facts and fact not in sealed)[
        :most
    ]


def fits(
    content: Content, matches: Iterable[Any], profile: Profile, then: Mapping[str, str], most: int = 12
) -> tuple[Fit, ...]:
    """Matches for a coach: each condition with what is known about it. `then` = verdicts frozen at the hand-over."""
    found = []
    for match in matches:
        entry: Entry = match.entry
        if match.verdict == "does_not_fit" and entry.id not in then:
            continue
        facts = content.knowledge.facts
        found.append(
            Fit(
                entry.id,
                entry.name,
                entry.kind,
                match.verdict,
                match.status,
                conditions(content, entry, profile),
                tuple(map(about_client, match.because)),
                tuple((fact, about_client(facts[fact].name)) for fact in match.missing if fact in facts),
                entry.step_today or (entry.steps[0] if entry.steps else ""),
                entry.url,
                entry.checked_on,
                then.get(entry.id, ""),
            )
        )
    return tuple(found[:most])


def conditions(content: Content, entry: Entry, profile: Profile) -> tuple[Condition, ...]:
    """The entry's conditions one by one, each judged on its own."""
    parts = entry.criterion.parts if isinstance(entry.criterion, All) else (entry.criterion,)
    found = []
    for part in parts:
        words = _words(content, part)
        if words:
            truth = "human" if isinstance(part, Human) else judge(part, profile).truth
            words = about_client(words)
            found.append(Condition(truth, words[:1].upper() + words[1:]))
    return tuple(dict.fromkeys(found))


def _words(content: Content, part: Criterion) -> str:
    if isinstance(part, Leaf):
        wanted = content.knowledge.explainer.wanted(part)
        return str(wanted or content.knowledge.explainer.requirement(part)).rstrip(".")
    if isinstance(part, Human):
        return part.text
    if isinstance(part, Not):
        inner = _words(content, part.part)
        return f"niet: {inner}" if inner else ""
    if isinstance(part, All | AnyOf):
        joiner = " en " if isinstance(part, All) else " of "
        return joiner.join(words for one in part.parts if (words := _words(content, one)))
    return ""


def plan_cards(
    content: Content,
    matches: Iterable[Any],
    shown: Iterable[str],
    language: str,
    describe: Callable[[Any], tuple[str, str]],
) -> tuple[Card, ...]:
    """The advice that was shown, as it stands today, with amounts and windows written out."""
    wanted = set(shown)
    cards = []
    for match in matches:
        entry: Entry = match.entry
        if entry.id not in wanted or match.verdict == "does_not_fit":
            continue
        amount, window = describe(match)
        cards.append(
            Card(
                entry.id,
                entry.kind,
                entry.text("name", language),
                match.verdict,
                match.status,
                tuple(match.because),
                tuple(match.missing),
                entry.first_step_in(language),
                amount,
                window,
                entry.sources[0].url if entry.sources else "",
                entry.checked_on.isoformat() if entry.checked_on else "",
                entry.url,
            )
        )
    return tuple(cards)
