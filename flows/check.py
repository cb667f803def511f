"""`loket check`: everything that is wrong with the content, at once, and what was proven about it.

Layers: the shape of the files, names and types; texts; cycles; examples; then the proof over all answers. A layer that
needs a whole flow is left out while the shape is broken, and the report says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flows.checkexamples import check_examples
from flows.checktexts import check_texts
from flows.content import Content, pack_in_force
from flows.cycles import check_cycles
from flows.findings import find
from flows.languagelines import check_partial, language_lines
from flows.model import Do
from flows.names import check_names
from flows.proof import prove
from flows.proofreport import proof_data, proof_text, witnesses_text
from flows.reaching import Reach, check_reach, reach
from flows.readers import check_readers
from flows.visiting import Proof
from knowledge.checks import check_knowledge
from knowledge.problems import Place, Problem, Problems
from knowledge.source import MAX_BYTES

SHIPPED = ("knowledge/", "flows/definitions/", "flows/phrases.yaml")  # as shown in problems
ZONE = ZoneInfo("Europe/Amsterdam")


@dataclass(slots=True)
class Report:
    """The outcome of a check."""

    problems: list[Problem]
    proof: Proof | None = None
    reach: Reach | None = None
    content: Content | None = None
    unproven: list[str] = field(default_factory=list)
    skipped: str = ""
    pack: bool = False  # a region's own pack was checked, over what ships

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def ok(self) -> bool:
        return not self.errors

    def render(self, only: tuple[str, ...] = ()) -> str:
        """The report as an editor reads it. `only` limits the problems to files whose path ends with one of these."""
        lines: list[str] = []
        shown, elsewhere = self._shown(only), 0
        if self.pack and not only:  # nobody but the makers of the program can help what ships with it
            own = [one for one in shown if one.severity == "error" or not one.place.file.startswith(SHIPPED)]
            shown, elsewhere = own, len(shown) - len(own)
        for problem in shown:
            lines += [problem.render(self.source(problem.place.file)), ""]
        errors = sum(problem.severity == "error" for problem in shown)
        warnings = len(shown) - errors
        lines.append(f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}.")
        if elsewhere:
            lines.append(f"Beside these, {_counted(elsewhere, 'warning')} about what ships with the program.")
        if self.content is not None and not only:
            lines += language_lines(self.content)
        if self.skipped:
            lines.append(self.skipped)
        if self.proof is not None and self.content is not None:
            lines += ["", proof_text(self.proof, self.reach, self.unproven)]
        return "\n".join(lines)

    def witnesses(self) -> str:
        """A conversation to each entry; why there are none when the proof was left out."""
        if self.content is None or self.reach is None:
            return self.skipped
        return witnesses_text(self.content, self.reach)

    def data(self, only: tuple[str, ...] = ()) -> dict[str, Any]:
        """The report for programs: an editor's plug-in, a build."""
        return {
            "ok": self.ok,
            "problems": [
                {
                    "file": one.place.file, "line": one.place.line, "column": one.place.column,
                    "severity": one.severity, "message": one.message, "proposal": one.proposal,
                    "witness": one.witness,
                }
                for one in self._shown(only)
            ],
            "skipped": self.skipped,
            "proof": proof_data(self.content, self.proof, self.reach, self.unproven)
            if self.proof is not None and self.content is not None
            else None,
        }  # fmt: skip

    def _shown(self, only: tuple[str, ...]) -> list[Problem]:
        """Errors first: whoever just wrote something looks for what keeps it from being served."""
        wanted = [one for one in self.problems if not only or any(one.place.file.endswith(name) for name in only)]
        return sorted(wanted, key=lambda one: one.severity != "error")

    @property
    def files(self) -> frozenset[str]:
        """Names of the files that were looked at; empty when they could not be read."""
        if self.content is None:
            return frozenset()
        knowledge = self.content.knowledge
        return frozenset(Path(one).name for one in (*self.content.sources, *knowledge.catalogue_paths)) | {
            "desk.yaml", "facts.yaml", "glossary.yaml",
        }  # fmt: skip

    def source(self, file: str) -> list[str] | None:
        """The lines of a file, for the caret."""
        if self.content is not None and file in self.content.sources:
            return self.content.sources[file].splitlines()
        paths = _paths(self.content, file)
        if any(path.is_dir() for path in paths):
            return None
        for path in paths:
            if path.is_file():
                return path.read_text(encoding="utf-8", errors="replace").splitlines() if _is_small(path) else None
        return None


