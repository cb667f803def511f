"""Bot API JSON to events and back, without any library."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels import telegram
from bot.channels.telegram import Call, Unreadable, callback, calls_for, keyboard, read_callback, read_update, shares
from bot.clock import AMSTERDAM
from flows.effects import Card, Message, Option, Span
from flows.events import Event, Pressed, Said, SentOther, Shared, Started
from storage.messages import Outgoing
from tests.telegram.rules import check, units

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=AMSTERDAM)
ME: dict[str, Any] = {"id": 7, "is_bot": False, "first_name": "T", "language_code": "nl-NL"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -100, "type": "supergroup", "title": "Groep"}


def read(update: dict[str, Any]) -> telegram.Read:
    place = {(52.37, 5.22): "Almere"}
    return read_update(update, bot="1", place_of=lambda lat, lon: place.get((lat, lon), ""), received_at=NOW)


def private(**parts: Any) -> dict[str, Any]:
    return {"update_id": 5, "message": {"message_id": 9, "date": 1_795_000_000, "chat": PRIVATE, "from": ME, **parts}}


def event_of(**parts: Any) -> Event | None:
    incoming = read(private(**parts)).incoming
    return incoming.event if incoming else None


@pytest.mark.parametrize(
    ("parts", "event"),
    [
        ({"text": "hallo"}, Said("hallo")),
        ({"text": "/start"}, Started("", "nl")),
        ({"text": "/start slim-regeling-mkb"}, Started("slim-regeling-mkb", "nl")),
        ({"text": "/terug@loket_bot"}, Said("/terug")),
        ({"text": "a\x00b\u202ec\ud800"}, Said("abc")),
        ({"contact": {"phone_number": "+31612345678", "user_id": 7}}, Shared("phone", "+31612345678")),
        ({"contact": {"phone_number": "+31612345678", "user_id": 8}}, SentOther("contact_of_other")),
        ({"contact": {"phone_number": "+31612345678"}}, SentOther("contact_of_other")),
        ({"location": {"latitude": 52.37, "longitude": 5.22}}, Shared("place", "Almere")),
        ({"location": {"latitude": 0.0, "longitude": 0.0}}, SentOther("location")),
        ({"voice": {}}, SentOther("voice")),
        ({"sticker": {}}, SentOther("sticker")),
        ({"photo": [], "caption": "kijk"}, SentOther("photo")),
        ({"document": {}}, SentOther("document")),
        ({"text": "van een ander", "forward_origin": {"type": "something_new"}}, SentOther("forwarded")),
        ({"something_of_next_year": {}}, SentOther("other")),
    ],
)
def test_each_kind_of_message_is_one_event(parts: dict[str, Any], event: Event) -> None:
    assert event_of(**parts) == event


def test_an_edited_text_is_said_again_and_an_edited_location_is_nothing() -> None:
    edited = private(text="toch almere")["message"]
    assert read({"update_id": 1, "edited_message": edited}).incoming.event == Said("toch almere", edited=True)  # type: ignore[union-attr]
    moved = private(location={"latitude": 52.37, "longitude": 5.22})["message"]
    assert read({"update_id": 1, "edited_message": moved}) == telegram.Read()


def test_what_every_library_shares_imports_none() -> None:
    """Whatever the desk makes of Telegram's JSON, it makes without aiogram or python-telegram-bot."""
    own = {"telegram_aiogram", "telegram_aiogram_mount", "telegram_ptb", "telegram_ptb_mount"}
    shared = [path for path in Path(telegram.__file__).parent.glob("telegram*.py") if path.stem not in own]
    assert len(shared) > 8
    for path in shared:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {"aiogram", "telegram", "aiohttp", "httpx"}, path.name


def test_the_profile_language_is_a_default_of_two_or_three_letters() -> None:
    incoming = read(private(text="hi")).incoming
    assert incoming is not None
    assert (incoming.language, incoming.update_id, incoming.message_ref, incoming.address) == ("nl", "5", "9", "7")


def test_a_press_carries_turn_and_option_and_its_id_to_answer() -> None:
    press = {"id": "p1", "from": ME, "message": {"message_id": 3, "chat": PRIVATE}, "data": callback(36, 2)}
    found = read({"update_id": 1, "callback_query": press})
    assert found.callback == "p1"
    assert found.incoming is not None
    assert found.incoming.event == Pressed(36, 2)
    page = read({"update_id": 1, "callback_query": {**press, "data": callback(36, "p1")}})
    assert page.turned == telegram.Turned("7", 3, 36, 1)
    assert page.incoming is None
    for odd in ("lk1:!:0", "lk1:0", "menu:3", "", "lk1:zzzzzzzz:1", "lk1:1:٣"):
        other = read({"update_id": 1, "callback_query": {**press, "data": odd}})
        assert (other.incoming, other.callback) == (None, "p1")


