"""Everything `loket check` says about facts and catalogue: names, dates, links, words, examples, proofs.

Each check is small and adds findings to `Problems`; none stops at the first. Warnings are served, errors are not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.check_desk import check_desk
from knowledge.check_entries import (
    check_files,
    check_findings,
    check_names,
    check_references,
    check_sources,
    check_status,
    check_texts,
)
from knowledge.check_examples import CriteriaChecks
from knowledge.check_facts import check_facts, check_questions
from knowledge.problems import Problems
from knowledge.translatable import check_translations

if TYPE_CHECKING:
    from knowledge.content import Knowledge


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
