"""A pack while somebody edits it, and the packs a running desk reads: what `loket try` and `loket publish` do.

A published pack keeps its versions, and one symbolic link says which of them holds (flows.content.pack_in_force):

    TARGET/.versions/current  ->  20261121-093000-000000

Replacing that link is the whole publication: a desk that loads meanwhile reads the old pack or the new one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flows.check import Report, check
from flows.content import Content
from flows.effects import Message, Say
from flows.engine import step
from flows.events import CoachAnswered, Event, Started
from flows.state import State
from flows.turn import Turn
from flows.world import World
from knowledge.problems import ContentInvalid, LoketError, Problem

VERSIONS, CURRENT = ".versions", "current"
WATCHED = (".yaml", ".po")
SHOWN_PROBLEMS = 3

Stamp = frozenset[tuple[str, int, int]]  # name, time of change in nanoseconds and size of every watched file


def stamp(folder: Path) -> Stamp:
    """Differs as soon as a file of the pack was saved, made or removed."""
    found: set[tuple[str, int, int]] = set()
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.suffix not in WATCHED or name.startswith(VERSIONS):
            continue
        with suppress(OSError):  # an editor that saves by renaming: the file is there again the next time we look
            about = path.stat()
            found.add((name, about.st_mtime_ns, about.st_size))
    return frozenset(found)


@dataclass(slots=True)
class Draft:
    """A pack that is being edited. `content` is the last state of it that could be read; None while there was none."""

    folder: Path
    today: date
    content: Content | None = None
    problems: list[Problem] = field(default_factory=list)
    readable: bool = False  # whether the files as they are now could be read
    trouble: str = ""  # why the check itself could not be made; '' normally
    _seen: Stamp | None = None
    _report: Report | None = None

    def refresh(self) -> bool:
        """Look whether something was saved, and if so read and check it all; True when it was. Never raises."""
        now = stamp(self.folder)
        if now == self._seen:
            return False
        self._seen = now
        self.trouble, self.readable, self.problems, self._report = "", False, [], None
        # Whatever stands in a half-written file may not end the conversation about it, so nothing is let through here.
        try:
            content = Content.load(self.folder)
            content.knowledge.require_catalogue()
            self.content, self.readable = content, True
        except ContentInvalid as invalid:
            self.problems = list(invalid.problems)
        except Exception as error:
            self.trouble = f"{type(error).__name__}: {error}"
        try:
            self._report = check(self.folder, self.today)
            self.problems = self._report.problems
        except Exception as error:
            self.trouble = self.trouble or f"{type(error).__name__}: {error}"
        return True

    @property
    def shown(self) -> list[Problem]:
        """What stands beside the conversation: every error, and the warnings about files of the draft itself."""
        errors = [problem for problem in self.problems if problem.severity == "error"]
        return errors + [one for one in self.problems if one.severity != "error" and self._is_own(one)]

    @property
    def counts(self) -> str:
        """How many problems, as a sentence; warnings about what ships with the program are nobody's draft."""
        errors = sum(problem.severity == "error" for problem in self.shown)
        return f"{_counted(errors, 'error').capitalize()}, {_counted(len(self.shown) - errors, 'warning')}."

    @property
    def standing(self) -> str:
        """What one talks with while the files cannot be read; '' when that is the draft itself."""
        if self.readable:
            return ""
        if self.content is not None:
            return "You talk with the last version that could be read."
        return "There is nothing to talk with yet."

    def source(self, file: str) -> list[str] | None:
        """The lines of a file, for the caret."""
        return self._report.source(file) if self._report is not None else None

    def told(self) -> str:
        """The problems as they stand beside the conversation: how many, and the first few with their places."""
        lines = [self.counts]
        if self.trouble:
            lines.append(f"The draft could not be checked: {self.trouble}")
        first = self.shown[:SHOWN_PROBLEMS]
        lines += [problem.render(self.source(problem.place.file)) for problem in first]
        if len(self.shown) > len(first):
            lines.append(f"… and {len(self.shown) - len(first)} more: loket check --content {self.folder}")
        if self.standing:
            hint = "" if self.content is not None else " Repair the file, save it, and press Enter."
            lines.append(self.standing + hint)
        return "\n".join(lines)

    def _is_own(self, problem: Problem) -> bool:
        """In a file of the draft; warnings about what ships are counted, not shown beside somebody's edit."""
        file = problem.place.file
        shipped = file.startswith(("knowledge/", "flows/definitions/")) or file == "flows/phrases.yaml"
        return file.startswith(self.folder.as_posix()) or not shipped


