"""The image's install steps without an engine: in a clean virtual environment, from the registry pip is set to."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNREACHABLE = (
    "NewConnectionError",
    "No matching distribution",
    "Temporary failure",
    "Network is unreachable",
    "timed out",
)


def instruction(kind: str, stage: int) -> str:
    """The first instruction of a kind in a stage, with its continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    stages = re.split(r"^FROM .*$", text, flags=re.MULTILINE)[1:]
    [first, *_] = re.findall(rf"^{kind} (.*)$", stages[stage], re.MULTILINE)
    return str(first)


def variables() -> dict[str, str]:
    return dict(re.findall(r"(LOKET_\w+)=(\S+)", instruction("ENV", 1)))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What /opt/loket holds after the build stage, elsewhere."""
    folder = tmp_path_factory.mktemp("image")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, tracked.split("\0")):
        source, target = ROOT / name, folder / "src" / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    subprocess.run([sys.executable, "-m", "venv", folder / "python"], check=True)
    steps = instruction("RUN", 0)
    for there, here in (("/opt/loket", folder / "loket"), ("/dist", folder / "dist")):
        steps = steps.replace(there, str(here))
    done = subprocess.run(
        ["/bin/sh", "-ec", steps], cwd=folder / "src", capture_output=True, text=True, check=False,
        env={**clean(), "PATH": f"{folder / 'python' / 'bin'}:{os.environ['PATH']}"},
    )  # fmt: skip
    if done.returncode and any(sign in done.stderr + done.stdout for sign in UNREACHABLE):
        pytest.skip(f"pip's package registry does not answer: {done.stderr.strip().splitlines()[-1][:200]}")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("LOKET_", "PYTHON", "VIRTUAL_"))}


def running(image: Path) -> dict[str, str]:
    """The variables of the final stage, with its folders elsewhere."""
    moved = {"LOKET_DATA": str(image / "data"), "LOKET_CACHE": str(image / "cache"), "LOKET_PORT": "18471"}
    assert set(moved) <= set(variables())
    return {**clean(), **variables(), **moved, "LOKET_HOST": "127.0.0.1", "PATH": f"{image}/loket/bin:/usr/bin:/bin"}


def wait_for(address: str, desk: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers; fails with the log when the desk ended or takes a minute."""
    for _ in range(600):
        assert desk.poll() is None, log.read_text()
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(address, timeout=4).close()
            return
        time.sleep(0.1)
    pytest.fail(log.read_text())


@pytest.mark.long
def test_what_the_build_stage_installs_checks_its_content_and_passes_its_health_check(image: Path) -> None:
    environment = running(image)
    loket = image / "loket" / "bin" / "loket"
    (image / "data").mkdir()
    checked = subprocess.run([loket, "check"], env=environment, cwd="/", capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout[-2000:] + checked.stderr
    [health] = re.findall(r'CMD \["python", "-c", "(.*?)"\]', instruction("HEALTHCHECK", 1).replace("8080", "18471"))
    with (image / "log").open("w") as log:
        desk = subprocess.Popen([loket, "serve"], env=environment, cwd="/", stdout=log, stderr=log)
    try:
        wait_for("http://127.0.0.1:18471/healthz", desk, image / "log")
        python = image / "loket" / "bin" / "python"
        assert subprocess.run([python, "-c", health], env=environment, check=False).returncode == 0
    finally:
        desk.terminate()
        status = desk.wait(30)
    assert status in (0, -15)
    assert {path.name for path in (image / "data").iterdir()} >= {"loket.db", "loket.key"}


@pytest.mark.long
def test_the_image_holds_no_tool_of_developers(image: Path) -> None:
    command = [image / "loket" / "bin" / "pip", "list", "--format=freeze"]
    listed = subprocess.run(command, env=clean(), capture_output=True, text=True, check=True).stdout.lower()
    names = {line.split("==")[0] for line in listed.splitlines()}
    assert {"ontwikkelloket", "aiogram", "python-telegram-bot", "authlib"} <= names
    assert not names & {"pytest", "mypy", "ruff", "hypothesis", "playwright", "build", "hatchling"}


def test_the_install_steps_can_be_read() -> None:
    steps = instruction("RUN", 0)
    assert "python -m build --wheel" in steps
    assert "--constraint constraints.txt" in steps
    assert "/healthz" in instruction("HEALTHCHECK", 1)
