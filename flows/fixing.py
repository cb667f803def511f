"""`loket check --fix`: writes the ids that steps still miss, so that later edits keep translations and memory apart.

Only lines are added; nothing an editor wrote is touched or moved.
"""

from __future__ import annotations

from pathlib import Path

from flows.content import Content, flow_files
from flows.model import Note, Say, every_step
from flows.reading import slug
from knowledge.problems import Problems


def fix(content_dir: Path | None = None) -> list[str]:
    """Write missing ids into a pack's flows, or the shipped ones. Returns one line per id written."""
    content = Content.read(content_dir, Problems())
    if content is None:
        return []
    return [line for shown, path in flow_files(content_dir) for line in _fix_file(content, shown, path, content_dir)]


def _fix_file(content: Content, shown: str, path: Path, content_dir: Path | None) -> list[str]:
    told: list[str] = []
    if content_dir is not None and content_dir not in path.parents:
        return told
    flow = content.flows.get(path.stem)
    if flow is None or shown not in content.sources:
        return told
    lines = content.sources[shown].split("\n")
    missing: list[tuple[int, str]] = []
    for step in every_step(flow.steps):
        if isinstance(step, Say | Note):
            kind = "say" if isinstance(step, Say) else "note"
            at = _line_of(lines, step.place.line - 1, kind)
            if at is not None and not _has_id(lines, at):
                missing.append((at, slug(kind, step.text)))
    for at, name in sorted(missing, reverse=True):
        indent = _indent(lines[at]) + (2 if lines[at].lstrip().startswith("- ") else 0)
        lines.insert(_end_of(lines, at, indent), " " * indent + f"id: {name}")
        told.append(f"{shown}:{at + 1}: id: {name}")
    if missing:
        path.write_text("\n".join(lines), encoding="utf-8")
    return sorted(told)


def _line_of(lines: list[str], start: int, kind: str) -> int | None:
    """The line with the keyword, at or just below where the step begins."""
    for at in range(start, min(start + 6, len(lines))):
        if lines[at].lstrip(" -").startswith(f"{kind}:"):
            return at
    return None


def _has_id(lines: list[str], at: int) -> bool:
    indent = _indent(lines[at]) + (2 if lines[at].lstrip().startswith("- ") else 0)
    for line in [*lines[at + 1 : at + 30]]:
        if line.strip() and _indent(line) < indent:
            return False
        if _indent(line) == indent and line.strip().startswith("id:"):
            return True
        if line.strip().startswith("- ") and _indent(line) <= indent:
            return False
    return False


def _end_of(lines: list[str], at: int, indent: int) -> int:
    """The line after the text of this keyword, which may go on below it."""
    end = at + 1
    while end < len(lines) and lines[end].strip() and _indent(lines[end]) > indent:
        end += 1
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
