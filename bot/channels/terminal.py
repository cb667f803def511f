"""`loket chat`: the product in ten seconds. Numbered choices, typed text, colours only on a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable

from bot.channels.json_lines import Talk
from bot.turn_json import messages
from flows.effects import Message, Option
from flows.events import Said
from flows.turn import Turn

_BOLD, _DIM, _GREEN, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[0m"


class Screen:
    """Writes messages as a person reads them: wrapped, choices numbered, no colour unless it is a terminal."""

    def __init__(self, write: Callable[[str], None], *, colours: bool) -> None:
        self._write, self._colours = write, colours
        self._width = min(88, shutil.get_terminal_size((80, 24)).columns)

    def show(self, turn: Turn) -> None:
        shown = messages(turn.effects)
        for message in shown:
            self._message(message, last=message is shown[-1])
        if turn.ended:
            self._write(
                self._paint(_DIM, "Het gesprek is klaar. Typ 'opnieuw' om nog eens te beginnen, of 'tot ziens'.")
            )

    def _message(self, message: Message, *, last: bool) -> None:
        for number, paragraph in enumerate(message.text.split("\n")):
            lead = "loket  " if number == 0 else "       "
            body = textwrap.wrap(paragraph, self._width - 7, break_long_words=False) or [""]
            self._write(self._paint(_GREEN, lead) + body[0] if number == 0 else lead + body[0])
            for line in body[1:]:
                self._write("       " + line)
        if message.card and message.card.url and message.card.url not in message.text:
            self._write("       " + self._paint(_DIM, message.card.url))
        if last:
            self._options(message.options)

    def _options(self, options: tuple[Option, ...]) -> None:
        choices = [option for option in options if option.group == "choice"]
        others = [option for option in options if option.group != "choice"]
        for number, option in enumerate(choices, 1):
            self._write(f"       {self._paint(_BOLD, str(number))}  {option.label}")
        if others:
            self._write("       " + self._paint(_DIM, "   ".join(f"[{option.label}]" for option in others)))

    def _paint(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_RESET}" if self._colours else text


async def run(talk: Talk, screen: Screen, read: Callable[[str], str]) -> int:
    """Talk until the visitor leaves (end of input, ctrl-C or 'tot ziens'); returns the exit status."""
    screen.show(await talk.start())
    try:
        while True:
            try:
                said = read("u      ")
            except (EOFError, KeyboardInterrupt):
                return 0
            if said.strip().casefold() in ("tot ziens", "exit", "quit", "doei"):
                return 0
            screen.show(await talk.turn(Said(said)))
    finally:
        await talk.close()
