"""What the Bot API accepts: methods, parameters, and limits. Anything else is a violation, however small.

Limits count as Telegram counts: text in UTF-16 units, callback data in bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

REQUIRED, OPTIONAL = True, False
Spec = dict[str, tuple[type, bool]]

_LANGUAGE: Spec = {"language_code": (str, OPTIONAL)}
METHODS: dict[str, Spec] = {
    "getMe": {},
    "getUpdates": {
        "offset": (int, OPTIONAL), "limit": (int, OPTIONAL), "timeout": (int, OPTIONAL),
        "allowed_updates": (list, OPTIONAL),
    },
    "setWebhook": {
        "url": (str, REQUIRED), "secret_token": (str, OPTIONAL), "allowed_updates": (list, OPTIONAL),
        "max_connections": (int, OPTIONAL), "drop_pending_updates": (bool, OPTIONAL), "ip_address": (str, OPTIONAL),
    },
    "deleteWebhook": {"drop_pending_updates": (bool, OPTIONAL)},
    "getWebhookInfo": {},
    "sendMessage": {
        "chat_id": (int, REQUIRED), "text": (str, REQUIRED), "entities": (list, OPTIONAL),
        "reply_markup": (dict, OPTIONAL), "link_preview_options": (dict, OPTIONAL),
        "disable_notification": (bool, OPTIONAL), "reply_parameters": (dict, OPTIONAL), "parse_mode": (str, OPTIONAL),
        "message_thread_id": (int, OPTIONAL),
    },
    "editMessageReplyMarkup": {
        "chat_id": (int, REQUIRED), "message_id": (int, REQUIRED), "reply_markup": (dict, OPTIONAL),
    },
    "editMessageText": {
        "chat_id": (int, REQUIRED), "message_id": (int, REQUIRED), "text": (str, REQUIRED),
        "entities": (list, OPTIONAL), "reply_markup": (dict, OPTIONAL), "link_preview_options": (dict, OPTIONAL),
    },
    "deleteMessage": {"chat_id": (int, REQUIRED), "message_id": (int, REQUIRED)},
    "leaveChat": {"chat_id": (int, REQUIRED)},
    "sendChatAction": {"chat_id": (int, REQUIRED), "action": (str, REQUIRED)},
    "answerCallbackQuery": {
        "callback_query_id": (str, REQUIRED), "text": (str, OPTIONAL), "show_alert": (bool, OPTIONAL),
    },
    "getMyName": _LANGUAGE,
    "setMyName": {"name": (str, REQUIRED), **_LANGUAGE},
    "getMyShortDescription": _LANGUAGE,
    "setMyShortDescription": {"short_description": (str, REQUIRED), **_LANGUAGE},
    "getMyDescription": _LANGUAGE,
    "setMyDescription": {"description": (str, REQUIRED), **_LANGUAGE},
    "getMyCommands": {"scope": (dict, OPTIONAL), **_LANGUAGE},
    "setMyCommands": {"commands": (list, REQUIRED), "scope": (dict, OPTIONAL), **_LANGUAGE},
    "getChatMenuButton": {"chat_id": (int, OPTIONAL)},
    "setChatMenuButton": {"chat_id": (int, OPTIONAL), "menu_button": (dict, OPTIONAL)},
    "getChatMember": {"chat_id": (int, REQUIRED), "user_id": (int, REQUIRED)},
}  # fmt: skip
LONGEST = {"name": 64, "short_description": 120, "description": 512}
BUTTON_KINDS = ("callback_data", "url", "copy_text", "web_app", "switch_inline_query")
ENTITIES = ("bold", "italic", "underline", "text_link", "code")


class Refused(Exception):
    """400 with this description."""


def read_params(method: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Form fields as the values they stand for. Raises Refused."""
    spec = METHODS[method]
    params: dict[str, Any] = {}
    for name, raw in fields.items():
        if name not in spec:
            raise Refused(f"Bad Request: {method} has no parameter '{name}'")
        params[name] = _value(name, raw, spec[name][0])
    for name, (_, required) in spec.items():
        if required and name not in params:
            raise Refused(f"Bad Request: parameter '{name}' is required")
    return params


