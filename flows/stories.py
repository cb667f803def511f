"""Findings of the proof told as a conversation: "Zo gaat het mis: …".

Always the shortest in answers among all classes of visitors whom the finding is about. For a condition that never holds
it is the shortest of those who meet most of it: of whoever the editor had in mind.
"""

from __future__ import annotations

from collections.abc import Iterable

from flows.content import Content
from flows.proof import ADVICE, WHO
from flows.quotient import ABSENT, ASKED, UNREAD, Group
from flows.visiting import Visit
from flows.voice import Voice
from knowledge.problems import Place


def told(visit: Visit) -> list[str]:
    """Facts that the visitor tells without being asked."""
    return [
        fact
        for fact, group in visit.assigned.items()
        if group.status == "given" and group.size and fact not in visit.asked and fact != ADVICE
    ]


def length(visit: Visit) -> int:
    """How much a visitor says: fewer makes a clearer witness."""
    return len(visit.asked) + len(told(visit))


def shortest(visits: Iterable[Visit]) -> Visit | None:
    return min(visits, key=length, default=None)


def story(content: Content, visit: Visit, end: str) -> str:
    """The shortest conversation that shows it: questions with the answers that lead here."""
    voice = Voice(content, "nl")
    lines = ["Zo gaat het mis:"]
    for fact in told(visit):
        lines.append(f"  bezoeker vertelt: {voice.value(fact, visit.assigned[fact].value)}")
    for fact in visit.asked:
        step = content.asks(fact, visit.flows[-1])
        lines.append(f"  loket: {voice.question(step) if step is not None else content.knowledge.facts[fact].question}")
        lines.append(f"  u:     {_answer(voice, fact, visit.assigned.get(fact, Group(ASKED)))}")
    if end:
        lines.append(f"  {end}")
    return "\n".join(lines)


def who(content: Content, visits: Iterable[Visit]) -> str:
    """The kinds of visitors these are, by the ids an editor writes."""
    declared = content.knowledge.facts[WHO].choices if WHO in content.knowledge.facts else {}
    groups = [visit.assigned.get(WHO, Group(ABSENT)) for visit in visits]
    kinds = {group.value for group in groups if group.status == "given"}
    unknown = any(group.status != "given" for group in groups)
    known = [kind for kind in declared if kind in kinds]
    if unknown and len(known) == len(declared):
        return "everybody"
    said = [f"situation {_list(known)}"] if known else []
    return " and ".join([*said, *(["somebody whose situation is not known"] if unknown else [])])


def _list(names: list[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _answer(voice: Voice, fact: str, group: Group) -> str:
    if group.status == ASKED or group.value == UNREAD:
        return "(elk antwoord)"
    return voice.value(fact, group.value, group.status)


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def name_of(content: Content, fact: str) -> str:
    return content.knowledge.facts[fact].name


def last_step(content: Content, visit: Visit) -> Place:
    flow = content.flows[visit.flows[-1]]
    for key in reversed(visit.events):
        step = content.steps.get(key)
        if step is not None:
            return step.place
    return flow.place
