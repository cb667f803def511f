"""Everything a conversation is made of, loaded once and never changed: knowledge, flows, phrases and translations."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from flows.answers import Asking, plain
from flows.holes import desk_holes
from flows.model import Advise, Ask, Do, Flow, Offer, Step, every_step
from flows.reading import FlowReader
from flows.texts import texts
from knowledge.content import Knowledge
from knowledge.criteria_reading import read_criterion
from knowledge.desk_file import CHANNELS
from knowledge.given import read_given
from knowledge.i18n import Translations
from knowledge.problems import ContentInvalid, Place, Problems, did_you_mean
from knowledge.profile import Profile
from knowledge.source import Node, read_file

ROOT = "welcome"
CONTACT, CALL_ME = "contact", "call_me"
HERE = Path(__file__).parent
DEFINITIONS = HERE / "definitions"


@dataclass(frozen=True)
class Content:
    """Loaded content. Cheap to pass around; `fingerprint` changes with any flow, phrase, fact or entry."""

    knowledge: Knowledge
    flows: dict[str, Flow]
    phrases: dict[str, str]  # id -> Dutch
    translations: Translations
    fingerprint: str
    sources: dict[str, str] = field(default_factory=dict, repr=False)  # file as shown -> text, for carets
    memory: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)  # the last walks (walk.py)
    said: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)  # questions worded once

    @classmethod
    def load(cls, content_dir: Path | None = None) -> Content:
        """Shipped content, or a region's own pack over it. Raises ContentInvalid with every problem found."""
        problems = Problems()
        content = cls.read(content_dir, problems)
        if content is None or problems.errors:
            raise ContentInvalid(problems.errors)
        return content

    @classmethod
    def read(cls, content_dir: Path | None, problems: Problems, *, cache: bool = True) -> Content | None:
        """As `load`, but collects the problems; None when the knowledge could not be read at all."""
        content_dir = pack_in_force(content_dir) if content_dir is not None else None
        knowledge = Knowledge.load(content_dir, problems, cache=cache)
        folders = [HERE / "i18n", *([content_dir / "flows" / "i18n"] if content_dir else [])]
        return cls.build(knowledge, flow_files(content_dir, knowledge.desk.extends), folders, problems)

    @classmethod
    def build(
        cls,
        knowledge: Knowledge,
        files: list[tuple[str, Path]],
        folders: list[Path],
        problems: Problems,
    ) -> Content:
        """Flows out of these files, on knowledge that is loaded already. A flow is named as its file is shown."""
        sources: dict[str, str] = {}
        flows: dict[str, Flow] = {}
        digest = hashlib.sha256(knowledge.fingerprint.encode())

        def criterion(node: Node, problems: Problems) -> Any:
            return read_criterion(node, knowledge.facts, lambda: knowledge.geography, problems)

        reader = FlowReader(knowledge.facts, criterion, problems)
        unread: set[str] = set()
        for shown, path in files:
            node = read_file(path, shown, problems)
            if node is None:
                unread.add(Path(shown).stem)
                continue
            sources[shown] = path.read_text(encoding="utf-8")
            digest.update(shown.encode() + b"\0" + sources[shown].encode())
            flow = reader.read(node, Path(shown).stem)
            if flow is not None:
                flows[flow.id] = flow
            else:
                unread.add(Path(shown).stem)
        phrases = _phrases(problems, sources)
        digest.update(repr(sorted(phrases.items())).encode())
        _dangling(flows, unread, problems)
        return cls(knowledge, flows, phrases, Translations.load(*folders), digest.hexdigest()[:16], sources)

    def profile(self, answers: Any, today: date | None) -> Profile:
        """What is known with these answers; the geography is only read when a condition needs it."""
        return Profile(self.knowledge.facts, self._geography, answers, today)

    def _geography(self) -> Any:
        return self.knowledge.geography

    def tr(self, key: str, dutch: str, language: str) -> str:
        """A text in a language: from the flows' catalogue, else the knowledge's, else Dutch."""
        if language == "nl" or not dutch:
            return dutch
        said = self.translations.tr(key, dutch, language)
        return said if said is not dutch else self.knowledge.translations.tr(key, dutch, language)

    def asking(self, fact: str, today: date, labels: tuple[tuple[str, str], ...] = ()) -> Asking:
        """What the readers of answers need to read an answer to this fact."""
        facts = self.knowledge.facts
        geography = self.knowledge.geography if facts[fact].kind == "place" else None
        return Asking(facts[fact], today, labels, geography, facts.lists)

    def withheld(self, channel: str) -> frozenset[str]:
        """Facts that are not asked or read back on a channel: desk.yaml keeps answers of their class off it."""
        found: frozenset[str] | None = self.said.get(("withheld", channel))
        if found is None:
            desk, facts = self.knowledge.desk, self.knowledge.facts
            bound = channel in CHANNELS
            found = frozenset(fact for fact in facts if bound and not desk.may_carry(channel, facts[fact].cls))
            self.said["withheld", channel] = found
        return found

    def warned(self, channel: str) -> frozenset[str]:
        """Facts that are asked on a channel only after saying that our own chat is safer (desk.yaml, `warned`)."""
        found: frozenset[str] | None = self.said.get(("warned", channel))
        if found is None:
            desk, facts = self.knowledge.desk, self.knowledge.facts
            found = frozenset(fact for fact in facts if desk.must_warn(channel, facts[fact].cls))
            self.said["warned", channel] = found
        return found

    def plain_value(self, fact: str, written: Any) -> Any:
        """The answer value of what a flow writes; None when it has none (`check` reported it)."""
        answers, _ = read_given({fact: written}, self.knowledge.facts, lambda: self.knowledge.geography)
        return answers[fact].value if fact in answers else None

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Languages a visitor can choose, Dutch first; not all of them need to be complete."""
        return self.translations.languages()

    def is_partial(self, language: str) -> bool:
        """Whether some texts of the flows are not translated; a desk promises the languages in its desk.yaml."""
        if language == "nl" or language in self.knowledge.desk.languages:
            return False
        found: bool | None = self.memory.get(("partial", language))
        if found is None:
            said = self.translations.messages(language)
            found = any(text.key not in said for text in texts(self))
            self.memory["partial", language] = found
        return found

    def choice_in_any_language(self, fact: str, text: str) -> str:
        """The choice that somebody names in a language the conversation is not in; '' when it is none."""
        return self._choices_elsewhere(fact).get(plain(text), "")

    def _choices_elsewhere(self, fact: str) -> dict[str, str]:
        found: dict[str, str] | None = self.memory.get(("choices", fact))
        if found is None:
            found = {}
            for choice in (self.knowledge.facts[fact].choices or {}).values():
                for language in self.languages[1:]:
                    said = self.tr(f"facts.{fact}.choices.{choice.id}.label", choice.label, language)
                    found.setdefault(plain(said), choice.id)
            self.memory["choices", fact] = found
        return found

    @cached_property
    def holes(self) -> dict[str, str]:
        """What flow texts may name between { }: facts about the desk itself."""
        return desk_holes(self.knowledge.desk)

    @cached_property
    def steps(self) -> dict[str, Step]:
        """Every step of every flow by its key."""
        return {step.key: step for flow in self.flows.values() for step in every_step(flow.steps)}

    @cached_property
    def matches(self) -> bool:
        """Whether walking these flows ever matches entries of the catalogue."""
        return any(isinstance(step, Advise) or (isinstance(step, Offer) and step.open) for step in self.steps.values())

    @cached_property
    def always_asked(self) -> frozenset[str]:
        """Facts that apply to everybody and follow from nothing: without an answer they are asked, whoever it is."""
        facts = self.knowledge.facts.values()
        return frozenset(fact.id for fact in facts if fact.applies is None and not fact.derive)

    @cached_property
    def root(self) -> Flow:
        return self.flows[ROOT]

    def opened_by(self, text: str) -> Flow | None:
        """The flow whose `starts_with` a text holds; the longest words win."""
        said = f" {plain(text)} "
        found = [(len(words), flow) for words, flow in self._openings if f" {words} " in said]
        return max(found, key=lambda one: one[0], default=(0, None))[1]

    @cached_property
    def _openings(self) -> list[tuple[str, Flow]]:
        return [(plain(words), flow) for flow in self.flows.values() for words in flow.starts_with]

    @cached_property
    def starts(self) -> dict[str, Flow]:
        """Words that open a flow, made plain: of the flows whose `given` says more than who somebody is."""
        from flows.answers.words import plain

        opened = [flow for flow in self.flows.values() if set(flow.given) - {"situation"}]
        return {plain(words): flow for flow in opened for words in flow.starts_with}

    @cached_property
    def start_words(self) -> frozenset[str]:
        """The first word of each of `starts`."""
        return frozenset(words.split()[0] for words in self.starts if words)

    def asks(self, fact: str, flow: str) -> Ask | None:
        """How a fact is asked: as this flow words it, else as any flow does."""
        for step in every_step(self.flows[flow].steps) if flow in self.flows else ():
            if isinstance(step, Ask) and step.fact == fact:
                return step
        return self.askable.get(fact)

    @cached_property
    def askable(self) -> dict[str, Ask]:
        """The first `ask` of each fact over all flows: how a fact is worded when the desk asks it out of turn."""
        found: dict[str, Ask] = {}
        for flow in self.flows.values():
            for step in every_step(flow.steps):
                if isinstance(step, Ask):
                    found.setdefault(step.fact, step)
        return found


def pack_in_force(folder: Path) -> Path:
    """Where a pack's files are: a published one keeps versions below its folder, and one link says which of them holds.

    The link is followed here and once, so that what is read later, on first use, is of the same version.
    """
    current = folder / ".versions" / "current"
    return current.resolve() if current.is_symlink() else folder


def flow_files(content_dir: Path | None, extends: str = "") -> list[tuple[str, Path]]:
    """(as shown, path) of every flow; a pack's file replaces the shipped one of that name, or stands alone."""
    shipped = [] if extends == "none" and content_dir is not None else sorted(DEFINITIONS.glob("*.yaml"))
    found = {path.stem: (f"flows/definitions/{path.name}", path) for path in shipped}
    if content_dir is not None:
        for path in sorted((content_dir / "flows").glob("*.yaml")):
            found[path.stem] = (f"flows/{path.name}", path)
    return list(found.values())


