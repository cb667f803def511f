"""Which entries fit this visitor, and in which order to show them.

Pure: (catalogue, profile, day) in, matches out. Closed and ended entries stay in the list, with what is known about
them: silence costs the coach a phone call.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any, Protocol

from knowledge import asking
from knowledge.availability import Availability, availability
from knowledge.bitsets import BitSets, positions
from knowledge.catalogue import Catalogue
from knowledge.criteria import VERDICTS, Judgement, judge
from knowledge.entries import Entry
from knowledge.explain import Explainer
from knowledge.facts import Facts
from knowledge.profile import Profile
from knowledge.relevance import MOST_REMEMBERED, Relevance, View

MOST_PASSED = 24  # entries of a sort already shown that are passed over to find another sort
_SORTS = {
    "desk": "person", "event": "event", "scheme": "money", "voucher": "money", "fund": "money", "loan": "money",
    "tax": "money",
}  # fmt: skip
_KEPT = 128  # orders of the last profiles
_AVAILABILITY = {"open": 0, "opens_on": 1, "unknown": 2, "closed": 3, "paused": 3, "ended": 4}


class Outside(Protocol):
    """What matching reads of the world (flows/world.py): euros left by entry."""

    @property
    def budgets(self) -> Mapping[str, int]: ...


class Match:
    """One entry for one visitor. Sentences are made when asked for; `in_language` gives them in another language."""

    __slots__ = ("_judgement", "_matcher", "availability", "entry", "language", "profile", "verdict")

    def __init__(
        self,
        matcher: Matcher,
        entry: Entry,
        profile: Profile,
        verdict: str,
        availability: Availability,
        language: str = "nl",
    ) -> None:
        self._matcher, self.entry, self.profile = matcher, entry, profile
        self.verdict, self.availability, self.language = verdict, availability, language
        self._judgement: Judgement | None = None

    def __repr__(self) -> str:
        return f"Match({self.entry.id}, {self.verdict}, {self.status})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Match):
            return NotImplemented
        return (self.entry.id, self.verdict, self.status, self.profile) == (
            other.entry.id,
            other.verdict,
            other.status,
            other.profile,
        )

    def __hash__(self) -> int:
        return hash((self.entry.id, self.verdict, self.profile))

    def in_language(self, language: str) -> Match:
        return Match(self._matcher, self.entry, self.profile, self.verdict, self.availability, language)

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def judgement(self) -> Judgement:
        if self._judgement is None:
            self._judgement = self._matcher.judge(self.entry, self.profile)
        return self._judgement

    @property
    def status(self) -> str:
        """What holds on the day asked about: open, opens_on, closed, paused, ended or unknown."""
        return self.availability.status

    @property
    def opens(self) -> date | None:
        return self.availability.opens_on

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts whose answer would settle a `maybe`."""
        return self.judgement.missing

    @property
    def human(self) -> tuple[str, ...]:
        """What a person still decides, in the language of the match where it is translated."""
        texts = self.judgement.human
        english = self.entry.en.get("human") if self.language == "en" else None
        if english and len(english) == len(self._matcher.human_texts(self.entry)):
            known = dict(zip(self._matcher.human_texts(self.entry), english, strict=True))
            return tuple(known.get(text, text) for text in texts)
        return texts

    @property
    def because(self) -> tuple[str, ...]:
        """Sentences: why it fits, as far as known."""
        return self.why(())

    def why(self, hidden: Iterable[str] = ("special",)) -> tuple[str, ...]:
        """The same without facts of these classes (`sensitive`, `special`)."""
        reasons = self._matcher.visible(self.judgement.because, self.profile, hidden)
        return self._matcher.explainer.why(reasons, self.profile, self.language)

    def clause(self, hidden: Iterable[str] = (), most: int = 2) -> str:
        """One reason for a card: "omdat u 52 jaar bent en u in de metaal werkt". The telling reasons come first."""
        reasons = self._matcher.visible(self.judgement.because, self.profile, hidden)
        told = sorted(reasons, key=lambda reason: -self._matcher.relevance.weight(reason.leaf.fact))
        return self._matcher.explainer.why_clause(told, self.profile, self.language, most)

    @property
    def against(self) -> tuple[str, ...]:
        """Sentences: why it does not fit."""
        return self._matcher.explainer.why_not(self.judgement.against, self.profile, self.language)


