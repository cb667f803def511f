"""The `loket` command: reads the command line, runs one function, turns expected errors into one clear line.

Exit status: 0 done, 1 done but something was wrong with the input, 2 not started or nothing served.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from knowledge.problems import LoketError


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="loket", description="The chat assistant of a one-stop development desk.")
    top.add_argument("--version", action="store_true", help="show the version and stop")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, runs: str, about: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=about, description=about)
        one.set_defaults(runs=runs)
        return one

    def content_option(one: argparse.ArgumentParser) -> None:
        one.add_argument("--content", type=Path, metavar="DIR", help="a region's own pack (default LOKET_CONTENT)")

    def date_option(one: argparse.ArgumentParser) -> None:
        one.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="answer as if it were this day")

    serve = command("serve", "serving:serve", "web chat, coach desk, delivery, reminders; Telegram when a token is set")
    serve.add_argument("--demo", action="store_true", help="three labelled demo cases and a one-time desk link")
    content_option(serve)
    worker = command("worker", "serving:worker", "Telegram webhook and delivery without pages, beside other workers")
    content_option(worker)
    telegram = command(
        "telegram", "serving:telegram", "Telegram alone: long polling, or webhook when its address is set"
    )
    telegram.add_argument("--library", choices=["aiogram", "ptb"], help="default LOKET_TELEGRAM_LIBRARY")
    content_option(telegram)

    chat = command("chat", "talking:chat", "talk to the desk in the terminal")
    chat.add_argument("--json", action="store_true", help="one JSON object per turn")
    chat.add_argument("--language", default="nl", metavar="CODE", help="nl (default), en, …")
    chat.add_argument("--flow", default="", metavar="ID", help="start in a flow, as a deep link would")
    chat.add_argument("--store", default="", metavar="URL", help="keep the conversation in this database")
    date_option(chat)
    content_option(chat)
    ask = command("ask", "talking:ask", "one free-text question to understanding and search; '-' reads lines")
    ask.add_argument("text", help="the question, or - for one question a line from standard input")
    ask.add_argument("--json", action="store_true")
    ask.add_argument("--top", type=int, default=3, metavar="N")
    date_option(ask)
    content_option(ask)
    match = command("match", "talking:match", "verdicts for given facts; '-' reads one JSON object a line")
    match.add_argument("facts", help="a YAML or JSON file with facts, or - for standard input")
    match.add_argument("--json", action="store_true")
    date_option(match)
    content_option(match)

    check = command("check", "editing:check", "check flows and catalogue; every problem at once")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="report only problems in these files")
    check.add_argument("--json", action="store_true", help="the whole report as one JSON object")
    check.add_argument(
        "--witnesses", nargs="?", const="-", default="", metavar="FILE",
        help="a conversation that leads to each entry, on the screen or into FILE",
    )  # fmt: skip
    check.add_argument("--fix", action="store_true", help="write missing step ids")
    check.add_argument("--deploy", action="store_true", help="check the settings for a public installation instead")
    date_option(check)
    content_option(check)
    draw = command("draw", "editing:draw", "a flow as a Mermaid diagram")
    draw.add_argument("flow")
    content_option(draw)
    read = command("read", "editing:read", "a flow as a Dutch script")
    read.add_argument("flow")
    content_option(read)
    diff = command("diff", "editing:diff", "for which answers the advice changes between two packs")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    date_option(diff)
    schema = command("schema", "editing:schema", "JSON Schema of the files editors write")
    schema.add_argument("kind", nargs="?", default="flow", choices=["flow", "entry", "facts", "desk"])
    translate = command("translate", "translating:translate", "texts for translators: gettext files by key")
    translate.add_argument("action", choices=["extract", "update", "check"])
    translate.add_argument("--language", default="", metavar="CODE", help="only this one (default: all there are)")
    translate.add_argument("--all", action="store_true", help="update: also add what has no translation yet")
    translate.add_argument("--output", type=Path, default=Path("."), metavar="DIR", help="extract: where to write")
    content_option(translate)
    replay = command("replay", "editing:replay", "play dialogue transcripts and compare")
    replay.add_argument("transcripts", nargs="+", type=Path)
    replay.add_argument("--write", action="store_true", help="write what the desk says now into the files")
    content_option(replay)
    new = command("new", "editing:new", "make a region's own pack that passes check at once")
    new.add_argument("folder", type=Path)
    trying = command("try", "drafting:try_draft", "talk with a draft pack beside its problems; reloads when saved")
    trying.add_argument("folder", type=Path, metavar="DIR")
    trying.add_argument("--language", default="nl", metavar="CODE", help="nl (default), en, …")
    trying.add_argument("--web", action="store_true", help="as a page in the browser, the problems beside the chat")
    trying.add_argument("--port", type=int, default=0, help="of that page (default: 8008, or any that is free)")
    date_option(trying)
    publish = command("publish", "drafting:publish", "check a pack, show what changes, put it in force")
    publish.add_argument("folder", type=Path, nargs="?", metavar="DIR")
    publish.add_argument("--to", type=Path, required=True, metavar="TARGET", help="the folder of LOKET_CONTENT")
    publish.add_argument("--back", action="store_true", help="return to the version before")
    publish.add_argument("--yes", action="store_true", help="do not ask")
    date_option(publish)
    link = command("link", "editing:link", "a deep link and QR code to an entry or flow")
    link.add_argument("target")
    link.add_argument("--svg", type=Path, metavar="FILE", help="write the QR code here")
    content_option(link)

    command("migrate", "operating:migrate", "bring the database to this version")
    command("doctor", "operating:doctor", "read-only check of database, versions and settings")
    backup = command("backup", "operating:backup", "copy the embedded database while it runs, data and keys apart")
    backup.add_argument("folder", type=Path, help="where the data and the keys are written, as two files")
    restore = command(
        "restore", "operating:restore", "put a backup in an empty LOKET_DATA, or its keys beside a dump of PostgreSQL"
    )
    restore.add_argument(
        "data", type=Path, nargs="?", help="the backup: loket-….db (PostgreSQL: restore the dump first)"
    )
    restore.add_argument("keys", type=Path, help="the newest file with keys")
    export = command("export", "operating:export", "everything kept about one conversation, as JSON")
    export.add_argument("case", help="K-code of the case")
    forget = command("forget", "operating:forget", "erase the person of a case for good")
    forget.add_argument("case", help="K-code of the case")
    retention = command("retention", "operating:retention", "remove what is past its time")
    retention.add_argument("--dry-run", action="store_true", help="only say what would go")
    retention.add_argument("--anyway", action="store_true", help="also when it looks like too much")
    keys = command("keys", "operating:keys", "rotate the key-encryption key")
    keys.add_argument("action", choices=["rotate"])
    coach = command("coach", "operating:coach", "add a coach to the desk")
    coach.add_argument("action", choices=["add"])
    coach.add_argument("name", help="login name")
    coach.add_argument("--role", default="coach", choices=["coach", "coordinator", "admin", "auditor"])
    link_telegram = command("telegram-code", "telegram_code:telegram_code", "link a coach, or the coaches' group")
    link_telegram.add_argument("login", nargs="?", default="", help="login name of a coach; without it: the group")
    audit = command("audit", "operating:audit", "verify the audit log")
    audit.add_argument("action", choices=["verify"])
    sbom = command("sbom", "supply:sbom", "what this installation is made of, as CycloneDX JSON")
    sbom.add_argument("--licences", action="store_true", help="a table of packages and licences instead")
    report = command("report", "operating:report", "what people asked for and the desk could not offer")
    report.add_argument("kind", choices=["demand"])
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what the shell calls."""
    top = parser()
    options = top.parse_args(arguments)
    if options.version:
        from bot import __version__

        print(f"loket {__version__}")
        return 0
    if not options.command:
        top.print_help()
        return 2
    if arguments is None and options.command in ("check", "diff"):
        gc.disable()  # a process of its own, over in a moment: what a proof makes is kept until it is told
    module, function = options.runs.split(":")
    try:
        status: int = getattr(importlib.import_module(f"bot.commands.{module}"), function)(options)
        return status
    except LoketError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0  # the reader of our output went away, as `| head` does
    except KeyboardInterrupt:
        return 130


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date like 2026-11-21") from None


if __name__ == "__main__":
    sys.exit(main())
