"""`loket try` and `loket publish`: talk with a draft, and put it where the desk reads it."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from bot.channels.terminal import Screen
from bot.cleaning import clean_text
from bot.clock import Clock, clock_on, system_clock
from bot.commands.editing import stored_moves
from bot.drafts import Draft, DraftTalk, by_hand, in_force, previous, put_back, put_in_force, stage
from flows.check import check
from flows.content import Content
from flows.diff import compare
from flows.events import Said
from flows.turn import Turn
from knowledge.problems import ContentInvalid, LoketError


def try_draft(options: argparse.Namespace) -> int:
    """A conversation in the terminal; what was saved meanwhile counts from the next line on."""
    folder = _pack(options.folder)
    clock = clock_on(options.date) if options.date else system_clock
    draft = Draft(folder, clock().date())
    draft.refresh()
    if draft.content is not None and options.language not in draft.content.languages:
        known = ", ".join(draft.content.languages)
        raise LoketError(f"'{options.language}' is not a language of this desk; known: {known}")
    if options.web:
        return _in_the_browser(draft, clock, options)
    talk = DraftTalk(draft, clock, options.language)
    screen = Screen(print, colours=sys.stdout.isatty())
    told = _tell(folder, draft, "")
    _show(screen, talk.begin())
    while True:
        try:
            said = input("u      ")
        except (EOFError, KeyboardInterrupt):
            return 0
        if said.strip().casefold() in ("tot ziens", "exit", "quit", "doei"):
            return 0
        asked = talk.asked
        if draft.refresh():
            told = _tell(folder, draft, told)
            if draft.readable:
                turn = talk.begin()
                if not said.strip() or talk.asked != asked:
                    _show(screen, turn)
                    continue  # another question stands there now: what was typed was no answer to it
        if said.strip():
            _show(screen, talk.play(Said(clean_text(said))))


def _in_the_browser(draft: Draft, clock: Clock, options: argparse.Namespace) -> int:
    """The draft chat and its problems as a page, for the browser of this machine, until Ctrl-C."""
    import asyncio

    from bot.serve import open_local_socket, run
    from bot.web.draft_chat import DraftChat, create_draft_app

    listening = open_local_socket(options.port)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    chat = DraftChat(draft, clock, options.language)

    def ready() -> None:
        print(f"Your draft and its problems: {address}", "It reads a file again when you save it. Ctrl-C stops.",
              sep="\n", flush=True)  # fmt: skip

    asyncio.run(run(create_draft_app(chat), listening, (), ready, chat.stop))
    return 0


def _tell(folder: Path, draft: Draft, told: str) -> str:
    """Print what is wrong with the draft when that is something else than before."""
    now = draft.told()
    if now != told:
        print(f"--- {folder}", now, "---", sep="\n")
    return now


def _show(screen: Screen, turn: Turn | None) -> None:
    if turn is not None:
        screen.show(turn)


def publish(options: argparse.Namespace) -> int:
    """Exit status 0 when something was published or nothing had to be, 2 when it was refused."""
    today = options.date or system_clock().date()
    target: Path = options.to
    if options.back:
        before = previous(target)
        print(_change(_current(target), before, today))
        if not (options.yes or _agreed(f"Go back to {before.name}?")):
            return 2
        print(f"In force in {target}: {put_back(target).name}. {_RELOAD}")
        return 0
    if options.folder is None:
        raise LoketError("say which pack: loket publish DIR --to TARGET")
    staged = stage(_pack(options.folder), target, system_clock())
    published = False
    try:
        report = check(staged.folder, today)
        if not report.ok:
            print(report.render().replace(staged.folder.as_posix(), options.folder.as_posix()))
            print("Nothing was published.")
            return 2
        print(_change(_current(target), staged.folder, today))
        if not (options.yes or _agreed(f"Publish to {target}?")):
            return 2
        version = put_in_force(staged)
        published = True
        print(f"In force in {target}: {version.name}. {_RELOAD}")
        return 0
    finally:
        if not published:
            staged.discard()


_RELOAD = "A running desk reads it after SIGHUP or a restart."


def _current(target: Path) -> Path | None:
    """The pack the desk reads now; None for what ships, when the target holds nothing yet."""
    return target if in_force(target) is not None or by_hand(target) else None


def _change(old: Path | None, new: Path, today: date) -> str:
    """What changes for visitors. Raises ContentInvalid when the new pack cannot be read."""
    fresh = Content.load(new)
    fresh.knowledge.require_catalogue()
    try:
        held = Content.load(old)
        held.knowledge.require_catalogue()
    except ContentInvalid:
        return "What the desk reads now cannot be read any more, so what changes is not known."
    found = compare(held, fresh, today)
    try:
        found.stored = stored_moves(fresh, today)
    except LoketError as error:  # a pack may be published from where the database cannot be reached
        found.stored = [f"not counted: {error}"]
    return found.render()


def _agreed(question: str) -> bool:
    try:
        said = input(f"{question} [y/N] ")
    except EOFError:
        said = ""
    if said.strip().casefold() in ("y", "yes", "j", "ja"):
        return True
    print("Nothing was changed. (Use --yes to publish without being asked.)")
    return False


def _pack(folder: Path) -> Path:
    if not folder.is_dir():
        raise LoketError(f"'{folder}' is not a folder; `loket new {folder}` makes one")
    return folder
