"""Everything the desk knows, loaded from the shipped files and a region's own folder over them.

Facts and lists are read at once; the catalogue, geography, search and understanding on first use, because a first
prompt needs none of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.checked import checked_paths, read_checked
from knowledge.desk_file import Desk, read_desk
from knowledge.facts import CodeList, Facts
from knowledge.facts_reading import read_facts, read_lists
from knowledge.i18n import Translations
from knowledge.parsed import read_files
from knowledge.problems import ContentInvalid, Place, Problems
from knowledge.profile import Answered, Profile
from knowledge.source import Node

if TYPE_CHECKING:
    from datetime import date

    from knowledge.catalogue import Catalogue
    from knowledge.explain import Explainer
    from knowledge.geography import Geography
    from knowledge.glossary import Glossary
    from knowledge.matching import Matcher
    from knowledge.worries import Worries

SHIPPED = Path(__file__).parent


class Knowledge:
    """What the desk knows. Make one with `load`."""

    def __init__(
        self,
        facts: Facts,
        desk: Desk,
        folders: tuple[Path, ...],
        files: Mapping[str, Mapping[str, Path]],
        problems: Problems,
        cache: bool,
    ) -> None:
        self.facts, self.desk = facts, desk
        self.folders = folders  # the shipped folder first, then the region's; only the latter with `extends: none`
        self._files, self._problems, self._cache = files, problems, cache
        self.checked: Mapping[str, Node] = {}  # findings by entry, once the catalogue is read

    @classmethod
    def load(
        cls,
        content_dir: Path | None = None,
        problems: Problems | None = None,
        *,
        cache: bool = True,
        checked: Path | None = None,
    ) -> Knowledge:
        """Read facts, lists and desk. Findings go to `problems`; without it ContentInvalid is raised.

        `checked` is read in place of the pack's last file of findings: to look at one before it counts.
        `cache=False` reads every file anew; with it, files are read anew only when something is wrong, because a cached
        file does not know the lines of its findings.
        """
        found = Problems()
        knowledge = cls._read(content_dir, found, cache, checked)
        if cache and found.found:
            found = Problems()
            knowledge = cls._read(content_dir, found, False, checked)
        if problems is None:
            if found:
                raise ContentInvalid(found.errors)
        else:
            problems.found.extend(found.found)
            knowledge._problems = problems
        return knowledge

    @classmethod
    def _read(cls, content_dir: Path | None, found: Problems, cache: bool, checked: Path | None = None) -> Knowledge:
        if content_dir is not None and not content_dir.is_dir():
            found.error(Place(str(content_dir)), "is not a folder", "Check --content or LOKET_CONTENT.")
            content_dir = None
        desk = _read_desk(content_dir, found, cache)
        own = (content_dir,) if content_dir is not None else ()
        folders = own if desk.extends == "none" and own else (SHIPPED, *own)
        files = {
            "lists": _files(_for_facts(folders, own, "facts.yaml"), "lists"),
            "facts": _files(_for_facts(folders, own, "facts.yaml"), "facts.yaml"),
            "glossary": _files((SHIPPED, *own), "glossary.yaml"),  # words are explained everywhere
            "checked": _findings(content_dir, checked),
        }
        lists = read_lists(read_files(files["lists"], found, cache=cache), found)
        facts = read_facts(read_files(files["facts"], found, cache=cache), lists, _geography, found)
        return cls(facts, desk, folders, files, found, cache)

    @property
    def lists(self) -> Mapping[str, CodeList]:
        return self.facts.lists

    @property
    def geography(self) -> Geography:
        return _geography()

    @cached_property
    def catalogue(self) -> Catalogue:
        """All entries that could be read; what is wrong goes to the problems this was loaded with.

        To serve it, take `require_catalogue`.
        """
        found, problems = self._read_catalogue(self._cache)
        if self._cache and problems.found:
            found, problems = self._read_catalogue(cache=False)
        self._problems.found.extend(problems.found)
        self.catalogue_problems = problems
        return found

    def _read_catalogue(self, cache: bool) -> tuple[Catalogue, Problems]:
        from knowledge.catalogue import read_catalogue

        problems, hide = Problems(), self.desk.hide
        self.checked = read_checked(self._files["checked"], problems, cache=cache)
        found = read_catalogue(
            self.catalogue_paths, self.facts, _geography, problems, hide=hide, checked=self.checked, cache=cache
        )
        return found, problems

    @cached_property
    def catalogue_paths(self) -> Mapping[str, Path]:
        """Every catalogue file, by the name it is shown with; also those that are replaced or hidden."""
        return _files(self.folders, "catalogue")

    def require_catalogue(self) -> Catalogue:
        """The catalogue, or ContentInvalid with everything that is wrong with it: nothing half-read is served."""
        found = self.catalogue
        if self.catalogue_problems:
            raise ContentInvalid(self.catalogue_problems.errors)
        return found

    @cached_property
    def translations(self) -> Translations:
        """Of the shipped facts, and of what the region adds."""
        folders = self.folders if SHIPPED in self.folders else (SHIPPED, *self.folders)
        return Translations.load(*(folder / "i18n" for folder in folders))

    @cached_property
    def explainer(self) -> Explainer:
        from knowledge.explain import Explainer

        return Explainer(self.facts, _geography, self.translations)

    @cached_property
    def matcher(self) -> Matcher:
        from knowledge.matching import Matcher

        return Matcher(self.catalogue, self.facts, _geography, self.explainer)

    @cached_property
    def glossary(self) -> Glossary:
        from knowledge.glossary import read_glossary

        return read_glossary(read_files(self._files["glossary"], self._problems, cache=self._cache), self._problems)

    @cached_property
    def easy_words(self) -> tuple[str, ...]:
        """Words the glossary explains: a visitor can ask what they mean, so they do not make a text hard."""
        return tuple(word for term in self.glossary.values() for word in (term.name, term.full, *term.words))

    @cached_property
    def understanding(self) -> Any:
        """Free Dutch text to facts (understanding.py); its words are read at first use."""
        from knowledge.understanding import Understanding

        return Understanding(self.facts, self.lists, self.geography, self.translations)

    @cached_property
    def worries(self) -> Worries:
        """Worries that no entry answers; a region's own replace the shipped ones.

        Raises ContentInvalid when a file of them is broken: nothing half-read is served.
        """
        from knowledge.worries import read_worries

        problems = Problems()
        files = {
            f"{folder.name}/worries.yaml": folder / "worries.yaml"
            for folder in self.folders
            if (folder / "worries.yaml").is_file()
        }
        found = read_worries(read_files(files, problems), problems, self.facts, _geography)
        if problems:
            raise ContentInvalid(problems.errors)
        return found

    @cached_property
    def search(self) -> Any:
        """Questions to entries (search.py)."""
        from knowledge.search import Search

        return Search(
            self.catalogue.values(), self.glossary, self.worries, self.lists, self.geography,
            self.understanding.lexicon.work,
        )  # fmt: skip

    def profile(self, answers: Mapping[str, Answered], today: date | None = None) -> Profile:
        """What is known about a visitor with these answers."""
        return Profile(self.facts, _geography, answers, today)

    def _po_files(self) -> dict[str, Path]:
        return {
            f"{folder.name}/{path.name}": path for folder in self.folders for path in sorted(folder.glob("i18n/*.po"))
        }

    @cached_property
    def fingerprint(self) -> str:
        """Changes when any file of the content changes; the same files give the same text on every machine."""
        digest = hashlib.sha256()
        for group in (*self._files.values(), self.catalogue_paths, _files(self.folders, "desk.yaml"), self._po_files()):
            for shown, path in group.items():
                digest.update(shown.encode())
                try:
                    digest.update(hashlib.sha256(path.read_bytes()).digest())
                except OSError:
                    digest.update(b"?")
        return digest.hexdigest()[:16]


def _geography() -> Geography:
    from knowledge.geography import Geography

    return Geography.load()


def _read_desk(content_dir: Path | None, problems: Problems, cache: bool) -> Desk:
    """The region's desk.yaml, or the shipped example."""
    folder = content_dir if content_dir is not None and (content_dir / "desk.yaml").exists() else SHIPPED
    files = _files((folder,), "desk.yaml")
    for node in read_files(files, problems, cache=cache).values():
        return read_desk(node, _geography, problems)
    return Desk()


