"""Matching at 200, 2,000 and 20,000 entries: one answer more, all verdicts, the first cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.bench.measuring import Figure, measure

TODAY = date(2026, 11, 21)


def figures() -> list[Figure]:
    from knowledge.catalogue import Catalogue
    from knowledge.content import Knowledge
    from knowledge.given import read_given
    from knowledge.matching import Matcher

    knowledge = Knowledge.load()
    shipped = list(knowledge.catalogue.values())
    people = [
        {"situation": "employer", "company_size": size, "company_place": place, "employer_goal": goal}
        for size in (3, 8, 40, 300)
        for place in ("Tiel", "Ulft", "Almere", "Maastricht")
        for goal in ("train_people", "guide_student", "team_plan")
    ]
    profiles = [knowledge.profile(read_given(one, knowledge.facts, knowledge.geography)[0], TODAY) for one in people]
    found = []
    for size in (200, 2_000, 20_000):
        entries = [replace(shipped[n % len(shipped)], id=f"e{n}", aliases=()) for n in range(size)]
        matcher = Matcher(Catalogue(entries), knowledge.facts, lambda: knowledge.geography, knowledge.explainer)

        def work(matcher: Matcher = matcher) -> int:
            for profile in profiles:
                matcher.top(profile, TODAY, show=3)
            return len(profiles)

        found.append(measure(f"{size:,} entries, verdicts and the first three", work))
    return found
