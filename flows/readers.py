"""Who reads an answer: nothing is asked that nobody uses, and what is for the coach decides nothing."""

from __future__ import annotations

from flows.content import Content
from flows.model import Ask, When, every_step
from knowledge.criteria import facts_in
from knowledge.problems import Problems


def check_readers(content: Content, problems: Problems) -> None:
    """`for: coach` says that only the coach reads an answer. Both ways: it must be true, and it must be said."""
    readers = _readers(content)
    for step in content.steps.values():
        if not isinstance(step, Ask) or step.fact not in content.knowledge.facts:
            continue
        by = readers.get(step.fact)
        if step.for_coach and by:
            problems.error(
                step.place,
                f"'{step.fact}' is asked for the coach only, but {by} reads it",
                "Remove 'for: coach': this answer decides something.",
            )
        elif not step.for_coach and not by:
            problems.warning(
                step.place,
                f"nothing reads the answer to '{step.fact}'",
                "Write 'for: coach' when a coach needs it; else leave the question out.",
            )


def _readers(content: Content) -> dict[str, str]:
    """For every fact one place that reads it: a condition, an entry, a question that applies, a derived fact."""
    found: dict[str, str] = {}
    for flow in content.flows.values():
        for step in every_step(flow.steps):
            if isinstance(step, When):
                for fact in step.condition.facts:
                    found.setdefault(fact, f"the condition in {step.place.file}, line {step.place.line},")
    for entry in content.knowledge.catalogue.values():
        for fact in facts_in(entry.criterion):
            found.setdefault(fact, f"the entry '{entry.id}'")
    for one in content.knowledge.facts.values():
        for fact in (*one.derive, *(facts_in(one.applies) if one.applies is not None else ())):
            found.setdefault(fact, f"the question '{one.id}'")
    return found
