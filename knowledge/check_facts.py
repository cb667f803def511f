"""What `loket check` says about facts, their questions and the glossary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from knowledge.facts import Choice, Fact
from knowledge.plain_language import INFORMAL, findings
from knowledge.problems import Place, Problems

if TYPE_CHECKING:
    from knowledge.content import Knowledge

QUESTION_WORDS = 30
MEANING_WORDS = 45  # of a word in the glossary
LABEL = 40  # characters on a button; Telegram shows about 30


def check_facts(knowledge: Knowledge, problems: Problems) -> None:
    for fact in knowledge.facts.values():
        if fact.open:
            continue
        if fact.question and not fact.why:
            problems.error(fact.place, f"'{fact.id}' does not say why it is asked", "Add 'why: …'.", width=len(fact.id))
        if fact.kind not in ("text", "phone", "email") and not _can_be_said(fact):
            problems.error(
                fact.place,
                f"'{fact.id}' has no words for reasons",
                "Add 'because' (\"u … bent\") and 'says' (\"U bent …\"), for choices beside each label.",
                width=len(fact.id),
            )
        _check_form(fact.place, f"fact '{fact.id}'", (fact.name,), problems)
        if not fact.list and fact.kind != "yes_no":
            _check_choices(fact, problems)
    for listed in knowledge.lists.values():
        _check_confusion(f"list '{listed.id}'", listed.entries, problems)


def check_questions(knowledge: Knowledge, explained: Iterable[str], problems: Problems) -> None:
    """Questions and what is said around them, and the glossary, pass the reading gate."""
    easy = tuple(explained)
    for fact in knowledge.facts.values():
        for what in ("question", "why", "hint"):
            for finding in findings(getattr(fact, what), easy, most_words=QUESTION_WORDS):
                problems.error(
                    fact.place, f"the {what} of '{fact.id}' {finding.what}", finding.proposal, seek=finding.word
                )
    for term in knowledge.glossary.values():
        for finding in findings(term.meaning, easy, most_words=MEANING_WORDS):
            problems.error(
                term.place, f"the meaning of '{term.id}' {finding.what}", finding.proposal, seek=finding.word
            )


def _can_be_said(fact: Fact) -> bool:
    if fact.kind in ("choice", "choices"):
        return all(choice.because and choice.says for choice in fact.choices.values())
    if fact.kind == "yes_no":
        return bool(fact.because and fact.because_not and fact.says and fact.says_not)
    return bool(fact.because and fact.says) or bool(fact.derive)


def _check_choices(fact: Fact, problems: Problems) -> None:
    for choice in fact.choices.values():
        if len(choice.label) > LABEL:
            problems.error(
                choice.place,
                f"the label of '{choice.id}' has {len(choice.label)} characters; a button shows {LABEL}",
                "Make it shorter.",
            )
    _check_confusion(f"fact '{fact.id}'", fact.choices, problems)


def _check_confusion(where: str, choices: Mapping[str, Choice], problems: Problems) -> None:
    """The same word for two choices: typing it could mean either."""
    first: dict[str, str] = {}
    for choice in choices.values():
        for word in dict.fromkeys(one.casefold().strip() for one in (choice.label, *choice.words)):
            owner = first.setdefault(word, choice.id)
            if owner != choice.id:
                problems.error(
                    choice.place,
                    f"'{word}' means both '{owner}' and '{choice.id}' in {where}",
                    "Leave the word with one of them.",
                    witness=f"Zo gaat het mis:\n  u:     {word}\n  Het loket weet niet welke van de twee dit is.",
                    width=len(choice.id),
                )


def _check_form(place: Place, what: str, texts: Iterable[str], problems: Problems) -> None:
    for text in texts:
        for word in dict.fromkeys(INFORMAL.findall(text)):
            problems.error(place, f"{what} says '{word}'", "The desk says 'u' and 'uw'.")
