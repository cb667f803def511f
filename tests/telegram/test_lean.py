"""What a host's library parsed means the same to the desk as the JSON it came from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from bot.channels.telegram import Read, read_update
from bot.channels.telegram_lean import lean
from bot.clock import AMSTERDAM
from tests.telegram.house import LIBRARIES
from tests.telegram.story import FILE, STICKER

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=AMSTERDAM)
ME = {"id": 7, "is_bot": False, "first_name": "T", "language_code": "nl-NL"}
PRIVATE = {"id": 7, "type": "private", "first_name": "T"}
GROUP = {"id": -100, "type": "supergroup", "title": "Groep"}
SAID = {"message_id": 9, "date": 1_795_000_000, "chat": PRIVATE, "from": ME}
PHOTO = [{**FILE, "width": 1, "height": 1}]
SPOT = {"latitude": 52.37, "longitude": 5.22}
FROM_OTHER = {"type": "hidden_user", "date": 1, "sender_user_name": "Een ander"}
CHANGE = {"chat": PRIVATE, "from": ME, "date": 1, "old_chat_member": {"user": ME, "status": "member"}}
KICKED = {"user": ME, "status": "kicked", "until_date": 0}
PRESS = {"id": "p1", "from": ME, "chat_instance": "1", "data": "lk1:a:2"}
UPDATES: dict[str, dict[str, Any]] = {
    "text": {"message": {**SAID, "text": "hallo"}},
    "command": {"message": {**SAID, "text": "/start loket-slim"}},
    "forwarded": {"message": {**SAID, "text": "hallo", "forward_origin": FROM_OTHER}},
    "edited": {"edited_message": {**SAID, "edit_date": 1_795_000_100, "text": "toch niet"}},
    "edited caption": {"edited_message": {**SAID, "edit_date": 1_795_000_100, "photo": PHOTO, "caption": "x"}},
    "own number": {"message": {**SAID, "contact": {"phone_number": "0612345678", "first_name": "T", "user_id": 7}}},
    "other number": {"message": {**SAID, "contact": {"phone_number": "0612345678", "first_name": "T"}}},
    "location": {"message": {**SAID, "location": SPOT}},
    "venue": {"message": {**SAID, "location": SPOT, "venue": {"location": SPOT, "title": "T", "address": "A"}}},
    "sticker": {"message": {**SAID, "sticker": STICKER}},
    "voice": {"message": {**SAID, "voice": {**FILE, "duration": 3}}},
    "photo": {"message": {**SAID, "photo": PHOTO, "caption": "kijk"}},
    "document": {"message": {**SAID, "document": FILE}},
    "joined": {"message": {**SAID, "new_chat_members": [ME]}},
    "group": {"message": {**SAID, "chat": GROUP, "text": "/koppelgroep ABC"}},
    "moved": {"message": {**SAID, "chat": GROUP, "migrate_to_chat_id": -200}},
    "press": {"callback_query": {**PRESS, "message": {**SAID, "text": "?"}}},
    "press on an old message": {"callback_query": {**PRESS, "message": {"message_id": 9, "date": 0, "chat": PRIVATE}}},
    "press in a group": {"callback_query": {**PRESS, "message": {**SAID, "chat": GROUP, "text": "?"}}},
    "press without a message": {"callback_query": {**PRESS, "inline_message_id": "x"}},
    "blocked": {"my_chat_member": {**CHANGE, "new_chat_member": KICKED}},
    "something else": {"poll_answer": {"poll_id": "1", "user": ME, "option_ids": [0], "option_persistent_ids": ["0"]}},
}


def by_aiogram(raw: dict[str, Any]) -> dict[str, Any]:
    from aiogram.types import Update

    from bot.channels.telegram_aiogram_mount import _whole

    return lean(Update.model_validate(raw, context={"bot": None}), _whole)


def by_ptb(raw: dict[str, Any]) -> dict[str, Any]:
    from telegram import TelegramObject, Update

    return lean(Update.de_json(raw, None), TelegramObject.to_dict)


PARSED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"aiogram": by_aiogram, "ptb": by_ptb}


def meant(update: dict[str, Any]) -> Read:
    return read_update(update, bot="1", place_of=lambda lat, lon: f"{lat} {lon}", received_at=NOW)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", UPDATES)
def test_a_parsed_update_means_what_its_json_means(kind: str, library: str) -> None:
    raw = {"update_id": 5, **UPDATES[kind]}
    assert meant(PARSED[library](raw)) == meant(raw)