def _findings(content_dir: Path | None, instead: Path | None) -> dict[str, Path]:
    """The files of findings of a pack, `instead` taking the place of the one that counts last."""
    paths = list(checked_paths(content_dir)) if content_dir is not None else []
    if instead is not None:
        paths[-1:] = [instead]
    return {path.as_posix(): path for path in paths if path.is_file()}


def _for_facts(folders: tuple[Path, ...], own: tuple[Path, ...], name: str) -> tuple[Path, ...]:
    """A pack that starts empty still speaks of the shipped facts, unless it declares its own."""
    if SHIPPED in folders or any((folder / name).is_file() for folder in own):
        return folders
    return (SHIPPED, *folders)


def _files(folders: tuple[Path, ...], name: str) -> dict[str, Path]:
    """Files of that name, or all YAML files of that subfolder, shipped first; keys as editors know them."""
    found: dict[str, Path] = {}
    for folder in folders:
        prefix = "knowledge" if folder == SHIPPED else folder.as_posix()
        path = folder / name
        if name.endswith(".yaml"):
            if path.is_file():
                found[f"{prefix}/{name}"] = path
        elif path.is_dir():
            below = sorted(path.rglob("*.yaml"))
            found.update({f"{prefix}/{name}/{one.relative_to(path).as_posix()}": one for one in below})
    return found
