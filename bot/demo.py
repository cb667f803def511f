"""Three labelled practice cases, so that a coach who opens the desk for the first time sees what a case looks like.

They are made by talking to the desk as visitors do, through the same turn and the same flows. Their people are marked
as practice in the database: they are shown as such and never counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flows.events import Chose, Event, Said, Started
from storage.messages import Incoming
from storage.talk import PRACTICE

if TYPE_CHECKING:
    from bot.desk import Desk

WHO: tuple[tuple[str, str], ...] = (
    ("heftruck", "wil heftruck rijden, geen diploma, heb bijstand, woon in almere"),
    ("bakkerij", "heb een bakkerij met 6 man in tiel en wil mijn mensen een cursus geven"),
    ("lasser", "ik ben lasser, 52 jaar, werk in ulft en wil graag een diploma halen"),
)
FIRST_NAMES = {"heftruck": "Voorbeeld A", "bakkerij": "Voorbeeld B", "lasser": "Voorbeeld C"}


async def make_practice_cases(desk: Desk) -> int:
    """Make the cases that are not there yet; returns how many were made."""
    made = 0
    for name, sentence in WHO:
        address = PRACTICE + name
        if await desk.store.conversation_at("web", "", address) is None:
            await _talk(desk, address, [Started(), Said(sentence), Said("bel mij")])
            await _answer_contact(desk, address, FIRST_NAMES[name])
            made += 1
    return made


async def _talk(desk: Desk, address: str, events: Sequence[Event]) -> str:
    asked = ""
    for event in events:
        result = await desk.receive(Incoming("web", address, event, desk.clock()))
        question = result.turn.question if result.turn else None
        asked = question.fact if question else ""
    return asked


async def _answer_contact(desk: Desk, address: str, first_name: str) -> None:
    """Answer what *bel mij* asks (number, part of the day, perhaps a name, the check), whatever the order."""
    answers = {"phone": "0612345678", "name": first_name, "part_of_day": "'s Ochtends", "preferred_contact": "Bel mij"}
    for _ in range(8):
        state = await desk.store.conversation_at("web", "", address)
        if state is None or state.case:
            return
        result = await desk.receive(Incoming("web", address, Said("overzicht"), desk.clock()))
        question = result.turn.question if result.turn else None
        if question is None:
            return
        if question.fact in answers:
            event: Event = Said(answers[question.fact])
        elif question.options:
            event = Chose((question.options[0].id,))  # the first button is always the way on
        else:
            event = Said("weet ik niet")
        await desk.receive(Incoming("web", address, event, desk.clock()))
