"""Processes that die: with SIGKILL at any moment, and at every named place between two effects."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("LOKET_KILLS", "20"))


class Zygote:
    """Starts children that can be killed."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.child"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return dict(json.loads(self.process.stdout.readline()))

    def start(self, play: str, **order: object) -> int:
        stdin: IO[str] | None = self.process.stdin
        assert stdin is not None
        stdin.write(json.dumps({"play": play, **order}) + "\n")
        stdin.flush()
        return int(self._read()["pid"])

    def status(self) -> int:
        return int(self._read()["status"])

    def play(self, play: str, **order: object) -> int:
        self.start(play, **order)
        return self.status()


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    made = Zygote()
    yield made
    assert made.process.stdin is not None
    assert made.process.stdout is not None
    made.process.stdin.close()
    made.process.wait(10)
    made.process.stdout.close()


@pytest.fixture(scope="module")
def empty_database(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without rows, to copy."""
    path = tmp_path_factory.mktemp("empty") / "loket.db"
    findings = path.with_suffix(".json")
    assert zygote.play("look", database=str(path), findings=str(findings)) == 0
    return path


def kill_campaign(zygote: Zygote, folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kills a serving process `kills` times; returns how many updates were served and how many replies came twice."""
    dice = random.Random(seed)
    chats = [f"chat{number}" for number in range(8)]
    updates = [dice.choice(chats) for _ in range(kills * 45)]
    database, acks, wire = folder / "loket.db", folder / "acks", folder / "wire"
    order = {"database": str(database), "acks": str(acks), "wire": str(wire), "updates": updates}
    up = Path(f"{acks}.up")
    killed = 0
    while killed < kills:
        up.unlink(missing_ok=True)
        pid = zygote.start("serve", **order)
        while not up.exists() and _alive(pid):
            time.sleep(0.002)
        time.sleep(dice.uniform(0, 0.12))
        if _alive(pid):
            os.kill(pid, signal.SIGKILL)
        if zygote.status() == -signal.SIGKILL:
            killed += 1
        else:
            break  # all was done before we could
    assert zygote.play("serve", **order) == 0
    assert zygote.play("later", **order) == 0
    acked = Counter(acks.read_text().split())
    assert set(acked) == {str(number) for number in range(len(updates))}
    expect = defaultdict(list)
    for number, address in enumerate(updates):
        expect[address].append(f"{address}-{number}")
    findings = folder / "findings.json"
    assert zygote.play("look", database=str(database), findings=str(findings), expect=dict(expect)) == 0
    assert json.loads(findings.read_text()) == [], "an answer was lost, doubled or out of order"
    sent = [json.loads(line) for line in wire.read_text().splitlines()]
    per_row = Counter(row for row, *_ in sent)
    assert len(per_row) == len(updates), "every reply went out"
    last: dict[str, int] = defaultdict(int)
    for _, address, seq, _ in sent:
        assert seq >= last[address], f"{address} got replies out of order"
        last[address] = seq
    twice = sum(count - 1 for count in per_row.values())
    assert twice <= killed, f"{twice} doubled replies after {killed} kills"
    assert killed >= min(kills, 5)
    return len(updates), twice


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def test_no_answer_is_lost_and_none_applied_twice_when_the_process_is_killed(zygote: Zygote, tmp_path: Path) -> None:
    kill_campaign(zygote, tmp_path, KILLS, seed=1)


@pytest.mark.long
def test_a_long_campaign_of_kills(zygote: Zygote, tmp_path: Path) -> None:
    served = twice = 0
    rounds = int(os.environ.get("LOKET_KILL_ROUNDS", "50"))
    for seed in range(rounds):
        folder = tmp_path / str(seed)
        folder.mkdir()
        one, doubled = kill_campaign(zygote, folder, 20, seed)
        served, twice = served + one, twice + doubled
    print(f"{rounds * 20} kills, {served} updates, {twice} replies that went out twice")


def crash_everywhere(zygote: Zygote, empty: Path, folder: Path, per_name: int) -> int:
    """Crashes at the first `per_name` passings of every named place; returns at how many."""

    def fresh() -> dict[str, str]:
        for leftover in folder.glob("core.*"):
            leftover.unlink()
        shutil.copy(empty, folder / "core.db")
        return {"database": str(folder / "core.db"), "findings": str(folder / "core.findings")}

    passed = folder / "passed.json"
    assert zygote.play("core", **fresh(), passed=str(passed)) == 0
    names = json.loads(passed.read_text())
    times: Counter[str] = Counter()
    crashes = 0
    for place, name in enumerate(names, start=1):
        times[name] += 1
        if times[name] > per_name:
            continue
        order = fresh()
        assert zygote.play("core", **order, crash_at=place) == 137
        assert zygote.play("go_on", **order) == 0, f"cannot go on after a crash at {name} ({place})"
        for part, when in ((1, "after a crash"), (2, "after going on")):
            found = json.loads(Path(f"{order['findings']}.{part}").read_text())
            assert found == [], f"{when} at {name} ({place})"
        crashes += 1
    assert {"after seen", "after case", "before commit", "after commit", "after key", "after claim"} <= set(names)
    return crashes


def test_a_crash_at_every_named_place_leaves_everything_true(
    zygote: Zygote, empty_database: Path, tmp_path: Path
) -> None:
    assert crash_everywhere(zygote, empty_database, tmp_path, per_name=1) >= 25


@pytest.mark.long
def test_a_crash_at_every_passing_of_every_place_leaves_everything_true(
    zygote: Zygote, empty_database: Path, tmp_path: Path
) -> None:
    crashes = crash_everywhere(zygote, empty_database, tmp_path, per_name=1000)
    print(f"{crashes} crashes")
    assert crashes >= 100
