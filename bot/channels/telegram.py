"""Telegram's JSON to events and back, without any library.

`read_update` turns one Bot API update into what it means for the desk; `calls_for` turns an outgoing message into Bot
API calls. Both libraries carry these same dictionaries, so the same recorded updates give the same calls through both.

Texts are plain with entities; there is no parse mode, so nothing a visitor types can become markup. Offsets count
UTF-16 units, as Telegram does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.cleaning import clean_text
from bot.clock import AMSTERDAM
from flows.effects import Message, Option
from flows.events import Event, Pressed, Said, SentOther, Shared, Started
from storage.messages import Incoming, Outgoing

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
SPLIT_AT = 3900  # UTF-16 units; Telegram takes 4096
LABEL_WIDTH = 30  # two buttons side by side only when both are short
LONG_LIST, PAGE = 10, 8  # more choices than this are shown a page at a time
LARGEST = 2**63 - 1  # of any number that Telegram gives out
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_OTHER = (
    "voice", "audio", "video", "video_note", "photo", "document", "sticker", "animation", "poll", "dice", "story",
    "venue", "game", "invoice",
)  # fmt: skip
KINDS = ("forward_origin", "contact", "location", "migrate_to_chat_id", *_OTHER)  # read besides text


@dataclass(frozen=True, slots=True)
class Call:
    """One Bot API call."""

    method: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Blocked:
    """The visitor blocked the bot, or took the block away again."""

    address: str
    blocked: bool


@dataclass(frozen=True, slots=True)
class Turned:
    """The visitor asked for another page of a long list of buttons; nothing was answered yet."""

    address: str
    message_id: int
    turn: int
    page: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A command or button in a group: refused politely, unless it is the coaches' own group."""

    chat: int
    user: int
    command: str = ""  # koppelgroep
    argument: str = ""
    data: str = ""  # of a button
    message_id: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """What one update means: at most one thing for the desk, and what is due beside it."""

    incoming: Incoming | None = None
    callback: str = ""  # id of the button press, to be answered first thing after the commit
    blocked: Blocked | None = None
    turned: Turned | None = None
    heard: Heard | None = None
    moved: tuple[int, int] | None = None  # a group became a supergroup: old and new id
    left: int = 0  # the bot was taken out of this group
    joined: tuple[int, str] | None = None  # the bot was put into this chat: group, supergroup or channel
    command: str = ""  # /menu may be a host's own command: not for the desk when it is mounted


class Unreadable(ValueError):
    """The update does not have the shape the Bot API promises: kept aside, never retried."""


Part = tuple[str, list[dict[str, Any]]]  # text and its entities
PlaceOf = Callable[[float, float], str]  # a point to a place key of ours; the point itself is dropped


def read_update(update: Mapping[str, Any], *, bot: str, place_of: PlaceOf, received_at: datetime) -> Read:
    """What this update means. Raises Unreadable; unknown kinds of updates mean nothing and are not an error."""
    try:
        number = _number(update["update_id"])
        for kind in ("message", "edited_message"):
            if kind in update:
                return _message(update[kind], kind == "edited_message", str(number), bot, place_of, received_at)
        if "callback_query" in update:
            return _press(update["callback_query"], str(number), bot, received_at)
        if "my_chat_member" in update:
            return _membership(update["my_chat_member"])
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError, OSError) as error:
        raise Unreadable(f"{type(error).__name__} in update") from None
    return Read()


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST:
        raise TypeError
    return value


def _message(
    message: Mapping[str, Any], edited: bool, number: str, bot: str, place_of: PlaceOf, received_at: datetime
) -> Read:
    chat = message["chat"]
    if chat["type"] != "private":
        return _group(message, chat) if not edited else Read()
    if edited and "text" not in message:
        return Read()  # a live location moves on, a caption gets a comma: nothing that was said changes
    sender = message.get("from", {})
    event = _event_of(message, sender, edited, place_of)
    sent = datetime.fromtimestamp(int(message["date"]), UTC).astimezone(AMSTERDAM)
    incoming = Incoming(
        channel="telegram",
        address=str(_number(chat["id"])),
        event=event,
        received_at=min(sent, received_at),
        update_id=number,
        bot=bot,
        language=language_of(sender),
        message_ref=str(_number(message["message_id"])),
    )
    return Read(incoming, command=_command_of(message))


