"""Checks of texts: length, holes, form of address, reading level, translation, labels that can be confused."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from flows.answers import plain
from flows.content import Content
from flows.holes import HOLES
from flows.model import Ask, every_step
from flows.texts import Text, texts
from knowledge.plain_language import INFORMAL, findings
from knowledge.problems import Problems

TELEGRAM = 4096  # characters of one message
WORDS = {"message": 60, "opening": 45, "question": 40, "hint": 30, "phrase": 60}
LABEL, LABEL_TELEGRAM = 40, 30  # characters
BILINGUAL = {"phrase.language_which": ("choose",)}  # read by those who read no Dutch
ALIKE = 85  # percent; two buttons at least this alike are taken for each other
_HOLE = re.compile(r"\{([^{}]*)\}")


def check_texts(content: Content, problems: Problems) -> None:
    """All texts of flows and phrases; the ones of facts and entries are knowledge's."""
    languages = [one for one in content.knowledge.desk.languages if one != "nl"]
    easy = content.knowledge.easy_words
    for text in texts(content):
        if _fits(text, problems):
            _plain(text, easy, problems)
        _holes(text, problems)
        for language in languages:
            _translated(content, text, language, problems)
    for flow in content.flows.values():
        for step in every_step(flow.steps):
            if isinstance(step, Ask):
                _confusable(content, step, problems)


def _fits(text: Text, problems: Problems) -> bool:
    """Whether a message or button can hold this at all."""
    if len(text.dutch) > TELEGRAM:
        problems.error(
            text.place,
            f"this text has {len(text.dutch):,} characters; Telegram takes {TELEGRAM:,}",
            "Split it into several 'say' steps.",
        )
        return False
    if text.kind in ("label", "button") and len(text.dutch) > LABEL_TELEGRAM:
        problems.error(
            text.place,
            f"the label '{text.dutch}' has {len(text.dutch)} characters; a button holds {LABEL_TELEGRAM}",
            "Say it shorter.",
        )
    return True


def _holes(text: Text, problems: Problems) -> None:
    if text.key.startswith("phrase."):
        return  # the program fills these; a test calls each of them
    for name in _HOLE.findall(text.dutch):
        if name not in HOLES:
            problems.error(
                text.place,
                f"nothing fills the placeholder '{{{name}}}'",
                f"Use one of: {', '.join('{' + hole + '}' for hole in HOLES)}.",
            )


def _plain(text: Text, easy: tuple[str, ...], problems: Problems) -> None:
    """The one reading gate, for every text but the labels of buttons, which are names."""
    if text.kind in ("label", "button"):
        informal = INFORMAL.search(text.dutch)
        if informal:
            problems.error(text.place, f"says '{informal.group()}'", "Write 'u' or 'uw'.")
        return
    for finding in findings(
        _HOLE.sub("iets", text.dutch), (*easy, *BILINGUAL.get(text.key, ())), most_words=WORDS[text.kind]
    ):
        problems.error(text.place, f"this text {finding.what}", finding.proposal, seek=finding.word)


def _translated(content: Content, text: Text, language: str, problems: Problems) -> None:
    found = content.translations.messages(language).get(text.key)
    if found is None or not found.text:
        problems.error(
            text.place, f"has no {language} translation ({text.key})", f"Add it to flows/i18n/{language}.po."
        )
        return
    if found.dutch != text.dutch:
        problems.error(
            text.place,
            f"was changed after it was translated to {language} ({text.key})",
            f"Translate it again in flows/i18n/{language}.po.",
        )
    if sorted(_HOLE.findall(found.text)) != sorted(_HOLE.findall(text.dutch)):
        problems.error(
            text.place,
            f"the {language} translation has other placeholders ({text.key})",
            "Both must name the same things between { }.",
        )
    if text.kind in ("label", "button") and len(found.text) > LABEL:
        problems.error(text.place, f"the {language} label '{found.text}' is too long for a button", "Say it shorter.")


def _confusable(content: Content, step: Ask, problems: Problems) -> None:
    """Two buttons of one question that a hurried or hesitant reader takes for each other."""
    from flows.voice import Voice

    if content.knowledge.facts[step.fact].kind not in ("choice", "choices"):
        return
    labels = [(one, plain(label)) for one, label in Voice(content, "nl").labels(step)]
    for position, (one, label) in enumerate(labels):
        for other, second in labels[position + 1 :]:
            if label == second or (len(label) > 6 and fuzz.ratio(label, second) >= ALIKE):
                problems.error(
                    step.place,
                    f"the choices '{one}' and '{other}' look alike: '{label}' and '{second}'",
                    "Reword one of the two.",
                    witness=f"Zo gaat het mis:\n  u:     {label}\n  Het loket weet niet welke van de twee dit is.",
                )
