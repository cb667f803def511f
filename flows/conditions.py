"""Conditions of a flow: criteria over facts, plus what was advised (`advice`, which no visitor answers)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flows.model import Condition
from knowledge.problems import Problems
from knowledge.source import Node

CriterionReader = Callable[[Node, Problems], Any]
_JOINTS = ("any", "all", "not")


def read_condition(node: Node, facts: Mapping[str, Any], criterion: CriterionReader, problems: Problems) -> Condition:
    """Split `advice` off; the rest is in the criteria language. `human` decides nothing here and is an error."""
    if not node.is_map or not node.map:
        problems.error(node.place, "a condition must be a mapping", "Write 'when: {situation: employee}'.")
        return Condition(None, place=node.place)
    rest = dict(node.map)
    advice: tuple[str, ...] | None = None
    wanted = True
    if "advice" in rest:
        advice = tuple(part.text for part in rest.pop("advice").items)
    inner = rest.get("not")
    if inner is not None and inner.is_map and set(inner.map) == {"advice"}:
        advice, wanted = tuple(part.text for part in inner.map["advice"].items), False
        del rest["not"]
    if "human" in rest:
        problems.error(rest["human"].place, "'human' cannot steer a flow", "Use 'handoff' for what a coach decides.")
        del rest["human"]
    remaining = Node(rest, node.place, node.keys)
    read = criterion(remaining, problems) if rest else None
    return Condition(read, advice, wanted, node.place, tuple(dict.fromkeys(_facts_in(remaining))), node.plain())


def _facts_in(node: Node) -> Iterator[str]:
    for key, value in node.map.items():
        if key in _JOINTS:
            for part in value.items:
                yield from _facts_in(part)
        else:
            yield key


def advice_holds(condition: Condition, advice: tuple[str, ...] | None) -> str:
    """'yes', 'no' or 'unknown' (nothing was advised yet) for the `advice` part of a condition."""
    if condition.advice is None:
        return "yes"
    if advice is None:
        return "unknown"
    shown = advice or ("none",)
    return "yes" if (not set(shown).isdisjoint(condition.advice)) == condition.wanted else "no"