def _event_of(message: Mapping[str, Any], sender: Mapping[str, Any], edited: bool, place_of: PlaceOf) -> Event:
    if "forward_origin" in message or "forward_date" in message:
        return SentOther("forwarded")
    if "text" in message:
        text = clean_text(str(message["text"]))
        start = re.fullmatch(r"/start(?:@\w+)?(?:\s+([\w-]{1,64}))?", text, re.ASCII)
        if start and not edited:
            return Started(payload=start.group(1) or "", language=language_of(sender))
        return Said(re.sub(r"^(/\w+)@\w+", r"\1", text), edited=edited)
    if "contact" in message:
        contact = message["contact"]
        if contact.get("user_id") == sender.get("id"):
            return Shared("phone", clean_text(str(contact["phone_number"]), 40))
        return SentOther("contact_of_other")
    if "location" in message and "venue" not in message:
        place = place_of(float(message["location"]["latitude"]), float(message["location"]["longitude"]))
        return Shared("place", place) if place else SentOther("location")
    for kind in _OTHER:
        if kind in message:
            return SentOther(kind)
    return SentOther("other")


def _command_of(message: Mapping[str, Any]) -> str:
    found = re.match(r"/(\w{1,32})", str(message.get("text", "")), re.ASCII)
    return found.group(1).lower() if found else ""


def _group(message: Mapping[str, Any], chat: Mapping[str, Any]) -> Read:
    """A group is heard only when it calls the bot by a command; everything else that is said there is not ours."""
    if chat["type"] not in ("group", "supergroup"):
        return Read()
    if "migrate_to_chat_id" in message:
        return Read(moved=(_number(chat["id"]), _number(message["migrate_to_chat_id"])))
    command = _command_of(message)
    if not command:
        return Read()
    argument = clean_text(str(message["text"]), 200).partition(" ")[2].strip()
    return Read(heard=Heard(_number(chat["id"]), _number(message.get("from", {}).get("id", 0)), command, argument))


def _press(query: Mapping[str, Any], number: str, bot: str, received_at: datetime) -> Read:
    sender = query["from"]
    message = query.get("message") or {}
    chat = message.get("chat", {"id": sender["id"], "type": "private"})
    press, data = str(query["id"]), str(query.get("data", ""))[:64]
    if chat["type"] != "private":
        heard = Heard(_number(chat["id"]), _number(sender["id"]), data=data, message_id=_number(message["message_id"]))
        return Read(callback=press, heard=heard)
    address = str(_number(chat["id"]))
    page = re.fullmatch(r"lk1:([0-9a-z]{1,7}):p(\d{1,2})", data, re.ASCII)
    if page:
        turned = Turned(address, _number(message["message_id"]), int(page.group(1), 36), int(page.group(2)))
        return Read(callback=press, turned=turned)
    pressed = read_callback(data)
    if pressed is None:
        return Read(callback=press)
    incoming = Incoming(
        "telegram", address, pressed, received_at, number, bot, language_of(sender),
        pressed_ref=str(_number(message["message_id"])) if message else "",
    )  # fmt: skip
    return Read(incoming, callback=press)


def _membership(change: Mapping[str, Any]) -> Read:
    chat, status = change["chat"], change["new_chat_member"]["status"]
    if chat["type"] == "private":
        return Read(blocked=Blocked(str(_number(chat["id"])), status == "kicked"))
    before = change.get("old_chat_member", {}).get("status", "left")
    if status in ("member", "administrator") and before in ("left", "kicked"):
        return Read(joined=(_number(chat["id"]), str(chat["type"])))
    if status in ("left", "kicked"):
        return Read(left=_number(chat["id"]))
    return Read()


