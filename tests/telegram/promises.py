"""What the Telegram channel promises, and the tests that hold each promise: docs/telegram-gedrag.md is made from this.

    python -m tests.telegram.promises      writes the page

Libraries and ways are not written here: they are read from the tests as pytest collects them.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "telegram-gedrag.md"
LIBRARIES, WAYS = ("aiogram", "ptb"), ("polling", "webhook", "mounted", "forwarded", "web chat")


@dataclass(frozen=True)
class Promise:
    about: str
    sentence: str
    tests: tuple[str, ...]  # "file::start of a name": all tests of that file whose name begins so


def _all(text: str) -> tuple[Promise, ...]:
    """Lines of a sentence, and below each its tests, indented; a line that ends with ':' begins a chapter."""
    found: list[Promise] = []
    about = ""
    for line in filter(None, text.strip().splitlines()):
        if line.startswith(" "):
            last = found.pop()
            found.append(Promise(about, last.sentence, (*last.tests, *line.split())))
        elif line.endswith(":"):
            about = line[:-1]
        else:
            found.append(Promise(about, line, ()))
    return tuple(found)


PROMISES = _all("""
The whole story:
Intake, odd messages, advice, hand-over, coach, outcome: what the visitor sees is equal everywhere
    same_story::
The same with kill -9 in the middle: no turn lost, none done twice
    killed::test_the_whole_story killed::test_kill_9
A stop amid turns, slow answers, a chat that must wait and an open poll: in ten seconds, nothing lost or doubled
    killed::test_a_normal_stop stopping::

Two libraries, one behaviour:
What reads Telegram's JSON imports no library
    mapping::test_what_every_library
What a library parsed means what its JSON means
    lean::
The desk runs alone, by `loket telegram` and inside `loket serve`
    killed::test_a_normal_stop
The examples of an existing bot run, and its own commands keep working
    killed::test_the_examples mounted::test_as_a_guest mounted::test_the_hosts_commands
A host's own polling works too; what only ours can promise is documented
    mounted::test_with_the_hosts_own_polling mounted::test_a_turn_that_was_not_stored
A host's webhook and error handling hear what the library would swallow
    mounted::test_a_webhook_of_the_host mounted::test_a_host_that_feeds mounted::test_a_refused_token
A host's default markup does not touch our texts; each dispatcher has a router of its own
    mounted::test_a_host_with_markup mounted::test_each_dispatcher
A bot in any framework forwards its raw updates in ten lines
    killed::test_the_examples mounted::test_as_a_guest same_story::test_the_story_is_the_same_in_somebody
Another library judges every call of the aiogram adapter
    teremok::

Everything a visitor does:
Opens by a link or QR code at an entry or flow
    links::
Finds commands, name and descriptions in Dutch and English, with another way to reach us and where privacy is explained
    profile::
Presses buttons: short ones side by side, long lists by the page, at most 20 bytes of data
    mapping::test_short_buttons mapping::test_a_long_list mapping::test_callback_data receiving::test_a_long_list
Ticks several answers in the message itself
    visitor::test_several_choices mapping::test_a_list_to_tick sending::test_ticks
Presses an old button, or one that is not ours, and is answered
    receiving::test_a_press receiving::test_a_button visitor::test_advice_is_cards
Types an answer beside the buttons
    same_story:: visitor::test_stop_stops
Shares a number with one tap, and the keyboard leaves, also after a restart
    visitor::test_a_number receiving::test_a_keyboard mapping::test_a_number mapping::test_the_sharing
Shares a location: the municipality is kept and read back, never the point
    visitor::test_a_location receiving::test_a_place
Corrects an answer by editing the message
    visitor::test_an_edited mapping::test_an_edited
Sends a sticker, voice message, photo, document, forwarded message or somebody's number: a kind answer and a way on
    visitor::test_what_cannot_be_read mapping::test_each_kind
Nothing of a file is stored
    visitor::test_of_a_file
