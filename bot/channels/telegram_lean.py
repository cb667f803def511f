"""An update that a library parsed already, as far as the desk reads it: `read_update` gets the JSON it would have got.

A host's library has parsed every update before it comes to us. Turning all of it back into JSON costs more than the
rest of our part; we look at a few fields of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.channels.telegram import KINDS

Whole = Callable[[Any], dict[str, Any]]  # a small object of the library as the JSON it came from


def lean(update: Any, whole: Whole) -> dict[str, Any]:
    """Works for both libraries: they name the fields as the Bot API does, and `from` is `from_user`."""
    found: dict[str, Any] = {"update_id": update.update_id}
    for kind in ("message", "edited_message"):
        message = getattr(update, kind)
        if message is not None:
            found[kind] = _message(message, whole)
    if update.callback_query is not None:
        found["callback_query"] = _press(update.callback_query)
    if update.my_chat_member is not None:
        found["my_chat_member"] = whole(update.my_chat_member)
    return found


def _message(message: Any, whole: Whole) -> dict[str, Any]:
    found: dict[str, Any] = {
        "message_id": message.message_id, "date": _seconds(message.date), "chat": _chat(message.chat),
    }  # fmt: skip
    if message.from_user is not None:
        found["from"] = _person(message.from_user)
    if message.text is not None:
        found["text"] = message.text
        if message.forward_origin is not None:
            found["forward_origin"] = {}
        return found
    for kind in KINDS:
        value = getattr(message, kind, None)
        if value is not None and value != ():  # a list that is not there is an empty tuple to python-telegram-bot
            found[kind] = value if isinstance(value, int) else {}
    for kind in ("contact", "location"):
        if kind in found:
            found[kind] = whole(getattr(message, kind))
    return found


def _press(press: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"id": press.id, "from": _person(press.from_user)}
    if press.data is not None:
        found["data"] = press.data
    if press.message is not None:
        found["message"] = {"message_id": press.message.message_id, "chat": _chat(press.message.chat)}
    return found


def _person(person: Any) -> dict[str, Any]:
    return {"id": person.id, "language_code": person.language_code}


def _chat(chat: Any) -> dict[str, Any]:
    return {"id": chat.id, "type": str(chat.type)}


def _seconds(moment: datetime | int) -> int:
    return int(moment.timestamp()) if isinstance(moment, datetime) else moment
