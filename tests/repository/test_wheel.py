"""The wheel holds everything: built here, installed elsewhere, it checks its content and holds a conversation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's packages in it, and nothing of this checkout."""
    made, target = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("elsewhere")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(made), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    [wheel] = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def loket(installed: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "LOKET_CACHE": str(installed / "cache")}
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=installed.parent,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_data_templates_and_migrations_are_inside(installed: Path) -> None:
    for pattern in (
        "flows/definitions/*.yaml",
        "flows/i18n/*.po",
        "knowledge/facts.yaml",
        "knowledge/catalogue/*/*.yaml",
        "knowledge/geography/*",
        "knowledge/i18n/*.po",
        "storage/migrations/versions/*.py",
        "bot/web/templates/*.html",
        "bot/web/static/*",
    ):
        assert list(installed.glob(pattern)), pattern
    assert not (installed / "tests").exists()


def test_the_installed_desk_checks_its_content(installed: Path) -> None:
    done = loket(installed, "check")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr


def test_the_installed_desk_holds_a_conversation(installed: Path) -> None:
    done = loket(installed, "chat", "--json", "--date", "2026-11-21", given="ik zoek werk in Ulft\n")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert "computer" in first["messages"][0]
    assert second["understood"]["place"] == "Ulft"
