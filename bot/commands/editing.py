"""What editors use: check, draw, read, diff, schema, replay, new, link."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import system_clock
from bot.commands.content import load_content
from knowledge.problems import LoketError, did_you_mean

if TYPE_CHECKING:
    from flows.content import Content


def check(options: argparse.Namespace) -> int:
    """Exit status 0 when nothing is wrong (warnings are said), 2 when something is."""
    if options.deploy:
        from bot.deploy import unsafe

        complaints = unsafe()
        for complaint in complaints:
            print(complaint)
        print(f"{len(complaints)} unsafe setting{'' if len(complaints) == 1 else 's'}.")
        return 2 if complaints else 0
    from bot.settings import read_settings
    from flows.check import check as check_content

    folder = _folder(options.content) or read_settings().content
    if options.fix:
        from flows.fixing import fix

        for line in fix(folder):
            print(line)
    report = check_content(folder, _today(options.date))
    only = tuple(path.name for path in options.paths)
    for path in options.paths:
        if not path.exists() and path.name not in report.files:
            raise LoketError(f"no file is called '{path.name}'. {did_you_mean(path.name, report.files)}".strip())
    if options.witnesses == "-":
        print(report.witnesses())
    elif options.json:
        print(json.dumps(report.data(only), ensure_ascii=False))
    else:
        print(report.render(only))
    if options.witnesses not in ("", "-"):
        _write(Path(options.witnesses), report.witnesses())
    return 0 if report.ok else 2


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LoketError(f"'{path}' cannot be written: {error.strerror}") from None
    print(f"Written: {path}", file=sys.stderr)


def draw(options: argparse.Namespace) -> int:
    from flows.drawing import mermaid

    content = load_content(options.content)
    print(mermaid(content, _known_flow(content.flows, options.flow)))
    return 0


def read(options: argparse.Namespace) -> int:
    from flows.script import script

    content = load_content(options.content)
    print(script(content, _known_flow(content.flows, options.flow)))
    return 0


def diff(options: argparse.Namespace) -> int:
    """What changes between two packs, and what the conversations in the desk's database will notice."""
    from flows.diff import compare

    for folder in (options.old, options.new):
        _folder(folder)
    old, new = load_content(options.old), load_content(options.new)
    found = compare(old, new, _today(options.date))
    found.stored = stored_moves(new, options.date)
    print(found.render())
    return 0


def stored_moves(content: Content, day: date | None) -> list[str]:
    """How the stored conversations take this content; read-only. Empty when this desk has no database yet."""
    import asyncio

    from bot.clock import clock_on
    from bot.settings import read_settings
    from flows.moving import counted_moves, moved

    settings = read_settings()
    if not settings.database_url and not (settings.data / "loket.db").is_file():
        return []
    from storage.keys import Keys
    from storage.stored_states import look_at_states

    secret = Keys.from_text(settings.secret_key) if settings.secret_key else None
    now = (clock_on(day) if day else system_clock)()
    moves = asyncio.run(look_at_states(settings.database, secret, lambda state: moved(content, state, now)))
    return counted_moves(moves).lines()


def schema(options: argparse.Namespace) -> int:
    from flows.schema import schema_of

    print(json.dumps(schema_of(options.kind), indent=2, ensure_ascii=False))
    return 0


def replay(options: argparse.Namespace) -> int:
    """Exit status 1 when a transcript no longer holds."""
    from flows import behaviour, transcript

    content = load_content(options.content)
    status = 0
    for path in _transcripts(options.transcripts):
        text = _text_of(path)
        if behaviour.is_behaviour(text):
            one = behaviour.read(text, str(path))
            broken = [line for variant in one.variants for line in behaviour.play(content, variant, one.moment)]
            print(f"{'holds' if not broken else 'BROKEN'}  {path}")
            for line in broken:
                print(line)
        else:
            played = transcript.replay(content, text, str(path))
            broken = [played.difference] if not played.holds else []
            if broken and options.write:
                _write(path, played.text)
                broken = []
            else:
                print(f"{'holds' if not broken else 'BROKEN'}  {path}")
                print("\n".join(broken), end="\n" if broken else "")
        status |= bool(broken)
    return status


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise LoketError(f"'{path}' is not UTF-8 text; save it as UTF-8 in your editor") from None
    except OSError as error:
        raise LoketError(f"'{path}' cannot be read: {error.strerror}") from None


def _transcripts(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(path.rglob("*.txt"))
        elif path.is_file():
            found.append(path)
        else:
            raise LoketError(f"'{path}' is not there")
    return found


def new(options: argparse.Namespace) -> int:
    from bot.pack import make_pack

    for path in make_pack(options.folder):
        print(f"  {path}")
    print(f"Made a pack in {options.folder}. Try it: loket check --content {options.folder}")
    return 0


def link(options: argparse.Namespace) -> int:
    """Addresses that open the chat at an entry or a flow, with a QR code."""
    from bot.links import links_to, qr_svg, qr_text

    content = load_content(options.content)
    known = {*content.flows, *content.knowledge.catalogue}
    if options.target not in known:
        raise LoketError(f"'{options.target}' is no entry and no flow. {did_you_mean(options.target, known)}".strip())
    for name, address in links_to(options.target, bot_name=_bot_name()).items():
        print(f"{name:<9} {address}")
        if options.svg:
            file = options.svg if name == "web" else options.svg.with_stem(f"{options.svg.stem}-{name}")
            _write(file, qr_svg(address))
            print(f"QR code   {file}")
        else:
            sys.stdout.write(qr_text(address))
    return 0


def _bot_name() -> str:
    """The @name of the bot whose token is set; '' without one, or when Telegram cannot be reached now."""
    from bot.settings import read_settings

    settings = read_settings()
    if not settings.telegram_token:
        return ""
    import asyncio

    from bot.channels.telegram_service import name_of_bot

    name = asyncio.run(name_of_bot(settings))
    if not name:
        print("Telegram did not tell the name of the bot; here is the link of the web chat only.", file=sys.stderr)
    return name


def _folder(path: Path | None) -> Path | None:
    if path is not None and not path.is_dir():
        raise LoketError(f"'{path}' is not a folder")
    return path


def _known_flow(flows: Mapping[str, object], name: str) -> str:
    if name not in flows:
        raise LoketError(f"flow '{name}' does not exist. {did_you_mean(name, flows) or 'Known: ' + ', '.join(flows)}")
    return name


def _today(day: date | None) -> date:
    return day or system_clock().date()
