"""Reading many YAML files fast: what did not change since the last time is taken from one JSON file.

The cache holds only what the files say (texts, lists and mappings), never code, and only files that were read without a
finding. It lives in the user's cache folder (`LOKET_CACHE` names another, `LOKET_CACHE=off` none); when that cannot be
written, reading is merely slower. Places in cached files point at line 1, so `loket check` reads without it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from knowledge.problems import Place, Problems
from knowledge.source import Node, read_file

_FORMAT = 1
_MAX_CACHE = 64 * 1024 * 1024  # bytes; larger is not ours


def read_files(files: Mapping[str, Path], problems: Problems, *, cache: bool = True) -> dict[str, Node]:
    """Nodes by the name a file is shown with, in the given order. Files that could not be read are left out."""
    store = _Store(files) if cache else None
    found: dict[str, Node] = {}
    for shown, path in files.items():
        plain = store.get(path) if store else None
        if plain is not None:
            found[shown] = _node(plain, Place(shown))
            continue
        before = len(problems.found)
        node = read_file(path, shown, problems)
        if node is None:
            continue
        found[shown] = node
        if store and len(problems.found) == before:
            store.put(path, node.plain())
    if store:
        store.save()
    return found


def cache_folder() -> Path | None:
    """Where the cache lives; None when it is switched off or there is no home."""
    named = os.environ.get("LOKET_CACHE", "")
    if named == "off":
        return None
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME", "")
    if base:
        return Path(base) / "ontwikkelloket"
    try:
        return Path.home() / ".cache" / "ontwikkelloket"
    except RuntimeError:
        return None


class _Store:
    """One JSON file per set of folders: {path: [size, mtime_ns, content]}."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._old: dict[str, Any] = {}
        self._new: dict[str, Any] = {}
        self._changed = False
        folder = cache_folder()
        names = "\n".join(sorted({str(path if len(files) < 8 else path.parent) for path in files.values()}))
        mark = hashlib.sha256(f"{_FORMAT}\n{names}".encode()).hexdigest()[:20]
        self._path = folder / f"read-{mark}.json" if folder else None
        if self._path is None:
            return
        try:
            if self._path.is_symlink() or self._path.stat().st_size > _MAX_CACHE:
                return
            loaded = json.loads(self._path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return
        if isinstance(loaded, dict):
            self._old = loaded

    def get(self, path: Path) -> Any:
        kept = self._old.get(str(path))
        if not (isinstance(kept, list) and len(kept) == 3) or kept[:2] != _mark(path):
            self._changed = True
            return None
        self._new[str(path)] = kept
        return kept[2]

    def put(self, path: Path, plain: Any) -> None:
        mark = _mark(path)
        if mark:
            self._new[str(path)] = [*mark, plain]

    def save(self) -> None:
        """Write beside and rename, so that another process never reads half a file."""
        if self._path is None or not (self._changed or self._new.keys() != self._old.keys()):
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, beside = tempfile.mkstemp(dir=self._path.parent, prefix="read-", suffix=".part")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._new, file, ensure_ascii=False, separators=(",", ":"))
            Path(beside).replace(self._path)
        except OSError:
            return


def _mark(path: Path) -> list[int]:
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def _node(plain: Any, place: Place) -> Node:
    if isinstance(plain, dict):
        return Node({key: _node(part, place) for key, part in plain.items()}, place)
    if isinstance(plain, list):
        return Node(tuple([_node(part, place) for part in plain]), place)
    return Node(str(plain), place)
