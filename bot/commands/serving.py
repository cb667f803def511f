"""`loket serve`, `loket worker` and `loket telegram`: processes that stay."""

from __future__ import annotations

import argparse
import asyncio
import functools
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from bot.beside import Beside
    from bot.desk import Desk
    from bot.serve import Work
    from bot.settings import Settings
    from knowledge.problems import ContentInvalid

A_DAY = 24 * 3600.0  # seconds


def serve(options: argparse.Namespace) -> int:
    """Pages, delivery, reminders; Telegram when a token is set."""
    settings = _settings(options)
    return asyncio.run(_serve(options, settings, pages=True))


def worker(options: argparse.Namespace) -> int:
    """The webhook and delivery, without pages."""
    settings = _settings(options)
    return asyncio.run(_serve(options, settings, pages=False))


def telegram(options: argparse.Namespace) -> int:
    """The bot alone: webhook when its address is set, else long polling."""
    from knowledge.problems import LoketError

    settings = _settings(options)
    if options.library:
        settings = replace(settings, telegram_library=options.library)
    if not settings.telegram_token:
        raise LoketError("LOKET_TELEGRAM_TOKEN is empty; copy it from @BotFather")
    return asyncio.run(_serve(options, settings, pages=False))


def _settings(options: argparse.Namespace) -> Settings:
    from bot.logs import set_up_logging
    from bot.settings import make_data_folder, read_settings
    from knowledge.problems import LoketError

    settings = read_settings()
    if options.content is not None:
        if not options.content.is_dir():
            raise LoketError(f"'{options.content}' is not a folder; `loket new {options.content}` makes one")
        settings = replace(settings, content=options.content)
    make_data_folder(settings)
    set_up_logging(settings.log_level)
    return settings


async def _serve(options: argparse.Namespace, settings: Settings, *, pages: bool) -> int:
    from bot.beside import beside
    from bot.desk import Desk
    from bot.health import with_health
    from bot.noticing import Noticing
    from bot.serve import open_socket, run
    from knowledge.problems import ContentInvalid

    listening = open_socket(settings)
    try:
        async with AsyncExitStack() as stack:
            try:
                desk = await stack.enter_async_context(Desk.opened(settings=settings))
                desk.content.knowledge.require_catalogue()
            except ContentInvalid:
                raise _everything_wrong(settings) from None
            reload_on_hangup(desk)
            running = await stack.enter_async_context(beside(desk))
            lines = await _welcome(desk, listening, pages=pages, demo=getattr(options, "demo", False))
            answering, stop_streams = _app(desk, running, pages=pages)
            stopping = functools.partial(_asked_to_stop, desk, running, stop_streams)
            ready = functools.partial(print, *lines, sep="\n", flush=True)
            work = [*_mail(desk), _retention(desk), Noticing(desk).run]
            await run(with_health(answering, desk), listening, work, ready, stopping)
    finally:
        listening.close()
    return 0


def _asked_to_stop(desk: Desk, running: Beside, stop_streams: Callable[[], None]) -> None:
    """From the signal on, everything has the same few seconds; a second signal gives no more."""
    from bot.stopping import end_in_time

    if not desk.deadline.begun:
        desk.deadline.begin()
        end_in_time()
    running.stop_fetching()
    stop_streams()


def reload_on_hangup(desk: Desk) -> None:
    """SIGHUP reads the pack again; when something is wrong with it, that is logged and the old content goes on."""
    import signal

    from bot.reloading import reload_content

    going_on: set[asyncio.Task[bool]] = set()

    def begin() -> None:
        task = asyncio.ensure_future(reload_content(desk))
        going_on.add(task)
        task.add_done_callback(going_on.discard)

    if hasattr(signal, "SIGHUP"):  # Windows has none
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, begin)


def _everything_wrong(settings: Settings) -> ContentInvalid:
    """All problems of flows, facts and catalogue at once: three typos should not take three starts."""
    from flows.content import Content
    from knowledge.problems import ContentInvalid, Problems

    problems = Problems()
    content = Content.read(settings.content, problems)
    if content is not None:
        _ = content.knowledge.catalogue  # reading it adds its problems
    return ContentInvalid(problems.errors)


def _retention(desk: Desk) -> Work:
    """Once a day what is past its time goes, without anybody having to remember it."""

    async def daily() -> None:
        import logging

        from knowledge.problems import LoketError

        while True:
            await asyncio.sleep(A_DAY)
            try:
                swept = await desk.store.retention(dry_run=False)
            except LoketError as refused:  # a wrong clock, or far too much at once: a person has to look
                logging.getLogger("loket.retention").error(
                    "retention refused", extra={"reason": type(refused).__name__}
                )
            else:
                logging.getLogger("loket.retention").info("retention", extra={"count": sum(swept.counts.values())})

    return daily


def _mail(desk: Desk) -> list[Work]:
    """Notices by mail, when a mail server is set."""
    if not desk.settings.smtp_url:
        return []
    from bot.mail import Mailer, Post

    return [Mailer(desk, Post.from_url(desk.settings.smtp_url)).run]


def _app(desk: Desk, running: Beside, *, pages: bool) -> tuple[ASGIApp, Callable[[], None]]:
    """The pages with Telegram's route in front, or that route alone; and what to do when a stop is asked for."""
    if pages:
        from bot.web.app import create_app

        app = create_app(desk)
        return running.around(app), app.state.house.broker.stop
    from bot.beside import without_pages

    return running.around(without_pages(desk)), lambda: None


async def _welcome(desk: Desk, listening: socket.socket, *, pages: bool, demo: bool) -> list[str]:
    """What the operator reads once everything answers."""
    host, port = listening.getsockname()[:2]
    if not pages:
        return [f"The desk works on {host}:{port} (no pages). Stop with Ctrl-C."]
    address = desk.settings.public_url or f"http://{'localhost' if desk.settings.loopback else host}:{port}"
    lines = ["", f"  {desk.content.knowledge.desk.name} is open.", "", f"  Chat   {address}/chat"]
    if demo and desk.settings.embedded and desk.settings.loopback:
        link = await _practice(desk, address)
        lines += [f"  Desk   {link}", "         (works once, on this machine only; three practice cases are waiting)"]
    else:
        lines.append(f"  Desk   {address}/desk   (add a coach with: loket coach add NAME)")
    return [*lines, "", "  Stop with Ctrl-C. What was said is kept.", ""]


async def _practice(desk: Desk, address: str) -> str:
    """A practice coach with a fresh one-time link, and the practice cases."""
    from datetime import timedelta

    from bot.demo import make_practice_cases
    from storage.keys import hashed, token

    staff = await desk.store.staff("oefencoach") or await desk.store.add_staff(
        "oefencoach", "Oefencoach", "coordinator"
    )
    await make_practice_cases(desk)
    one_time = token()
    await desk.store.put_link(hashed(one_time), staff.id, desk.clock() + timedelta(hours=12), purpose="desk")
    return f"{address}/desk/open/{one_time}"