def language_of(sender: Mapping[str, Any]) -> str:
    """The profile's language as a default only: 'nl', 'en', …; unknown = empty."""
    return str(sender.get("language_code") or "").split("-")[0].lower()[:3]


# --- buttons -------------------------------------------------------------------------------------------------------


def callback(turn: int, option: int | str) -> str:
    """`lk1:<turn base 36>:<option>`: at most 20 bytes; the meaning stays on our side."""
    digits, rest = "", turn
    while rest or not digits:
        rest, digit = divmod(rest, 36)
        digits = _DIGITS[digit] + digits
    return f"lk1:{digits}:{option}"


def read_callback(data: str) -> Pressed | None:
    found = re.fullmatch(r"lk1:([0-9a-z]{1,7}):(\d{1,3})", data, re.ASCII)
    return Pressed(int(found.group(1), 36), int(found.group(2))) if found else None


def keyboard(message: Message, turn: int, page: int = 0) -> dict[str, Any] | None:
    """The buttons under a message: at least one column, short ones side by side, long lists by the page.

    A list to tick stays whole, however long: a tick changes the message, and would turn the page back.
    """
    numbered = [(message.first + place, option) for place, option in enumerate(message.options)]
    choices = [one for one in numbered if one[1].group == "choice"]
    others = [one for one in numbered if one[1].group != "choice"]
    leaf: list[dict[str, str]] = []
    if len(choices) > LONG_LIST and not message.multiple:
        pages = -(-len(choices) // PAGE)
        page = min(max(page, 0), pages - 1)
        english = message.language == "en"
        if page > 0:
            leaf.append({"text": "← Back" if english else "← Vorige", "callback_data": callback(turn, f"p{page - 1}")})
        if page < pages - 1:
            leaf.append({"text": "More →" if english else "Meer →", "callback_data": callback(turn, f"p{page + 1}")})
        choices = choices[page * PAGE : (page + 1) * PAGE]
    rows = _rows(choices, turn, 2) + ([leaf] if leaf else []) + _rows(others, turn, 3)
    url = message.card.url if message.card is not None else ""
    if url.startswith("https://"):
        rows.append([{"text": "More on the website" if message.language == "en" else "Meer op de website", "url": url}])
    return {"inline_keyboard": rows} if rows else None


def _rows(numbered: list[tuple[int, Option]], turn: int, widest: int) -> list[list[dict[str, str]]]:
    rows: list[list[dict[str, str]]] = []
    for number, option in numbered:
        label = f"✓ {option.label}" if option.ticked else option.label
        button = {"text": label, "callback_data": callback(turn, number)}
        beside = (
            bool(rows)
            and len(rows[-1]) < widest
            and sum(len(one["text"]) for one in rows[-1]) + len(label) <= LABEL_WIDTH
        )
        if beside:
            rows[-1].append(button)
        else:
            rows.append([button])
    return rows


def _sharing(message: Message) -> dict[str, Any] | None:
    """One tap instead of typing where the question is for a number or a place; typing always works too."""
    english = message.language == "en"
    if message.expects == "phone":
        button: dict[str, Any] = {"text": "Share my number" if english else "Deel mijn nummer", "request_contact": True}
    elif message.expects == "place":
        button = {"text": "Share my location" if english else "Deel mijn locatie", "request_location": True}
    else:
        return None
    others = [[{"text": option.label}] for option in message.options]
    return {"keyboard": [[button], *others], "resize_keyboard": True, "one_time_keyboard": True}


# --- sending -------------------------------------------------------------------------------------------------------


def calls_for(outgoing: Outgoing, *, keys_up: bool = False) -> list[Call]:
    """The calls that bring this message to the visitor, in order; buttons hang under the last part.

    `keys_up`: a keyboard that shares a number or place still stands on the visitor's screen. It leaves with the first
    part that has no buttons of its own, because one message cannot take it away and bring buttons too.
    """
    chat = int(outgoing.address)
    if outgoing.action == "delete":
        return [Call("deleteMessage", {"chat_id": chat, "message_id": int(outgoing.target)})]
    message = outgoing.message
    if outgoing.action == "edit":  # ticks changed: the question stays where it stands
        text, entities = split_text(message)[-1]
        params: dict[str, Any] = {"chat_id": chat, "message_id": int(outgoing.target), "text": text}
        params |= {"entities": entities} if entities else {}
        params |= {"link_preview_options": _NO_PREVIEW, "reply_markup": keyboard(message, outgoing.turn)}
        return [Call("editMessageText", params)]
    markup = _sharing(message) or keyboard(message, outgoing.turn)
    parts = split_text(message)
    if keys_up and markup is not None and "inline_keyboard" in markup and len(parts) == 1:
        parts = _parted(message) or [("All right." if message.language == "en" else "Goed.", []), *parts]
    calls = []
    for place, (text, entities) in enumerate(parts):
        params = {"chat_id": chat, "text": text, "link_preview_options": _NO_PREVIEW}
        if place == 0 and message.image.startswith("https://"):
            params["link_preview_options"] = {"url": message.image, **_PICTURE}
        if entities:
            params["entities"] = entities
        if place == len(parts) - 1 and markup is not None:
            params["reply_markup"] = markup
        elif keys_up and place == 0:
            params["reply_markup"] = {"remove_keyboard": True}
        calls.append(Call("sendMessage", params))
    return calls


_NO_PREVIEW = {"is_disabled": True}
_PICTURE = {"prefer_large_media": True, "show_above_text": True}  # text and buttons stay one message that can be read


def shares(call: Call) -> bool | None:
    """Whether this call brings a sharing keyboard (True), takes it away (False), or leaves it (None)."""
    markup = call.params.get("reply_markup") or {}
    return True if "keyboard" in markup else False if "remove_keyboard" in markup else None


def _parted(message: Message) -> list[Part] | None:
    """What is said before the question, and the question, as two parts; None for a single line."""
    at = message.text.rstrip().rfind("\n")
    if message.card is not None or not message.text[: max(at, 0)].strip():
        return None
    return [_part(message, 0, at), _part(message, at, len(message.text))]


def split_text(message: Message) -> list[Part]:
    """Parts of at most 3,900 UTF-16 units with their entities, cut at paragraphs, sentences or words."""
    text = message.text
    start, last = _skip(text, 0), len(text.rstrip())
    if start >= last:
        return [("…", [])]
    parts: list[Part] = []
    while start < last:
        end = _cut(text[:last], start)
        parts.append(_part(message, start, end))
        start = _skip(text, end)
    return parts


def _part(message: Message, start: int, end: int) -> Part:
    start = _skip(message.text, start)  # Telegram strips both ends, and offsets would slip
    text = message.text[start:end].rstrip()
    return text, _entities(message, start, start + len(text))


def _skip(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _cut(text: str, start: int) -> int:
    end = start
    units = 0
    while end < len(text):
        units += 2 if ord(text[end]) > 0xFFFF else 1
        if units > SPLIT_AT:
            break
        end += 1
    if end == len(text):
        return end
    window = text[start:end]
    for mark in ("\n\n", "\n", ". ", "! ", "? ", " "):
        found = window.rfind(mark)
        if found > len(window) // 3:
            return start + found + len(mark)
    return end


def _entities(message: Message, start: int, end: int) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    text = message.text
    for span in message.spans:
        low, high = max(span.start, start), min(span.end, end)
        if low >= high:
            continue
        offset, length = _units(text[start:low]), _units(text[low:high])
        if span.kind == "link" and span.url.startswith(("https://", "http://", "mailto:", "tel:")):
            out.append({"type": "text_link", "offset": offset, "length": length, "url": span.url})
        elif span.kind == "bold":
            out.append({"type": "bold", "offset": offset, "length": length})
    return out[:100]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
