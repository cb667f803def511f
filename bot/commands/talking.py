"""`loket chat`, `loket ask` and `loket match`: the desk in the terminal, for people and for programs."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.channels.json_lines import Talk
from bot.clock import Clock, clock_on, system_clock
from bot.commands.content import load_content
from knowledge.problems import LoketError, Problems, did_you_mean


def chat(options: argparse.Namespace) -> int:
    from bot.channels import json_lines, terminal

    clock = _clock(options.date)

    async def talking() -> int:
        talk = await _talk(options, clock)
        if options.json:
            return await json_lines.run(talk, sys.stdin.buffer, lambda line: print(line, flush=True))
        screen = terminal.Screen(print, colours=sys.stdout.isatty())
        return await terminal.run(talk, screen, input)

    return asyncio.run(talking())


async def _talk(options: argparse.Namespace, clock: Clock) -> Talk:
    content = load_content(options.content)
    known = content.languages
    if options.language not in known:
        raise LoketError(f"'{options.language}' is not a language of this desk; known: {', '.join(known)}")
    if options.flow and options.flow not in content.flows:
        raise LoketError(f"flow '{options.flow}' does not exist. {did_you_mean(options.flow, content.flows)}".strip())
    if options.store:
        from bot.channels.stored import StoredTalk

        return await StoredTalk.open(content, clock, options.store, language=options.language, flow=options.flow)
    from bot.channels.local import LocalTalk

    return LocalTalk(content, clock, language=options.language, flow=options.flow)


def ask(options: argparse.Namespace) -> int:
    from bot.asking import answer

    knowledge = load_content(options.content).knowledge
    today = _clock(options.date)().date()
    if options.text == "-":
        for line in _lines():
            print(json.dumps(answer(knowledge, line, today, options.top), ensure_ascii=False), flush=True)
        return 0
    found = answer(knowledge, options.text, today, options.top)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    if found["understood"]:
        print("Ik lees: " + ", ".join(f"{fact} = {value}" for fact, value in found["understood"].items()))
    for result in found["results"]:
        print(f"{result['score']:>5}  {result['id']:<44} {result['kind']}")
    if not found["results"]:
        print(f"({found['kind']})")
    return 0


def match(options: argparse.Namespace) -> int:
    knowledge = load_content(options.content).knowledge
    today = _clock(options.date)().date()
    if options.facts == "-":
        status = 0
        for line in _lines():
            try:
                print(json.dumps(_verdicts(knowledge, _json_facts(line), today), ensure_ascii=False), flush=True)
            except LoketError as error:
                status = 1
                print(json.dumps({"error": str(error)}, ensure_ascii=False), flush=True)
        return status
    verdicts = _verdicts(knowledge, _file_facts(Path(options.facts)), today)
    if options.json:
        print(json.dumps(verdicts, ensure_ascii=False))
        return 0
    for one in verdicts:
        if one["verdict"] == "does_not_fit":
            continue
        print(f"{one['verdict']:<13} {one['status']:<8} {one['id']}")
        for sentence in one["because"]:
            print(f"    {sentence}")
        if one["missing"]:
            print(f"    needs: {', '.join(one['missing'])}")
    return 0


def _verdicts(knowledge: Any, given: Mapping[str, Any], today: date) -> list[dict[str, Any]]:
    """Every entry with its verdict for these facts, in display order. Raises LoketError naming what is not a fact."""
    from bot.turn_json import match_object
    from knowledge.given import read_given

    answers, complaints = read_given(given, knowledge.facts, knowledge.geography)
    if complaints:
        raise LoketError("\n".join(str(complaint) for complaint in complaints))
    knowledge.require_catalogue()
    profile = knowledge.profile(answers, today)
    return [match_object(one) for one in knowledge.matcher.match(profile, today)]


def _json_facts(line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        raise LoketError("the line is not JSON") from None
    if not isinstance(given, dict):
        raise LoketError('the line must be an object of facts, like {"situation": "employee"}')
    return given


def _file_facts(path: Path) -> dict[str, Any]:
    from knowledge.source import read_file

    if path.suffix == ".json":
        try:
            return _json_facts(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise LoketError(f"{path}: {error.strerror}") from None
    problems = Problems()
    node = read_file(path, str(path), problems)
    if node is None or not node.is_map:
        said = "\n".join(problem.render() for problem in problems.found)
        raise LoketError(said or f"{path}: must hold lines like 'situation: employee'")
    plain: dict[str, Any] = node.plain()
    return plain


def _lines() -> Iterator[str]:
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", "replace").strip()
        if line:
            yield line


def _clock(day: date | None) -> Clock:
    return clock_on(day) if day else system_clock