def test_groups_and_channels_are_no_conversations() -> None:
    assert read(private(text="hallo", chat=GROUP)) == telegram.Read()
    heard = read(private(text="/start@loket_bot", chat=GROUP)).heard
    assert heard is not None
    assert (heard.chat, heard.command) == (-100, "start")
    assert read({"update_id": 1, "channel_post": {"text": "x"}}) == telegram.Read()
    assert read(private(migrate_to_chat_id=-200, chat={"id": -1, "type": "group"})).moved == (-1, -200)


def test_blocking_and_unblocking() -> None:
    def member(status: str) -> telegram.Blocked | None:
        change = {"chat": PRIVATE, "from": ME, "date": 1, "new_chat_member": {"user": {}, "status": status}}
        return read({"update_id": 1, "my_chat_member": change}).blocked

    assert member("kicked") == telegram.Blocked("7", True)
    assert member("member") == telegram.Blocked("7", False)
    assert member("a_status_of_next_year") == telegram.Blocked("7", False)


@pytest.mark.parametrize(
    "update",
    [
        {}, {"update_id": "5"}, {"update_id": True}, {"update_id": 2**70, "message": {}},
        {"update_id": 1, "message": None}, {"update_id": 1, "message": {"chat": {}}},
        {"update_id": 1, "message": {"chat": PRIVATE, "date": 1e300, "message_id": 1, "text": "x"}},
        {"update_id": 1, "message": {"chat": PRIVATE, "date": "nooit", "message_id": 1, "text": "x"}},
        {"update_id": 1, "message": {"chat": {"id": [], "type": "private"}, "date": 1, "message_id": 1, "text": "x"}},
        {"update_id": 1, "callback_query": {"id": "1"}},
        private(location={"latitude": "hier", "longitude": 1}),
    ],
)  # fmt: skip
def test_what_has_not_the_promised_shape_is_unreadable_and_nothing_worse(update: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read(update)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text("a1/é\x00😀", max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "message",
                        "chat",
                        "id",
                        "type",
                        "text",
                        "from",
                        "date",
                        "callback_query",
                        "data",
                        "update_id",
                        "location",
                        "contact",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=10,
    )
)
def test_no_json_makes_reading_fail_otherwise(junk: Any) -> None:
    for update in (junk, {"update_id": 1, "message": junk}, {"update_id": 1, "callback_query": junk}):
        if isinstance(update, dict):
            try:
                read(update)
            except Unreadable:
                continue


@given(st.integers(0, 36**6), st.integers(0, 200))
def test_callback_data_is_short_and_comes_back(turn: int, option: int) -> None:
    data = callback(turn, option)
    assert len(data.encode()) <= 20
    assert read_callback(data) == Pressed(turn, option)


# --- out -----------------------------------------------------------------------------------------------------------


def out(message: Message, **more: Any) -> Outgoing:
    return replace(Outgoing(1, "c", "7", "telegram", "1", 1, 0, "bot", 5, message), **more)


def checked(calls: list[Call]) -> list[Call]:
    for call in calls:
        check(call.method, json.loads(json.dumps(call.params)))
    return calls


def test_short_buttons_stand_side_by_side_and_long_ones_below_each_other() -> None:
    options = (
        Option("a", "Ja"),
        Option("b", "Nee"),
        Option("c", "Een hele lange keuze van dertig"),
        Option("!d", "Weet ik niet", "row"),
        Option("!e", "Bel mij", "row"),
    )
    rows = checked(calls_for(out(Message("?", options=options))))[0].params["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [
        ["Ja", "Nee"], ["Een hele lange keuze van dertig"], ["Weet ik niet", "Bel mij"],
    ]  # fmt: skip
    assert rows[2][1]["callback_data"] == "lk1:5:4"


def test_buttons_count_on_over_the_messages_of_a_turn() -> None:
    rows = calls_for(out(Message("?", options=(Option("a", "Ja"),), first=7)))[0].params["reply_markup"][
        "inline_keyboard"
    ]
    assert rows[0][0]["callback_data"] == "lk1:5:7"


def test_a_long_list_is_paged_and_every_choice_is_on_one_page() -> None:
    message = Message("?", options=(*(Option(str(n), f"Keuze {n}") for n in range(25)), Option("!x", "Bel mij", "row")))
    found = []
    for page in range(4):
        markup = keyboard(message, 5, page)
        assert markup is not None
        check("sendMessage", {"text": "x", "reply_markup": markup})
        buttons = [button for row in markup["inline_keyboard"] for button in row]
        found += [button["text"] for button in buttons if button["text"].startswith("Keuze")]
        assert ("← Vorige" in [b["text"] for b in buttons]) == (page > 0)
        assert ("Meer →" in [b["text"] for b in buttons]) == (page < 3)
        assert buttons[-1]["callback_data"] == "lk1:5:25"
    assert found == [f"Keuze {n}" for n in range(25)]


