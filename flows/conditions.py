"""Conditions of a flow: the criteria language over facts; `advice` is a fact that the desk itself answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flows.model import Condition
from knowledge.problems import Problems
from knowledge.source import Node

CriterionReader = Callable[[Node, Problems], Any]
_JOINTS = ("any", "all", "not")


def read_condition(node: Node, criterion: CriterionReader, problems: Problems) -> Condition:
    """Read what stands under `when`. `human` decides nothing here and is an error."""
    if not node.is_map or not node.map:
        problems.error(node.place, "a condition names facts and values", "Write 'when: {situation: employee}'.")
        return Condition(None, node.place)
    rest = dict(node.map)
    if "human" in rest:
        problems.error(rest["human"].place, "'human' cannot steer a flow", "Use 'handoff' for what a coach decides.")
        del rest["human"]
    remaining = Node(rest, node.place, node.keys)
    read = criterion(remaining, problems) if rest else None
    return Condition(read, node.place, tuple(dict.fromkeys(_facts_in(remaining))), node.plain())


def _facts_in(node: Node) -> Iterator[str]:
    for key, value in node.map.items():
        if key in _JOINTS:
            for part in value.items:
                yield from _facts_in(part)
        else:
            yield key