def _value(name: str, raw: str, kind: type) -> Any:
    if kind is str:
        return raw
    try:
        value = json.loads(raw.lower() if kind is bool else raw)
    except ValueError:
        raise Refused(f"Bad Request: can't parse '{name}' as JSON") from None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Refused(f"Bad Request: '{name}' must be {kind.__name__}")
    return value


def check(method: str, params: Mapping[str, Any]) -> None:
    """The documented limits. Raises Refused."""
    if "text" in params and method != "answerCallbackQuery":
        _text(params["text"], params.get("entities") or [])
    if len(params.get("text", "")) > 200 and method == "answerCallbackQuery":
        raise Refused("Bad Request: MESSAGE_TOO_LONG")
    if "reply_markup" in params:
        _markup(params["reply_markup"])
    for name, longest in LONGEST.items():
        if len(params.get(name, "")) > longest:
            raise Refused(f"Bad Request: {name} is too long")
    for command in params.get("commands", []):
        if set(command) != {"command", "description"} or not 1 <= len(command["command"]) <= 32:
            raise Refused("Bad Request: BOT_COMMAND_INVALID")
        if not command["command"].replace("_", "a").isalnum() or command["command"] != command["command"].lower():
            raise Refused("Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise Refused("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _text(text: str, entities: list[Any]) -> None:
    if not text.strip():
        raise Refused("Bad Request: message text is empty")
    if units(text) > 4096:
        raise Refused("Bad Request: message is too long")
    if text != text.strip():
        raise Refused("Bad Request: the ends would be stripped, and offsets would slip")
    if len(entities) > 100:
        raise Refused("Bad Request: too many entities")
    wide = text.encode("utf-16-le")
    for entity in entities:
        kind, offset, length = entity.get("type"), entity.get("offset"), entity.get("length")
        if kind not in ENTITIES or set(entity) - {"type", "offset", "length", "url"}:
            raise Refused("Bad Request: can't parse entities: unknown kind or field")
        if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 1:
            raise Refused("Bad Request: can't parse entities: bad offset")
        if offset + length > units(text):
            raise Refused("Bad Request: can't parse entities: ends beyond the text")
        try:
            wide[2 * offset : 2 * (offset + length)].decode("utf-16-le")
        except UnicodeDecodeError:
            raise Refused("Bad Request: can't parse entities: cuts a character") from None
        if (kind == "text_link") != ("url" in entity):
            raise Refused("Bad Request: can't parse entities: url")


def _markup(markup: Mapping[str, Any]) -> None:
    if "inline_keyboard" in markup:
        _only(markup, {"inline_keyboard"})
        rows = markup["inline_keyboard"]
        if not rows or sum(len(row) for row in rows) > 100 or any(not row or len(row) > 8 for row in rows):
            raise Refused("Bad Request: reply markup is empty or too large")
        for button in (button for row in rows for button in row):
            kinds = [kind for kind in BUTTON_KINDS if kind in button]
            if len(kinds) != 1 or not button.get("text", "").strip():
                raise Refused("Bad Request: can't parse inline keyboard button: exactly one action and a text")
            _only(button, {"text", kinds[0]})
            if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
                raise Refused("Bad Request: BUTTON_DATA_INVALID")
    elif "keyboard" in markup:
        _only(markup, {"keyboard", "resize_keyboard", "one_time_keyboard", "is_persistent", "input_field_placeholder"})
        for button in (button for row in markup["keyboard"] for button in row):
            _only(button, {"text", "request_contact", "request_location"})
            if not button.get("text"):
                raise Refused("Bad Request: keyboard button text is empty")
    elif markup != {"remove_keyboard": True}:
        raise Refused("Bad Request: object expected as reply markup")


def _only(found: Mapping[str, Any], known: set[str]) -> None:
    extra = set(found) - known
    if extra:
        raise Refused(f"Bad Request: unknown field {sorted(extra)[0]!r}")