Reacts with a thumb: no turn
    receiving::test_a_reaction
Sends five messages at once, and is answered in order
    receiving::test_five_messages desk::test_events_of_one desk::test_lanes
Writes or reads 4,096 characters and more: cut between sentences
    visitor::test_four_thousand mapping::test_long_texts mapping::test_whatever_the_text
Reads bold and links, whatever is typed: spans, never markup
    mapping::test_bold mapping::test_a_picture mounted::test_a_host_with_markup
Sees that somebody types when it takes longer
    receiving::test_slow_work
Is met in the language of the profile, and keeps the language that was chosen
    visitor::test_the_profiles mapping::test_the_profile
Blocks the bot, and comes back
    receiving::test_blocking sending::test_a_blocked mapping::test_blocking
Stops, and goes on by typing
    visitor::test_stop_stops
Calls the bot in a group or channel, and hears that it talks in private
    receiving::test_a_group mapping::test_groups
Hears before the first sensitive question that our own chat is safer
    visitor::test_before_a_sensitive
Sees a typed sensitive answer and a citizen service number leave the chat, and hears why
    visitor::test_a_sensitive visitor::test_a_pressed receiving::test_a_number mapping::test_the_visitors
Gets advice as short cards with buttons
    visitor::test_advice mapping::test_a_card
Goes on in Telegram with a conversation from the web
    desk::test_a_conversation_from
Floods us, hears it once, and nobody else notices
    receiving::test_a_chat_that_floods

Delivery:
Every answer of the Bot API has its one reaction (the table in telegram.md)
    sending::test_each_answer sending::test_a_server sending::test_refused
    sending::test_a_message_that_stays sending::test_deleting
429 holds up this chat only, as long as asked; two chats within a second: the bot
    sending::test_429 sending::test_one_slow
An answer that got lost is sent once more, and counted
    sending::test_a_lost_answer sending::test_parts_that_arrived
Reminders are paced as the settings say; answers never wait
    sending::test_reminders
A queued reply of the desk is dropped when a coach takes over
    sending::test_a_queued
Delivery that stumbles begins again
    sending::test_delivery sending::test_stopping
The token stands in no log and no failure
    sending::test_the_token

Receiving:
Nothing is acknowledged before it is stored: the offset stays, or 503 with Retry-After
    receiving::test_nothing_is_acknowledged receiving::test_503
An update that comes again is one turn
    receiving::test_the_same_update
An update that nobody can read blocks nobody
    receiving::test_an_update_nobody mapping::test_what_has_not mapping::test_no_json
A fault of our own is tried three times, then put aside with an apology
    receiving::test_a_fault desk::test_a_failing
Bad weather while polling passes; a revoked token makes no storm
    receiving::test_bad_weather receiving::test_a_revoked
One process polls, and hands over on stopping
    receiving::test_only_the_holder receiving::test_a_normal_stop
Odd webhook requests get 401, 405, 413 or 400, never 500; the secret is compared as bytes
    receiving::test_odd_requests receiving::test_the_webhook receiving::test_workers

The coaches' group:
Linked by a code that works once, for half an hour; guessing stops
    linking:: group::test_codes group::test_guessing group::test_a_used
A card without personal data, and one coach who gets it, in the group or at the desk
    group::test_a_card_without group::test_in_the_group group::test_who_may_not
It survives moving, bad weather, and being taken out
    group::test_the_group_moves group::test_a_card_follows group::test_a_card_comes
    group::test_taken group::test_a_group_that group::test_telegram_may
It works in somebody else's bot too
    group::test_the_group_works
Other groups and other buttons are nobody's business
    group::test_other