def _phrases(problems: Problems, sources: dict[str, str]) -> dict[str, str]:
    path = HERE / "phrases.yaml"
    node = read_file(path, "flows/phrases.yaml", problems)
    if node is None:
        return {}
    sources["flows/phrases.yaml"] = path.read_text(encoding="utf-8")
    return {key: value.text.strip() for key, value in node.map.items()}


def _dangling(flows: dict[str, Flow], unread: set[str], problems: Problems) -> None:
    """Names of flows that do not exist, and a missing root. Files that could not be read have been told already."""
    for required in (ROOT, CONTACT, CALL_ME):
        if required not in flows and required not in unread:
            problems.error(
                Place(f"flows/definitions/{required}.yaml"), f"there is no flow '{required}'", "Every desk needs it."
            )
    for flow in flows.values():
        for step in every_step(flow.steps):
            name = step.flow if isinstance(step, Do) else ""
            if isinstance(step, Offer) and step.what != "coach":
                name = step.what
            if name and name not in flows and name not in unread:
                problems.error(
                    step.place,
                    f"flow '{name}' does not exist",
                    f"{guess} Or add flows/definitions/{name}.yaml."
                    if (guess := did_you_mean(name, flows))
                    else f"Add flows/definitions/{name}.yaml.",
                    width=len(name),
                )
