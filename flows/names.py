"""Names that only the whole content can check: entries a flow mentions, and words that open a flow."""

from __future__ import annotations

from flows.answers import plain
from flows.content import Content
from flows.model import Advise, Flow, When, every_step
from knowledge.problems import Place, Problems, did_you_mean


def check_names(content: Content, problems: Problems) -> None:
    catalogue = content.knowledge.catalogue
    for flow in content.flows.values():
        for step in every_step(flow.steps):
            names: tuple[str, ...] = ()
            if isinstance(step, Advise):
                names = step.mention
                if step.show < 1:
                    problems.error(step.place, "'show' must be at least 1", "Show one card, or remove the step.")
            elif isinstance(step, When) and "advice" in step.condition.facts:
                names = tuple(value for value in _advice(step) if value != "none")
            for name in names:
                if name not in catalogue:
                    problems.error(
                        step.place,
                        f"there is no entry '{name}' in the catalogue",
                        did_you_mean(name, catalogue) or "Check the id.",
                    )
    _opening_words(content, problems)


def _advice(step: When) -> tuple[str, ...]:
    source = step.condition.source.get("advice") if isinstance(step.condition.source, dict) else None
    if source is None:
        return ()
    return tuple(source) if isinstance(source, list) else (str(source),)


def _opening_words(content: Content, problems: Problems) -> None:
    """The same words must not open two flows."""
    known: dict[str, tuple[Flow, Place]] = {}
    for flow in content.flows.values():
        for words in flow.starts_with:
            held = known.get(plain(words))
            if held is not None and held[0] is not flow:
                problems.error(
                    flow.place,
                    f"'{words}' opens both '{held[0].id}' and '{flow.id}'",
                    "Remove it from one of them.",
                    witness=f"Zo gaat het mis:\n  u:     {words}\n  Het loket kan niet kiezen.",
                )
            known.setdefault(plain(words), (flow, flow.place))
