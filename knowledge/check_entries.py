"""What `loket check` says about entries: names and references, dates, sources and links, texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from knowledge.catalogue import Catalogue
from knowledge.entries import MONEY_KINDS, Entry
from knowledge.plain_language import findings
from knowledge.problems import Place, Problems, did_you_mean

if TYPE_CHECKING:
    from knowledge.content import Knowledge

SUMMARY_WORDS = 45
STEP_WORDS = 40
TEXT_WORDS = 60
_PHONE = re.compile(r"[\d\s()+/-]{3,20}(?: \(.*\))?")


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


# ── dates ───────────────────────────────────────────────────────────────────────────────────────────────────────────


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
            entry.place,
            f"'{entry.id}' does not say when it ended",
            f"A person must ask {entry.operator or 'its operator'} or find it in a source, and add 'on: <year>' below"
            " 'ended' with that source. Until then visitors hear that it stopped, without a year.",
        )
    found = [catalogue.resolve(name) for name in entry.ended.successors]
    if found and all(one is not None and one.status == "ended" for one in found):
        problems.error(
            entry.place,
            f"every successor of '{entry.id}' has ended too",
            "Name what exists today, or write 'none: yes'.",
        )


# ── sources and links ───────────────────────────────────────────────────────────────────────────────────────────────


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
            problems.warning(
                entry.place,
                f"the link {url[:80]} of '{entry.id}' is not secure",
                "A person must open it with https:// in a browser. Same page? Change it here. Otherwise find where"
                " the page went, or name the source as 'document: <title>' without a link.",
            )
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


# ── texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


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
            problems.error(
                entry.place, f"the {what} of '{entry.id}' {finding.what}", finding.proposal, seek=finding.word
            )
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
