"""The same ten-question intake as people usually write it, in the two Telegram libraries.

No network: the session (aiogram) and request (python-telegram-bot) answer like Telegram would, so that building the
request and reading the answer are paid for, and the socket is not.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

QUESTIONS = [f"Vraag {number}: wat is uw antwoord?" for number in range(1, 11)]
TOKEN = "123456:" + "A" * 35


def update(number: int, chat: int, text: str) -> dict[str, Any]:
    """One private message as the Bot API sends it."""
    person = {"id": chat, "is_bot": False, "first_name": "Test"}
    message: dict[str, Any] = {
        "message_id": number,
        "date": 1_790_000_000,
        "chat": {"id": chat, "type": "private", "first_name": "Test"},
        "from": person,
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return {"update_id": number, "message": message}


def answer_to(chat: int) -> dict[str, Any]:
    return {
        "ok": True,
        "result": {
            "message_id": 1,
            "date": int(datetime(2026, 11, 21, tzinfo=UTC).timestamp()),
            "chat": {"id": chat, "type": "private", "first_name": "Test"},
            "text": "ok",
        },
    }


def aiogram_session() -> Any:
    from aiogram.client.session.base import BaseSession

    class Session(BaseSession):
        async def close(self) -> None: ...

        async def make_request(self, bot: Any, method: Any, timeout: int | None = None) -> Any:
            files: dict[str, Any] = {}
            for value in method.model_dump(warnings=False).values():  # what the real session prepares as form fields
                self.prepare_value(value, bot=bot, files=files)
            content = json.dumps(answer_to(1))
            return self.check_response(bot=bot, method=method, status_code=200, content=content).result

        async def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
            yield b""

    return Session()


def aiogram_form() -> tuple[Any, Any]:
    """(dispatcher, bot): ten states, one handler each, memory storage."""
    from aiogram import Bot, Dispatcher, Router
    from aiogram.filters import CommandStart
    from aiogram.fsm.context import FSMContext
    from aiogram.fsm.state import State, StatesGroup
    from aiogram.types import Message

    form = type("Form", (StatesGroup,), {f"q{number}": State() for number in range(10)})
    router = Router()
    states = [getattr(form, f"q{number}") for number in range(10)]

    @router.message(CommandStart())
    async def start(message: Message, state: FSMContext) -> None:
        await state.set_data({})
        await state.set_state(states[0])
        await message.answer(QUESTIONS[0])

    def question(number: int) -> None:
        @router.message(states[number])
        async def answered(message: Message, state: FSMContext) -> None:
            await state.update_data({f"q{number}": message.text})
            if number == 9:
                await state.clear()
                await message.answer("Dank u wel.")
            else:
                await state.set_state(states[number + 1])
                await message.answer(QUESTIONS[number + 1])

    for number in range(10):
        question(number)
    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    return dispatcher, Bot(TOKEN, session=aiogram_session())


def aiogram_echo() -> tuple[Any, Any]:
    from aiogram import Bot, Dispatcher, Router
    from aiogram.types import Message

    router = Router()

    @router.message()
    async def echo(message: Message) -> None:
        await message.answer(message.text or "")

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    return dispatcher, Bot(TOKEN, session=aiogram_session())


def ptb_request() -> Any:
    from telegram.request import BaseRequest

    class Request(BaseRequest):
        @property
        def read_timeout(self) -> float:
            return 5.0

        async def initialize(self) -> None: ...
        async def shutdown(self) -> None: ...

        async def do_request(self, url: str, *_: Any, **__: Any) -> tuple[int, bytes]:
            if url.endswith("getMe"):
                me = {"id": 123456, "is_bot": True, "first_name": "Loket", "username": "loket_bot"}
                return 200, json.dumps({"ok": True, "result": me}).encode()
            return 200, json.dumps(answer_to(1)).encode()

    return Request()


async def ptb_form(persistence: str = "") -> Any:
    """An application with a ConversationHandler of ten questions, optionally with PicklePersistence every turn."""
    from telegram.ext import (
        Application,
        CommandHandler,
        ConversationHandler,
        MessageHandler,
        PicklePersistence,
        filters,
    )

    async def start(message: Any, context: Any) -> int:
        context.user_data.clear()
        await message.message.reply_text(QUESTIONS[0])
        return 0

    def question(number: int) -> Any:
        async def answered(message: Any, context: Any) -> int:
            context.user_data[f"q{number}"] = message.message.text
            if number == 9:
                await message.message.reply_text("Dank u wel.")
                return int(ConversationHandler.END)
            await message.message.reply_text(QUESTIONS[number + 1])
            return number + 1

        return answered

    builder = Application.builder().token(TOKEN).request(ptb_request()).get_updates_request(ptb_request())
    if persistence:
        builder = builder.persistence(PicklePersistence(persistence, update_interval=0.001))
    application = builder.updater(None).build()
    states = {number: [MessageHandler(filters.TEXT & ~filters.COMMAND, question(number))] for number in range(10)}
    application.add_handler(
        ConversationHandler([CommandHandler("start", start)], states, [], name="form", persistent=bool(persistence))
    )
    await application.initialize()
    return application


async def ptb_echo() -> Any:
    from telegram.ext import Application, MessageHandler, filters

    async def echo(message: Any, _: Any) -> None:
        await message.message.reply_text(message.message.text)

    builder = Application.builder().token(TOKEN).request(ptb_request()).get_updates_request(ptb_request())
    application = builder.updater(None).build()
    application.add_handler(MessageHandler(filters.ALL, echo))
    await application.initialize()
    return application


def whole_intake(chat: int, first: int) -> list[dict[str, Any]]:
    """Eleven updates: /start and ten answers."""
    texts = ["/start", *(f"antwoord {number}" for number in range(10))]
    return [update(first + place, chat, text) for place, text in enumerate(texts)]