_PLACES = ("place", "company_place", "school_place")
_TRADES = ("wanted_sector", "sector", "cao")


@dataclass(frozen=True, slots=True)
class _Moment:
    """Availability of all entries, and bit sets of it; holds until the next opening, closing or midnight."""

    states: tuple[Availability, ...]
    by_rank: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Scene:
    """One visitor at one moment: what fits, what runs, what matters, as bit sets."""

    matcher: Matcher
    view: View
    wanted: int
    by_verdict: tuple[tuple[str, int], ...]
    ruled_out: int
    states: tuple[Availability, ...]
    by_rank: tuple[int, ...]

    def matches(self, bucket: int, verdict: str) -> Iterator[Match]:
        """A bucket in order of score."""
        if not bucket:
            return
        entries, profile, states = self.matcher.entries, self.view.profile, self.states
        order = (
            positions(bucket) if verdict == "does_not_fit" else self.view.sorted(positions(bucket), verdict == "maybe")
        )
        for at in order:
            yield Match(self.matcher, entries[at], profile, verdict, states[at])


class Matcher:
    """Compiled once per catalogue; then every question to it is cheap."""

    def __init__(self, catalogue: Catalogue, facts: Facts, geography: Any, explainer: Explainer) -> None:
        self.catalogue, self.facts, self.explainer = catalogue, facts, explainer
        self._geography = geography
        self.entries: tuple[Entry, ...] = tuple(catalogue.values())
        self.position = {entry.id: position for position, entry in enumerate(self.entries)}
        self.bits = BitSets([entry.criterion for entry in self.entries], facts)
        self.relevance = Relevance(self.entries, facts, self.bits)
        self._kinds: dict[str, int] = {}
        for position, entry in enumerate(self.entries):
            self._kinds[entry.kind] = self._kinds.get(entry.kind, 0) | 1 << position
        self._bounds = sorted(
            {
                moment
                for entry in self.entries
                for window in entry.windows
                for moment in (window.opens, window.closes)
                if moment is not None
            }
        )
        self._moments: OrderedDict[Hashable, _Moment] = OrderedDict()
        self._judged: dict[Hashable, Judgement] = {}
        self._asked: dict[Hashable, str | None] = {}
        self._orders: OrderedDict[Hashable, list[Match]] = OrderedDict()

    # ── matching ───────────────────────────────────────────────────────────────────────────────────────────────────

    def match(
        self,
        profile: Profile,
        today: date | datetime,
        kinds: Iterable[str] | None = None,
        world: Outside | None = None,
    ) -> list[Match]:
        """Every entry (of these kinds), in the order to show them, those that do not fit last."""
        chosen = None if kinds is None else tuple(kinds)
        left = dict(world.budgets) if world is not None else {}
        key = (profile.key, self._moment_key(today), chosen, tuple(sorted(left.items())))
        known = self._orders.get(key)
        if known is None:
            known = list(self.ranked(profile, today, chosen, left))
            self._orders[key] = known
            while len(self._orders) > _KEPT:
                self._orders.popitem(last=False)
        else:
            self._orders.move_to_end(key)
        return list(known)

    def top(
        self,
        profile: Profile,
        today: date | datetime,
        kinds: Iterable[str] | None = None,
        show: int = 3,
        world: Outside | None = None,
    ) -> list[Match]:
        """The first few of `match` that are not ruled out, without ordering the rest."""
        left = dict(world.budgets) if world is not None else {}
        chosen = None if kinds is None else tuple(kinds)
        return list(islice(self.ranked(profile, today, chosen, left, ruled_out=False), show))

    def one(self, entry: Entry | str, profile: Profile, today: date | datetime, world: Outside | None = None) -> Match:
        """One entry for one visitor. Raises KeyError for an id that is not in the catalogue."""
        found = self.catalogue[entry] if isinstance(entry, str) else entry
        left = world.budgets.get(found.id) if world is not None else None
        verdict = VERDICTS[found.criterion.level(profile)]
        return Match(self, found, profile, verdict, availability(found, today, left))

    def ranked(
        self,
        profile: Profile,
        today: date | datetime,
        kinds: tuple[str, ...] | None = None,
        budgets: Mapping[str, int] | None = None,
        *,
        ruled_out: bool = True,
    ) -> Iterator[Match]:
        """The display order, lazily: by verdict, then availability, then nearness, then relevance."""
        scene = self._scene(profile, today, kinds, budgets or {})
        for verdict, bits in scene.by_verdict:
            for rank in scene.by_rank:
                for near in self.relevance.nearness:
                    bucket = bits & rank & near
                    if bucket:
                        for tier in scene.view.tiers:
                            yield from scene.matches(bucket & tier, verdict)
        if ruled_out:
            yield from scene.matches(scene.ruled_out, "does_not_fit")

    def advice(
        self,
        profile: Profile,
        today: date | datetime,
        kinds: tuple[str, ...] | None = None,
        budgets: Mapping[str, int] | None = None,
        show: int = 1,
    ) -> Iterator[Match]:
        """What to name first, lazily: what answers most of what was told before what fits anybody, ended entries last.

        A general service that certainly fits is worth less on a first card than the fund of one's own trade about which
        one thing is still open (relevance.Points); with equal points the display order holds. Ruled out entries are
        left out. The first `show` are of different sorts where that is possible: a place to learn beside a way to pay,
        not two ways to pay.
        """
        found = self._by_points(profile, today, kinds, budgets or {})
        passed: list[Match] = []
        taken: list[Match] = []
        for points, match in found:
            if points > 0 and match.status != "ended" and len(taken) < show and len(passed) < MOST_PASSED:
                if all(sort_of(match) != sort_of(one) for one in taken):
                    taken.append(match)
                    yield match
                else:
                    passed.append(match)
                continue
            yield from passed
            passed = []
            yield match
        yield from passed

    def _by_points(
        self, profile: Profile, today: date | datetime, kinds: tuple[str, ...] | None, budgets: Mapping[str, int]
    ) -> Iterator[tuple[int, Match]]:
        scene = self._scene(profile, today, kinds, budgets)
        levels, ended = self._levels(scene), scene.by_rank[-1]
        last = scene.by_verdict[2][1] & self._nobodys(profile)
        for some in (scene.wanted & ~ended & ~last, last & ~ended, ended):
            for points, level in levels:
                if not level & some:
                    continue
                for verdict, bits in scene.by_verdict:
                    bucket = bits & level & some
                    if bucket:
                        for rank in scene.by_rank:
                            for near in self.relevance.nearness:
                                for match in scene.matches(bucket & rank & near, verdict):
                                    yield points, match

    def _levels(self, scene: _Scene) -> list[tuple[int, int]]:
        maybe = scene.by_verdict[2][1]
        return scene.view.points.levels(scene.by_rank[_AVAILABILITY["unknown"]], scene.view.unlikely(maybe))

    def _scene(
        self, profile: Profile, today: date | datetime, kinds: tuple[str, ...] | None, budgets: Mapping[str, int]
    ) -> _Scene:
        verdicts = self.bits.verdicts(profile)
        moment = self.at(today)
        states, by_rank = moment.states, moment.by_rank
        changed = {self.position[name]: left for name, left in budgets.items() if name in self.position}
        if changed:
            new = {at: availability(self.entries[at], today, left) for at, left in changed.items()}
            states = tuple(new.get(at, state) for at, state in enumerate(states))
            by_rank = _ranks(states)
        wanted = self.of_kinds(kinds)
        by_verdict = (
            ("fits", verdicts.fits & wanted),
            ("coach_decides", verdicts.coach & ~verdicts.fits & wanted),
            ("maybe", verdicts.possible & ~verdicts.coach & wanted),
        )
        view = self.relevance.view(profile)
        return _Scene(self, view, wanted, by_verdict, wanted & ~verdicts.possible, states, by_rank)

    def _nobodys(self, profile: Profile) -> int:
        """What is for one region, for who cannot say where he lives, and what is for a trade, for who cannot say which:
        as good as any other, so it comes after everything else."""
        found = 0
        if _cannot_say(profile, _PLACES):
            found |= self.relevance.nearness[0] | self.relevance.nearness[1]
        if _cannot_say(profile, _TRADES):
            found |= self.relevance.of_a_trade
        return found

    def judge(self, entry: Entry, profile: Profile) -> Judgement:
        """With reasons; remembered for visitors who answered the same on what this entry asks."""
        at = self.position.get(entry.id)
        if at is None or self.entries[at] is not entry:
            return judge(entry.criterion, profile)
        key = self.relevance.marks(at, profile)
        found = self._judged.get(key)
        if found is None:
            if len(self._judged) > MOST_REMEMBERED:
                self._judged.clear()
            found = self._judged[key] = judge(entry.criterion, profile)
        return found

    def of_kinds(self, kinds: Iterable[str] | None) -> int:
        if kinds is None:
            return self.bits.all
        found = 0
        for kind in kinds:
            found |= self._kinds.get(kind, 0)
        return found

    # ── availability ───────────────────────────────────────────────────────────────────────────────────────────────

    def at(self, today: date | datetime) -> _Moment:
        key = self._moment_key(today)
        known = self._moments.get(key)
        if known is None:
            states = tuple(availability(entry, today) for entry in self.entries)
            known = self._moments[key] = _Moment(states, _ranks(states))
            while len(self._moments) > 8:
                self._moments.popitem(last=False)
        return known

    def _moment_key(self, today: date | datetime) -> Hashable:
        moment = today.replace(tzinfo=None) if isinstance(today, datetime) else datetime.combine(today, time(12))
        return moment.date(), bisect_right(self._bounds, moment)

    # ── asking and explaining ──────────────────────────────────────────────────────────────────────────────────────

    def next_question(
        self,
        profile: Profile,
        today: date | datetime,
        kinds: Iterable[str] | None = None,
        show: int = 2,
        asked: Iterable[str] = (),
        world: Outside | None = None,
    ) -> str | None:
        """The fact to ask now, or None when no answer can change what is shown. See asking.py."""
        chosen, left = None if kinds is None else tuple(kinds), world.budgets if world is not None else {}
        key = (
            profile.key, self._moment_key(today), chosen, show, frozenset(asked), tuple(sorted(left.items())),
        )  # fmt: skip
        if key not in self._asked:  # a turn walks the same answers several times
            if len(self._asked) > _KEPT:
                self._asked.clear()
            self._asked[key] = asking.next_question(self, profile, today, chosen, show, frozenset(asked), world)
        return self._asked[key]

    def depends_on(
        self, fact: str, profile: Profile, today: date | datetime, kinds: Iterable[str] | None = None
    ) -> tuple[Entry, ...]:
        """The entries that still depend on a fact, the most relevant first: for "Waarom vraagt u dit?"."""
        return asking.depends_on(self, fact, profile, today, kinds)

    def why_not(
        self, entry: Entry | str, profile: Profile, today: date | datetime, language: str = "nl"
    ) -> asking.WhyNot:
        """Why an entry does not fit, and the smallest change that would make it fit."""
        found = self.catalogue[entry] if isinstance(entry, str) else entry
        return asking.why_not(self, found, profile, today, language)

    def visible(self, reasons: Iterable[Any], profile: Profile, hidden: Iterable[str]) -> list[Any]:
        """Reasons without those on facts of the hidden classes; a derived fact counts as its source."""
        shut = frozenset(hidden)
        return [reason for reason in reasons if self.facts[profile.source(reason.leaf.fact)].cls not in shut]

    def human_texts(self, entry: Entry) -> tuple[str, ...]:
        """Every `human` sentence of an audience, in the order written; `en: {human: […]}` follows that order."""
        return tuple(dict.fromkeys(asking.humans(entry.audience)))


def _cannot_say(profile: Profile, facts: Iterable[str]) -> bool:
    """Whether one of these was asked and not known, and none is known."""
    listed = [fact for fact in facts if fact in profile.facts]
    return not any(map(profile.is_known, listed)) and any(
        profile.state_of(fact) in ("dont_know", "declined") for fact in listed
    )


def sort_of(match: Match) -> str:
    """What kind of help this is: money, a person, an event, or something to learn with."""
    return _SORTS.get(match.entry.kind, "learning")


def _ranks(states: Sequence[Availability]) -> tuple[int, ...]:
    """Bit sets by availability, the best first; the last holds what ended."""
    found = [0] * 5
    for at, state in enumerate(states):
        found[_AVAILABILITY[state.status]] |= 1 << at
    return tuple(found)