""")


@cache
def functions(file: str) -> Mapping[str, str]:
    """Tests and fixtures of a file: name -> source."""
    text = (HERE / f"test_{file}.py").read_text(encoding="utf-8")
    found = ast.parse(text).body
    wanted = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {one.name: ast.get_source_segment(text, one) or "" for one in found if isinstance(one, wanted)}


def names(promise: Promise) -> dict[str, list[str]]:
    """The tests that hold it, by file. Raises LookupError when a name stands for nothing."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in promise.tests:
        file, _, start = one.partition("::")
        fitting = [name for name in functions(file) if name.startswith(start or "test_")]
        if not fitting:
            raise LookupError(f"no test {one}")
        found[file] += fitting
    return found


def source_of(file: str, name: str) -> str:
    """A test with the fixtures it takes and the helpers of its file that it calls."""
    known, todo, seen = functions(file), [name], []
    while todo:
        one = todo.pop()
        if one in known and one not in seen:
            seen.append(one)
            todo += re.findall(r"\w+", known[one])
    return "\n".join(known[one] for one in seen)


def where(file: str, name: str, cases: Iterable[str]) -> tuple[set[str], set[str]]:
    """Libraries and ways of a test: what its collected cases are called, and what is fixed in it."""
    if file == "mapping":
        return set(), set()
    source = source_of(file, name)
    called = " ".join(cases).casefold()
    libraries = {one for one in LIBRARIES if re.search(rf"\b{one}\b", called) or f'"{one}"' in source}
    libraries |= {one for one in LIBRARIES if f"{one}_bot(" in source or f"mounted_{one}(" in source}
    libraries |= {"ptb"} if "ptb_application(" in source else set()
    libraries |= {"aiogram"} if "AiogramCarrier" in source else set()
    ways = {"mounted"} if file == "lean" else {one for one in WAYS if one in called}
    ways |= {one for one in ("polling", "webhook") if f" {one}(" in source}
    ways |= {"mounted"} if re.search(r"OWN_LOOPS|mounted_|example\(|_router\(", source) else set()
    ways |= {"web chat"} if name.endswith("on_the_web") else set()
    return libraries, ways


def page(collected: Iterable[str]) -> str:
    """The whole page, from the ids that pytest collected in tests/telegram."""
    cases: dict[tuple[str, str], list[str]] = defaultdict(list)
    for nodeid in collected:
        found = re.fullmatch(r".*tests/telegram/test_(\w+)\.py::(\w+)(?:\[(.*)\])?", nodeid)
        if found is not None:
            cases[found[1], found[2]].append(found[3] or "")
    lines = [
        "# What the Telegram channel promises",
        "",
        "Each promise with the tests that hold it, and the libraries and ways they try it in (`make test`, the longest",
        "ways in `make test-long`). Made from `tests/telegram/promises.py` and the tests themselves; do not change it",
        "by hand (`python -m tests.telegram.promises`). *Shared* is the part that knows no library.",
    ]
    about = ""
    for promise in PROMISES:
        if promise.about != about:
            about = promise.about
            lines += ["", f"## {about}", "", "| promise | tests | library | way |", "|---|---|---|---|"]
        libraries: set[str] = set()
        ways: set[str] = set()
        held, count = [], 0
        for file, tests in names(promise).items():
            for test in tests:
                more = where(file, test, cases[file, test])
                libraries, ways = libraries | more[0], ways | more[1]
                count += len(cases[file, test])
            held.append(f"[{file}](../tests/telegram/test_{file}.py)")
        told = ", ".join(one for one in LIBRARIES if one in libraries) or "shared"
        through = ", ".join(one for one in WAYS if one in ways)
        lines.append(f"| {promise.sentence} | {count}: {', '.join(held)} | {told} | {through} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    import pytest

    class Collector:
        def __init__(self) -> None:
            self.ids: list[str] = []

        @pytest.hookimpl(tryfirst=True)
        def pytest_collection_modifyitems(self, items: list[Any]) -> None:
            self.ids += [item.nodeid for item in items]

    collector = Collector()
    pytest.main(["--collect-only", "-qq", "-p", "no:xdist", str(HERE)], plugins=[collector])
    PAGE.write_text(page(collector.ids), encoding="utf-8")


if __name__ == "__main__":
    main()
