"""The font of the pages: pinned, checked, without any address, and a build that goes on when it cannot be had."""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def project(tmp_path: Path, hook: ModuleType) -> tuple[Path, bytes]:
    """A project whose lock names an archive of our own making, and that archive."""
    lock = json.loads((ROOT / "fonts.lock.json").read_text())
    box = io.BytesIO()
    with tarfile.open(fileobj=box, mode="w:gz") as tar:
        for name in (*lock["files"], "package/../../escaped", "package/files/unasked.woff2"):
            about = tarfile.TarInfo(name)
            about.size = len(name)
            tar.addfile(about, io.BytesIO(name.encode()))
    (tmp_path / "fonts.lock.json").write_text(json.dumps({**lock, "integrity": hook.integrity(box.getvalue())}))
    return tmp_path, box.getvalue()


def brings(raw: bytes) -> Any:
    def pack(what: str, folder: Path) -> Path:
        path = folder / "font.tgz"
        path.write_bytes(raw)
        return path

    return pack


def test_what_the_lock_names_is_put_in_place_and_nothing_else(project: tuple[Path, bytes], hook: ModuleType) -> None:
    root, raw = project
    assert hook.fetch(root, brings(raw)) is True
    vendor = root / "bot" / "web" / "static" / "vendor"
    assert {path.name for path in vendor.iterdir()} == {
        "LICENSE-atkinson-hyperlegible.txt",
        "atkinson-hyperlegible-400.woff2",
        "atkinson-hyperlegible-700.woff2",
        "manifest.json",
    }
    kept = json.loads((vendor / "manifest.json").read_text())
    assert kept["licence"] == "OFL-1.1"
    assert set(kept["files"]) == {path.name for path in vendor.iterdir()} - {"manifest.json"}
    assert not (root.parent / "escaped").exists()


def test_what_is_there_is_not_fetched_again_unless_it_was_touched(
    project: tuple[Path, bytes], hook: ModuleType
) -> None:
    root, raw = project
    hook.fetch(root, brings(raw))

    def never(what: str, folder: Path) -> Path:
        raise AssertionError("nothing is fetched")

    assert hook.fetch(root, never) is False
    (root / hook.VENDOR / "atkinson-hyperlegible-400.woff2").write_text("something else")
    assert hook.fetch(root, brings(raw)) is True


def test_another_archive_than_the_locked_one_is_refused_and_changes_nothing(
    project: tuple[Path, bytes], hook: ModuleType
) -> None:
    root, raw = project
    with pytest.raises(hook.NotFetched, match="not what the lock file says"):
        hook.fetch(root, brings(raw + b"\0"))
    assert not (root / hook.VENDOR).exists()


def test_without_npm_or_network_the_build_says_so_and_goes_on(
    project: tuple[Path, bytes], hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = project
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(hook.NotFetched, match="npm is not here"):
        hook.fetch(root)
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/false")
    with pytest.raises(hook.NotFetched, match="could not fetch"):
        hook.fetch(root)

    said: list[str] = []

    class App:
        def display_warning(self, text: str) -> None:
            said.append(text)

    made = hook.FontHook(str(root), {}, None, None, str(root), "wheel", App())
    made.initialize("standard", {})
    assert said == [f"built without the font Atkinson Hyperlegible: {said[0].split(': ', 1)[1]}"]


def test_npm_that_hangs_is_given_up(
    project: tuple[Path, bytes], hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hangs(*_: Any, **options: Any) -> None:
        raise subprocess.TimeoutExpired("npm", options["timeout"])

    monkeypatch.setattr(shutil, "which", lambda name: "npm")
    monkeypatch.setattr(subprocess, "run", hangs)
    with pytest.raises(hook.NotFetched, match="TimeoutExpired"):
        hook.fetch(project[0])
    assert hook.PATIENCE <= 15


def test_the_lock_names_versions_and_sums_and_no_address() -> None:
    lock = json.loads((ROOT / "fonts.lock.json").read_text())
    assert lock["integrity"].startswith("sha512-")
    assert "://" not in json.dumps(lock)
    assert f"?v={lock['version']}" in (ROOT / "bot" / "web" / "static" / "fonts.css").read_text()
