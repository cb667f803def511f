"""The ten-question intake in aiogram-dialog, as a program: `python tests/bench/dialog_peer.py PEOPLE ROUNDS`.

Runs under an environment that holds aiogram-dialog, and prints microseconds per update of every round as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.peers import QUESTIONS, TOKEN, aiogram_session, whole_intake


def dialog_form() -> tuple[Any, Any]:
    """(dispatcher, bot): one dialog of ten windows with a text input each, and one that says thanks; in memory."""
    from aiogram import Bot, Dispatcher
    from aiogram.filters import CommandStart
    from aiogram.fsm.state import State, StatesGroup

    dialogs: Any = import_module("aiogram_dialog")
    TextInput: Any = import_module("aiogram_dialog.widgets.input").TextInput
    Const: Any = import_module("aiogram_dialog.widgets.text").Const

    form = type("Form", (StatesGroup,), {f"q{number}": State() for number in range(11)})
    states = [getattr(form, f"q{number}") for number in range(11)]

    async def answered(_message: Any, widget: Any, manager: Any, text: str) -> None:
        manager.dialog_data[widget.widget.widget_id] = text
        await manager.next(show_mode=dialogs.ShowMode.SEND)

    windows = [
        dialogs.Window(Const(QUESTIONS[number]), TextInput(id=f"q{number}", on_success=answered), state=states[number])
        for number in range(10)
    ]
    dispatcher = Dispatcher()
    dispatcher.include_router(dialogs.Dialog(*windows, dialogs.Window(Const("Dank u wel."), state=states[10])))

    @dispatcher.message(CommandStart())
    async def start(_message: Any, dialog_manager: Any) -> None:
        await dialog_manager.start(states[0], mode=dialogs.StartMode.RESET_STACK, show_mode=dialogs.ShowMode.SEND)

    dialogs.setup_dialogs(dispatcher)
    return dispatcher, Bot(TOKEN, session=aiogram_session())


async def measured(people: int, rounds: int) -> list[float]:
    """Seconds of processor time per update, a round each, after one round to warm up."""
    dispatcher, bot = dialog_form()
    found = []
    for _ in range(rounds + 1):
        gc.collect()
        count, start = 0, time.process_time()
        for person in range(1, people + 1):
            for update in whole_intake(person, person * 100):
                await dispatcher.feed_raw_update(bot, update)
                count += 1
        found.append((time.process_time() - start) / count)
    return found[1:]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measured(int(sys.argv[1]), int(sys.argv[2])))))