def test_a_list_to_tick_stays_whole() -> None:
    options = tuple(Option(str(n), f"Keuze {n}", ticked=n == 11) for n in range(25))
    markup = keyboard(Message("?", options=options, multiple=True), 5)
    assert markup is not None
    check("sendMessage", {"text": "x", "reply_markup": markup})
    labels = [button["text"] for row in markup["inline_keyboard"] for button in row]
    assert len(labels) == 25
    assert "✓ Keuze 11" in labels


def test_a_card_has_its_buttons_and_a_link() -> None:
    card = Card("x", "scheme", "SLIM", "fits", "open", url="https://example.nl/x")
    message = Message("SLIM. Kort.", "card", (Span(0, 4, "bold"),), (Option("!why:x", "Waarom", "action"),), card)
    (call,) = checked(calls_for(out(message)))
    assert call.params["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    assert call.params["reply_markup"]["inline_keyboard"][-1] == [
        {"text": "Meer op de website", "url": "https://example.nl/x"}
    ]


def test_a_number_or_place_can_be_shared_with_one_tap() -> None:
    options = (Option("!no", "Liever niet", "row"),)
    markup = checked(calls_for(out(Message("Welk nummer?", options=options, expects="phone"))))[0].params[
        "reply_markup"
    ]
    assert markup["keyboard"] == [[{"text": "Deel mijn nummer", "request_contact": True}], [{"text": "Liever niet"}]]
    markup = calls_for(out(Message("Where?", expects="place", language="en")))[0].params["reply_markup"]
    assert markup["keyboard"][0] == [{"text": "Share my location", "request_location": True}]


def test_the_sharing_keyboard_leaves_with_the_next_message() -> None:
    asked = calls_for(out(Message("Waar?", expects="place")))
    assert shares(asked[-1]) is True
    plain = checked(calls_for(out(Message("Dank u.")), keys_up=True))
    assert [shares(call) for call in plain] == [False]
    two_lines = checked(
        calls_for(out(Message("Ik lees: Almere.\nHebt u werk?", options=(Option("a", "Ja"),))), keys_up=True)
    )
    assert [call.params["text"] for call in two_lines] == ["Ik lees: Almere.", "Hebt u werk?"]
    assert [shares(call) for call in two_lines] == [False, None]
    one_line = checked(calls_for(out(Message("Hebt u werk?", options=(Option("a", "Ja"),))), keys_up=True))
    assert [call.params["text"] for call in one_line] == ["Goed.", "Hebt u werk?"]


def test_bold_and_links_are_entities_in_utf16_units() -> None:
    message = Message(
        "😀 vet link",
        spans=(Span(2, 5, "bold"), Span(6, 10, "link", "https://x.nl"), Span(6, 10, "link", "javascript:x")),
    )
    (call,) = checked(calls_for(out(message)))
    assert call.params["entities"] == [
        {"type": "bold", "offset": 3, "length": 3},
        {"type": "text_link", "offset": 7, "length": 4, "url": "https://x.nl"},
    ]
    assert "parse_mode" not in call.params


def test_a_picture_stands_above_the_text_it_belongs_to() -> None:
    (call,) = checked(calls_for(out(Message("Zo ziet het eruit.", image="https://example.nl/x.png"))))
    preview = {"url": "https://example.nl/x.png", "prefer_large_media": True, "show_above_text": True}
    assert call.params["link_preview_options"] == preview
    (plain,) = checked(calls_for(out(Message("Zo niet.", image="file:///etc/passwd"))))
    assert plain.params["link_preview_options"] == {"is_disabled": True}


def test_the_visitors_number_is_deleted() -> None:
    (call,) = calls_for(out(Message(""), action="delete", target="44"))
    assert call == Call("deleteMessage", {"chat_id": 7, "message_id": 44})


def test_long_texts_are_cut_between_sentences_with_the_buttons_under_the_last() -> None:
    text = "Dit is een zin. " * 1000
    calls = checked(calls_for(out(Message(text, options=(Option("a", "Ja"),)))))
    assert len(calls) == 5
    assert all(call.params["text"].endswith(".") for call in calls)
    assert " ".join(call.params["text"] for call in calls) == text.strip()
    assert ["reply_markup" in call.params for call in calls] == [False] * 4 + [True]


_PIECES = st.lists(
    st.sampled_from(["😀", "a", "é", " ", "\n", "\n\n", ". ", "woord ", "👩‍👩‍👧 ", "x" * 500]), max_size=60
)


@settings(max_examples=60)
@given(_PIECES, st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 4000), st.booleans()), max_size=5))
def test_whatever_the_text_every_call_is_one_telegram_accepts(
    pieces: list[str], spans: list[tuple[int, int, bool]]
) -> None:
    text = "".join(pieces)
    marks = tuple(
        Span(low, min(high, len(text)), "bold" if bold else "link", "" if bold else "https://x.nl")
        for low, high, bold in spans
        if low < min(high, len(text))
    )
    calls = checked(calls_for(out(Message(text, spans=marks))))
    said = "".join("".join(call.params["text"].split()) for call in calls)
    assert said == ("".join(text.split()) or "…")
    assert all(units(call.params["text"]) <= 4096 for call in calls)
