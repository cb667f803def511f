"""Everything `loket check` says about facts and catalogue: names, dates, links, words, examples, proofs.

Each check is small and adds findings to `Problems`; none stops at the first. Warnings are served, errors are not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from knowledge.catalogue import Catalogue
from knowledge.check_examples import CriteriaChecks
from knowledge.desk_file import OWN_FILES
from knowledge.entries import MONEY_KINDS, Entry
from knowledge.facts import Choice, Fact
from knowledge.plain_language import INFORMAL, findings
from knowledge.problems import Place, Problems, did_you_mean
from knowledge.translatable import check_translations

if TYPE_CHECKING:
    from knowledge.content import Knowledge

SUMMARY_WORDS = 45
QUESTION_WORDS = 30
STEP_WORDS = 40
TEXT_WORDS = 60
LABEL = 40  # characters on a button; Telegram shows about 30
_PHONE = re.compile(r"[\d\s()+/-]{3,20}(?: \(.*\))?")


def check_knowledge(
    knowledge: Knowledge, today: date, problems: Problems, only: Iterable[str] = (), *, deploy: bool = False
) -> None:
    """All checks. Findings of reading itself are already in the problems `knowledge` was loaded with.

    `only` limits the checks on entries to these ids or kinds; `deploy` also asks what a desk needs before it opens.
    """
    explained = knowledge.easy_words
    check_facts(knowledge, problems)
    check_questions(knowledge, explained, problems)
    check_translations(knowledge.facts, knowledge.translations, knowledge.desk.languages, problems)
    check_desk(knowledge, problems, deploy=deploy)
    catalogue = knowledge.catalogue
    wanted = set(only)
    chosen = [entry for entry in catalogue.values() if not wanted or {entry.id, entry.kind} & wanted]
    check_names(catalogue, problems)
    check_files(knowledge, problems)
    check_findings(knowledge, problems)
    criteria = CriteriaChecks(knowledge.facts, knowledge.geography, problems)
    for entry in chosen:
        check_references(entry, catalogue, problems)
        check_status(entry, catalogue, today, problems)
        check_sources(entry, problems)
        check_texts(entry, explained, problems, english="en" in knowledge.desk.languages)
        criteria.check(entry)


# ── facts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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
                problems.error(fact.place, f"the {what} of '{fact.id}' {finding.what}", finding.proposal)
    for term in knowledge.glossary.values():
        for finding in findings(term.meaning, easy, most_words=SUMMARY_WORDS):
            problems.error(term.place, f"the meaning of '{term.id}' {finding.what}", finding.proposal)


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


# ── the desk ───────────────────────────────────────────────────────────────────────────────────────────────────────


def check_desk(knowledge: Knowledge, problems: Problems, *, deploy: bool) -> None:
    desk = knowledge.desk
    for name in desk.hide:
        if name not in knowledge.catalogue and not _was_hidden(knowledge, name):
            problems.error(
                desk.place,
                f"'{name}' in 'hide' is not an entry",
                did_you_mean(name, knowledge.catalogue)
                or "Only entries can be hidden. A flow is replaced by a file of its name in your 'flows' folder.",
            )
    _check_own_files(knowledge, problems)
    for team in desk.teams:
        for situation in team.situations:
            if situation not in knowledge.facts["situation"].choices:
                problems.error(
                    desk.place,
                    f"team '{team.id}' names the unknown situation '{situation}'",
                    did_you_mean(situation, knowledge.facts["situation"].choices),
                )
    if not deploy:
        return
    for value, what in (
        (desk.phone, "a phone number"),
        (desk.hours, "opening hours"),
        (desk.controller, "who is responsible for the data (controller)"),
        (desk.privacy_contact, "a privacy contact"),
    ):
        if not value:
            problems.error(desk.place, f"desk.yaml does not name {what}", "Fill it in before the desk opens.")
    if desk.example:
        problems.error(desk.place, "desk.yaml is still the example", "Fill in your own data and remove 'example: yes'.")


def _check_own_files(knowledge: Knowledge, problems: Problems) -> None:
    desk, folder = knowledge.desk, knowledge.folders[-1].resolve()
    for what, endings in OWN_FILES.items():
        name = str(getattr(desk, what))
        path = (folder / name).resolve()
        if name and (path.suffix not in endings or not path.is_relative_to(folder) or not path.is_file()):
            problems.error(
                desk.place,
                f"'{what}' names '{name}', and there is no such file beside desk.yaml",
                f"Put a file ending in {' or '.join(endings)} in the pack.",
            )


def _was_hidden(knowledge: Knowledge, name: str) -> bool:
    return any(path.stem == name for path in knowledge.catalogue_paths.values())


# ── names and references ───────────────────────────────────────────────────────────────────────────────────────────


def check_names(catalogue: Catalogue, problems: Problems) -> None:
    """No two entries share an id, alias or name."""
    owner = {entry.id: entry for entry in catalogue.values()}
    names: dict[tuple[str, str], Entry] = {}
    for entry in catalogue.values():
        for alias in entry.aliases:
            other = owner.setdefault(alias, entry)
            if other is not entry:
                problems.error(
                    entry.place, f"alias '{alias}' of '{entry.id}' already means '{other.id}'", "Remove one."
                )
        twin = names.setdefault((entry.kind, entry.name.casefold()), entry)
        if twin is not entry:
            problems.error(
                entry.place,
                f"'{entry.id}' and '{twin.id}' have the same name",
                "Make one entry with an alias, or rename.",
            )


def check_files(knowledge: Knowledge, problems: Problems) -> None:
    """Two files with one name in different folders of one catalogue: only the last would count."""
    first: dict[tuple[str, str], str] = {}
    for shown, path in knowledge.catalogue_paths.items():
        root = shown.partition("/catalogue/")[0]
        other = first.setdefault((root, path.stem), shown)
        if other != shown:
            problems.error(Place(shown), f"the same id stands in {other}", "Keep one file.")


def check_findings(knowledge: Knowledge, problems: Problems) -> None:
    """A finding about something that is not (or no longer) an entry of this pack."""
    known = {path.stem for path in knowledge.catalogue_paths.values()}
    for name, node in knowledge.checked.items():
        if name not in known:
            problems.warning(
                node.place, f"'{name}' was checked and is not an entry", did_you_mean(name, known) or "Remove it."
            )


def check_references(entry: Entry, catalogue: Catalogue, problems: Problems) -> None:
    successors = entry.ended.successors if entry.ended else ()
    for what, names in (("related", entry.related), ("successors", successors)):
        for name in names:
            found = catalogue.resolve(name)
            if found is None:
                problems.error(
                    entry.place,
                    f"'{name}' in '{what}' of '{entry.id}' is not an entry",
                    did_you_mean(name, catalogue) or "Add that entry, or remove the name.",
                )
            elif found is entry:
                problems.error(entry.place, f"'{entry.id}' names itself in '{what}'", "Remove it.")


# ── dates ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def check_status(entry: Entry, catalogue: Catalogue, today: date, problems: Problems) -> None:
    place = entry.place
    if entry.status_on is None:
        problems.error(place, f"'{entry.id}' does not say when its status was found", "Add 'status_on: 2026-…'.")
    elif entry.status_on > today:
        problems.error(place, f"'status_on' of '{entry.id}' lies in the future", "Check the date.")
    if entry.status == "opens_on" and entry.opens_on is None and not any(w.opens for w in entry.windows):
        problems.error(place, f"'{entry.id}' opens, but not when", "Add 'opens_on' or a window.")
    _check_windows(entry, problems)
    _check_end(entry, catalogue, problems)
    if entry.checked_on is None:
        problems.error(place, f"'{entry.id}' does not say when it was checked", "Add 'checked_on: 2026-…'.")
    elif entry.checked_on > today:
        problems.error(place, f"'checked_on' of '{entry.id}' lies in the future", "Check the date.")
    if entry.review_by is None:
        problems.error(place, f"'{entry.id}' has no 'review_by'", "Say when somebody must read the source again.")
    elif entry.checked_on and entry.review_by <= entry.checked_on:
        problems.error(place, f"'review_by' of '{entry.id}' is not after 'checked_on'", "Check the two dates.")
    elif entry.needs_review(today):
        problems.warning(
            place,
            f"'{entry.id}' should have been read again by {entry.review_by}",
            "Read its sources and set 'checked_on'. Until then visitors are told to check it.",
        )


def _check_windows(entry: Entry, problems: Problems) -> None:
    dated = [window for window in entry.windows if window.opens]
    for one, two in pairwise(dated):
        if one.opens and two.opens and one.opens >= two.opens:
            problems.error(entry.place, f"the windows of '{entry.id}' are not in order", "Write the earliest first.")
        elif two.opens and (one.closes is None or one.closes > two.opens):
            problems.error(entry.place, f"two windows of '{entry.id}' overlap", "Check when the first one closes.")


def _check_end(entry: Entry, catalogue: Catalogue, problems: Problems) -> None:
    if entry.status == "ended" and entry.ended is None:
        problems.error(
            entry.place, f"'{entry.id}' ended, but not when or what came instead", "Add 'ended: {on, why, …}'."
        )
    if entry.ended is None:
        return
    if entry.status == "ended" and not (entry.ended.successors or entry.ended.nothing_instead):
        problems.error(
            entry.place, f"'{entry.id}' has no successor", "Name 'successors', or write 'none: yes' when there is none."
        )
    if entry.ended.successors and entry.ended.nothing_instead:
        problems.error(entry.place, f"'{entry.id}' has successors and 'none: yes'", "Keep one of the two.")
    if entry.status == "ended" and not entry.ended.on:
        problems.warning(
            entry.place, f"'{entry.id}' does not say when it ended", "Add 'on: 2019' when a source says so."
        )
    found = [catalogue.resolve(name) for name in entry.ended.successors]
    if found and all(one is not None and one.status == "ended" for one in found):
        problems.error(
            entry.place,
            f"every successor of '{entry.id}' has ended too",
            "Name what exists today, or write 'none: yes'.",
        )


# ── sources and links ──────────────────────────────────────────────────────────────────────────────────────────────


def check_sources(entry: Entry, problems: Problems) -> None:
    if entry.amounts and not entry.sources:
        problems.error(
            entry.place, f"'{entry.id}' names an amount without a source", "Add 'sources', or remove the amount."
        )
    elif not entry.sources and entry.confidence == "verified":
        problems.error(
            entry.place, f"'{entry.id}' is verified, but by nothing", "Add 'sources', or lower 'confidence'."
        )
    for url in (entry.url, entry.contact.url, *(source.url for source in entry.sources)):
        fault = link_fault(url) if url else ""
        if fault:
            problems.error(entry.place, f"the link {url[:80]} of '{entry.id}' {fault}", "Copy it from the address bar.")
        elif url.startswith("http:"):
            problems.warning(entry.place, f"the link {url[:80]} of '{entry.id}' is not secure", "Try https.")
    phone = entry.contact.phone
    if phone and not _PHONE.fullmatch(phone):
        problems.error(entry.place, f"'{phone}' of '{entry.id}' is not a phone number", "Write only the number.")


def link_fault(url: str) -> str:
    """What is wrong with a link, as the end of a sentence; '' when it is well formed."""
    if any(sign.isspace() for sign in url) or any(sign in url for sign in '<>"{}|\\^`'):
        return "holds a character that links do not have"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not a link"
    if parts.scheme not in ("https", "http"):
        return "does not start with https://"
    host = parts.hostname or ""
    if "." not in host or host.startswith(".") or host.endswith("."):
        return "has no site name"
    if parts.username or parts.password:
        return "holds a user name"
    return "names a port" if port else ""


# ── texts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def check_texts(entry: Entry, explained: Iterable[str], problems: Problems, *, english: bool) -> None:
    """`explained` are the words of the glossary: they do not make a text hard."""
    if not entry.first_step:
        problems.error(
            entry.place, f"'{entry.id}' has nothing a visitor can do", "Add 'steps'; the first can be done today."
        )
    easy = (entry.name, entry.operator, *entry.words, *explained)
    texts = [("summary", entry.summary, SUMMARY_WORDS), *(("step", step, STEP_WORDS) for step in entry.steps)]
    texts += [(name, getattr(entry, name), TEXT_WORDS) for name in ("step_today", "example", "pays_not")]
    for what, text, most in texts:
        for finding in findings(text, easy, most_words=most):
            problems.error(entry.place, f"the {what} of '{entry.id}' {finding.what}", finding.proposal)
    if not entry.words and not entry.questions:
        problems.error(entry.place, f"'{entry.id}' cannot be found by other words", "Add 'words' or 'questions'.")
    if entry.kind in MONEY_KINDS and not entry.situations:
        problems.error(entry.place, f"'{entry.id}' does not say for whom it is", "Add 'for: [employee, …]'.")
    if english:
        _check_english(entry, problems)


def _check_english(entry: Entry, problems: Problems) -> None:
    for name in ("summary", "step_today", "example", "pays_not"):
        if getattr(entry, name) and not entry.en.get(name):
            problems.error(entry.place, f"'{entry.id}' has no English {name}", f"Add '{name}' below 'en:'.")
    steps = entry.en.get("steps", ())
    if entry.steps and not steps:
        problems.error(entry.place, f"'{entry.id}' has no English steps", "Add 'steps' below 'en:'.")
    elif len(steps) != len(entry.steps):
        problems.error(
            entry.place,
            f"'{entry.id}' has {len(entry.steps)} steps in Dutch and {len(steps)} in English",
            "Translate each step.",
        )


def main(words: list[str]) -> int:
    """`python -m knowledge.checks [id or kind …]`: check the shipped knowledge and print every finding."""
    from knowledge.content import Knowledge

    problems = Problems()
    knowledge = Knowledge.load(None, problems, cache=False)
    day = next((word for word in words if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word)), "2026-11-21")
    check_knowledge(knowledge, date.fromisoformat(day), problems, [word for word in words if word != day])
    for problem in sorted(problems.found):
        path = Path(problem.place.file)
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else None
        sys.stdout.write(problem.render(lines) + "\n")
    sys.stdout.write(f"{len(problems.errors)} errors, {len(problems.found) - len(problems.errors)} warnings\n")
    return 2 if problems.errors else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