def check(content_dir: Path | None = None, today: date = date(2026, 11, 21), *, deploy: bool = False) -> Report:
    """Check shipped content, or a region's pack over it, as it holds on `today`."""
    problems = Problems()
    content = Content.read(content_dir, problems, cache=False)
    moment = datetime.combine(today, time(12), ZONE)
    if content is None:
        return Report(sorted(problems.found), skipped="The rest was not checked: the files could not be read.")
    check_knowledge(content.knowledge, today, problems, deploy=deploy)
    if content_dir is not None:
        check_unread(pack_in_force(content_dir), problems)
    report = check_flows(content, moment, problems)
    report.pack = content_dir is not None
    return report


def check_flows(content: Content, moment: datetime, problems: Problems) -> Report:
    """The checks of flows on knowledge that is sound; `problems` may hold what reading them found."""
    proof: Proof | None = None
    reached: Reach | None = None
    unproven: list[str] = []
    skipped = ""
    check_names(content, problems)
    check_texts(content, problems)
    check_readers(content, problems)
    check_partial(content, problems)
    sound = check_cycles(content, problems) and _is_whole(content)
    if sound and not any(_breaks(problem) for problem in problems.errors):
        check_examples(content, moment, problems)
        proof = prove(content)
        unproven = find(content, proof, problems)
        reached = reach(content, proof, moment)
        check_reach(content, reached, problems)
        unproven += reached.unproven
    else:
        skipped = "The proof over all answers was left out until the errors above are repaired."
    report = Report([], proof, reached, content, unproven, skipped)
    report.problems = sorted({problem.located(report.source(problem.place.file)) for problem in problems.found})
    return report


def _is_whole(content: Content) -> bool:
    """Whether every flow that others run could be read: else the proof would only tell what follows from that."""
    return all(step.flow in content.flows for step in content.steps.values() if isinstance(step, Do))


def _breaks(problem: Problem) -> bool:
    """Whether a problem leaves a flow incomplete, so that walking it would prove the wrong thing."""
    return problem.place.file.startswith("flows/") and any(word in problem.message for word in _BREAKING)


_BREAKING = (
    "there is no fact", "is not a choice", "is not a value", "is not a step", "no step starts", "does not exist",
    "keywords", "condition", "must be", "is not a known", "has no 'steps'",
)  # fmt: skip


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _is_small(path: Path) -> bool:
    return path.stat().st_size <= MAX_BYTES


def check_unread(folder: Path, problems: Problems) -> None:
    """Files of a pack whose name makes that nobody reads them: a mistake that otherwise shows nowhere."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".yaml" and path.is_dir() and "/" not in name:  # others are read, and tell it themselves
            problems.error(Place(name), "is a folder, not a file", "Give the folder another name, without '.yaml'.")
        if name.startswith(".") or "/." in name or not name.startswith(("flows/", "catalogue/")) or path.is_dir():
            continue
        if path.suffix in (".yml", ".txt", ".doc", ".docx", ".odt", ".rtf"):
            right = f"{path.name.partition('.')[0]}.yaml"
            problems.warning(
                Place(name), "is not read, because its name does not end in '.yaml'", f"Name it '{right}'."
            )
        elif path.suffix == ".yaml" and name.startswith("flows/") and name.count("/") > 1:
            problems.warning(
                Place(name), "is not read: flows stand in 'flows' itself", f"Move it to flows/{path.name}."
            )


def _paths(content: Content | None, file: str) -> list[Path]:
    root = Path(__file__).resolve().parents[1]
    found = [root / file, Path(file)]
    if content is not None:
        found += [folder / name for folder in content.knowledge.folders for name in (file, file.split("/", 1)[-1])]
    return found