class DraftTalk:
    """One conversation with a draft: answers are kept, and walked again on whatever the draft has become."""

    def __init__(
        self, draft: Draft, clock: Callable[[], datetime], language: str = "nl", channel: str = "terminal"
    ) -> None:
        self._draft, self._clock = draft, clock
        self._saved = State(language=language).to_json()
        self._language, self._channel = language, channel
        self.asked = ""  # the fact that is being asked for now

    @property
    def language(self) -> str:
        return State.from_json(self._saved).language

    def play(self, event: Event) -> Turn | None:
        """One turn on the last content that could be read; None while there is none."""
        turn = self._step(event)
        return None if turn is None else self._keep(turn)

    def begin(self) -> Turn | None:
        """The opening; after a reload what a visitor then hears: what moved, and the question that is pending now."""
        return self.play(self._opening())

    def begin_anew(self, standing: Message | None) -> Turn | None:
        """As `begin`, but None when that would say no more than the question that stands on the screen already."""
        turn = self._step(self._opening())
        if turn is None:
            return None
        said = [one.message for one in turn.effects if isinstance(one, Say)]
        if standing is not None and len(said) == 1 and _says_no_more(said[0], standing):
            return None
        return self._keep(turn)

    def _opening(self) -> Event:
        begun = State.from_json(self._saved).phase != "new"
        # An edit of no answer at all: the desk walks again and says where the conversation stands.
        return CoachAnswered("", None) if begun else Started(language=self._language)

    def _step(self, event: Event) -> Turn | None:
        content = self._draft.content
        if content is None:
            return None
        return step(content, World(channel=self._channel), State.from_json(self._saved), event, self._clock())

    def _keep(self, turn: Turn) -> Turn:
        self._saved = turn.state.to_json()
        self.asked = turn.question.fact if turn.question is not None else ""
        return turn


def _says_no_more(said: Message, standing: Message) -> bool:
    """The same question with the same buttons; above the one that stands there, more may have been said."""
    return standing.text.endswith(said.text) and (said.fact, said.options) == (standing.fact, standing.options)


# ---- publishing ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Staged:
    """A copy of a pack inside the target, not in force yet: what is checked is exactly what is published."""

    target: Path
    folder: Path

    def discard(self) -> None:
        """As if nothing had happened."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for empty in (self.folder.parent, self.target):
            with suppress(OSError):  # not empty: it was there before
                empty.rmdir()


def stage(source: Path, target: Path, moment: datetime) -> Staged:
    """Copy a pack into the versions of `target`. Raises LoketError when that cannot be."""
    here, there = source.resolve(), target.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise LoketError(f"'{source}' and '{target}' lie inside each other; publish to a folder of its own")
    if target.exists() and not target.is_dir():
        raise LoketError(f"'{target}' is not a folder")
    folder = target / VERSIONS / f".new-{_name(moment)}"
    for left in (target / VERSIONS).glob(".new-*"):  # by somebody whose machine stopped halfway
        if left.name < f".new-{_name(moment - timedelta(days=1))}":
            shutil.rmtree(left, ignore_errors=True)
    try:
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    except (OSError, shutil.Error) as error:
        Staged(target, folder).discard()
        raise LoketError(f"'{source}' cannot be copied to '{target}': {error}") from None
    return Staged(target, folder)


def put_in_force(staged: Staged) -> Path:
    """Make the staged copy what the desk reads; returns the version's folder."""
    versions = staged.target / VERSIONS
    version = versions / staged.folder.name.removeprefix(".new-")
    try:
        _keep_what_was_there(staged.target, version.name)
        staged.folder.rename(version)
        _point(versions / CURRENT, version.name)
    except OSError as error:
        raise LoketError(f"'{staged.target}' cannot be written: {error.strerror}") from None
    return version


def put_back(target: Path) -> Path:
    """Return to the version before the one that holds; the version that is left is kept as `undone-…`."""
    now, before = in_force(target), previous(target)
    try:
        _point(target / VERSIONS / CURRENT, before.name)
        if now is not None:
            now.rename(now.with_name(f"undone-{now.name}"))
    except OSError as error:
        raise LoketError(f"'{target}' cannot be written: {error.strerror}") from None
    return before


def in_force(target: Path) -> Path | None:
    """The folder of the version that holds; None when nothing was published here."""
    link = target / VERSIONS / CURRENT
    return target / VERSIONS / os.readlink(link) if link.is_symlink() else None


def previous(target: Path) -> Path:
    """The version that `put_back` returns to. Raises LoketError when there is none."""
    now = in_force(target)
    older = [path for path in _versions(target) if now is not None and path.name < now.name]
    if not older:
        raise LoketError(f"'{target}' holds no earlier version to go back to")
    return older[-1]


def _versions(target: Path) -> list[Path]:
    found = (target / VERSIONS).glob("[0-9]*")
    return sorted(path for path in found if path.is_dir() and not path.is_symlink())


def _keep_what_was_there(target: Path, before: str) -> None:
    """A pack that stood in the target before anything was published becomes its first version, for `put_back`.

    Files that somebody puts there later are read by nobody, so the next publication says so.
    """
    own = by_hand(target)
    if not own:
        return
    if in_force(target) is not None:
        names = ", ".join(path.name for path in own)
        raise LoketError(f"{names} was put in '{target}' by hand; move it into your pack and publish that")
    kept = target / VERSIONS / f"0-{before}"
    kept.mkdir(parents=True)
    for path in own:
        copy = kept / path.name
        shutil.copytree(path, copy) if path.is_dir() else shutil.copy2(path, copy)
    _point(target / VERSIONS / CURRENT, kept.name)
    for path in own:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def by_hand(target: Path) -> list[Path]:
    """What stands in the target itself, and not in a version."""
    return [path for path in sorted(target.iterdir()) if not path.name.startswith(".")] if target.is_dir() else []


def _point(link: Path, to: str) -> None:
    """Make or replace a symbolic link in one go."""
    fresh = link.with_name(f".{link.name}.next")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(to)
    fresh.replace(link)


def _name(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%d-%H%M%S-%f}"  # in UTC, so that names sort also when the clock goes back


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
