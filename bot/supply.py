"""What this installation is made of: its runtime dependencies as a CycloneDX bill of materials, and their licences.

Read from what is installed, not from what was asked for: the packages that ontwikkelloket requires, and theirs, with
the extras that are installed. Tools of developers do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any
from uuid import NAMESPACE_URL, uuid5

OURS = "ontwikkelloket"
EXTRAS = ("aiogram", "ptb", "oidc")  # counted when they are installed
_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
_EXTRA = re.compile(r"""\bextra\s*==\s*['"]([^'"]+)['"]""")
_EXPRESSION = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*")
SPDX = {  # how older packages name what SPDX names otherwise
    "apache software license": "Apache-2.0", "apache 2.0": "Apache-2.0", "apache-2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0", "apache license, version 2.0": "Apache-2.0",
    "mit license": "MIT", "mit": "MIT", "the mit license": "MIT",
    "bsd license": "BSD-3-Clause", "bsd": "BSD-3-Clause", "bsd 3-clause": "BSD-3-Clause", "new bsd": "BSD-3-Clause",
    "the unlicense (unlicense)": "Unlicense", "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0", "mpl 2.0": "MPL-2.0",
    "python software foundation license": "PSF-2.0", "isc license (iscl)": "ISC",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "gnu library or lesser general public license (lgpl)": "LGPL-2.1-or-later",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.1-or-later",
    "european union public licence 1.2 (eupl 1.2)": "EUPL-1.2",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One installed package that the desk needs to run."""

    name: str
    version: str
    licence: str  # SPDX expression where known, else what the package says; "" = it says nothing
    about: str
    needs: tuple[str, ...]  # names of other parts

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def parts() -> tuple[Part, ...]:
    """Everything that is needed at run time and installed, sorted by name; ourselves not among them."""
    wanted: dict[str, set[str]] = {OURS: {extra for extra in EXTRAS if _has(extra)}}
    queue, seen, needs = [OURS], set[tuple[str, frozenset[str]]](), dict[str, set[str]]()
    while queue:
        name = queue.pop()
        mark = (name, frozenset(wanted[name]))
        found = _installed(name)
        if mark in seen or found is None:
            continue
        seen.add(mark)
        for other, extras in _requires(found, wanted[name]):
            if _installed(other) is None:
                continue  # for another system or another Python
            needs.setdefault(name, set()).add(other)
            wanted[other] = wanted.get(other, set()) | extras
            queue.append(other)
    made = [_part(name, needs.get(name, set())) for name in wanted if name != OURS]
    return tuple(sorted(made, key=lambda one: one.name))


def _has(extra: str) -> bool:
    """Whether all packages of an extra of ours are installed."""
    found = _installed(OURS)
    if found is None:
        return False
    always = {name for name, _ in _requires(found, set())}
    own = {name for name, _ in _requires(found, {extra})} - always
    return bool(own) and all(_installed(name) is not None for name in own)


def _requires(found: Distribution, extras: Iterable[str]) -> Iterator[tuple[str, set[str]]]:
    """(name, extras) of what a package asks for itself and for these extras."""
    for line in found.requires or ():
        requirement, _, marker = line.partition(";")
        wanted = _EXTRA.search(marker)
        if wanted and _plain(wanted[1]) not in {_plain(extra) for extra in extras}:
            continue
        read = _NAME.match(requirement)
        if read:
            yield _plain(read[1]), {extra.strip() for extra in (read[2] or "").split(",") if extra.strip()}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _part(name: str, needs: set[str]) -> Part:
    found = distribution(name)
    return Part(name, found.version, licence_of(found), _said(found, "Summary"), tuple(sorted(needs)))


def _said(found: Distribution, field: str) -> str:
    values = found.metadata.get_all(field) or [""]
    return str(values[0] or "").strip()


def licence_of(found: Distribution) -> str:
    """The SPDX expression when the package has one, else its classifiers, else the first line of its licence field."""
    if expression := _said(found, "License-Expression"):
        return expression
    classified = [
        line.rsplit(" :: ", 1)[-1]
        for line in found.metadata.get_all("Classifier") or ()
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    if classified:
        return " OR ".join(dict.fromkeys(SPDX.get(one.lower(), one) for one in classified))
    lines = _said(found, "License").splitlines()
    first = lines[0].strip() if lines else ""
    return SPDX.get(first.lower(), first[:60])


def bill(found: Iterable[Part], version: str, made: datetime) -> dict[str, Any]:
    """CycloneDX 1.6. Its serial number follows from its parts: equal installations have equal bills."""
    found = tuple(found)
    ours = {"type": "application", "bom-ref": OURS, "name": OURS, "version": version,
            "licenses": [{"expression": "EUPL-1.2"}]}  # fmt: skip
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, ' '.join([version, *(one.purl for one in found)]))}",
        "version": 1,
        "metadata": {"timestamp": made.isoformat(timespec="seconds"), "component": ours},
        "components": [
            {
                "type": "library", "bom-ref": one.purl, "name": one.name, "version": one.version, "purl": one.purl,
                "description": one.about, **({"licenses": [_licence(one.licence)]} if one.licence else {}),
            }
            for one in found
        ],
        "dependencies": _graph(found),
    }  # fmt: skip


def _licence(said: str) -> dict[str, Any]:
    """An expression of SPDX identifiers, or the words of the package where it uses others."""
    return {"expression": said} if _EXPRESSION.fullmatch(said) else {"license": {"name": said}}


def _graph(found: tuple[Part, ...]) -> list[dict[str, Any]]:
    refs = {one.name: one.purl for one in found}
    direct = {name for extra in ("", *EXTRAS) for name, _ in _requires(distribution(OURS), {extra})} & set(refs)
    return [
        {"ref": OURS, "dependsOn": sorted(refs[name] for name in direct)},
        *({"ref": one.purl, "dependsOn": sorted(refs[name] for name in one.needs if name in refs)} for one in found),
    ]


def licences(found: Iterable[Part]) -> str:
    """A table for people, without versions: a new version of a package rarely brings a new licence."""
    lines = ["| package | licence |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{one.name}` | {one.licence or 'not said'} |" for one in found)])
