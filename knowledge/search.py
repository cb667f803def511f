"""From a question in free words to what the desk knows, or to an honest "I do not know".

Rare words count more than common ones; misspellings, compounds written apart or together, old names and abbreviations
are found. How much of the question a document covers decides whether it may answer: below a calibrated threshold
nothing is said. Whoever asks for the desk of a place gets that region's desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.availability import availability
from knowledge.entries import Entry
from knowledge.facts import CodeList
from knowledge.geography_spots import Ambiguous, Found, Spot
from knowledge.geography_words import ordinary_words
from knowledge.parsed import read_files
from knowledge.problems import Problems
from knowledge.redaction import redact
from knowledge.safety import Concern, classify
from knowledge.search_index import Index, Kind
from knowledge.source import Node
from knowledge.text import LONGEST, stem, words
from knowledge.words import Work, group, read_words
from knowledge.worries import Worries, read_worries

if TYPE_CHECKING:
    from knowledge.content import Knowledge
    from knowledge.geography import Geography
    from knowledge.glossary import Glossary

Outcome: TypeAlias = Literal["answer", "crisis", "privacy", "out_of_scope", "nothing"]

THRESHOLD = 0.46  # least score to answer with; calibrated on the tuning queries (tests/queries/report.py)
_OFF_TOPIC = 0.75  # what is left of a score when nothing shows that the text is about work or learning
_LONG = 2.0  # weight of the words of a question beyond which further words count half
LONGEST_QUERY = 40  # words that are looked at

_DESK_WORDS = (
    "ontwikkelloket", "werkcentrum", "werkcentra", "rwc", "regionaalwerkcentrum", "werkhub", "huisvanwerk", "lwl",
    "leerwerkloket", "leerwerkloketten", "mobiliteitsteam", "rmt", "werkgeversservicepunt", "wsp", "werkplein", "loket",
    "loopbaanloket", "arbeidsbureau", "balie", "werkloket", "banenloket", "jobcentre", "jobcenter", "werkgeversloket",
    "regioloket",
)  # fmt: skip
_NATIONAL_DESK = "werkcentrum"
_PRIVACY = (
    "wis mijn gegevens", "verwijder mijn gegevens", "mijn gegevens wissen", "mijn gegevens verwijderen", "vergeet mij",
    "delete my data", "erase my data", "mijn gegevens inzien", "download mijn gegevens",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. `answer` is ready to show for explained words and frequent questions; an entry has its card."""

    id: str
    score: float  # 0 to 1
    kind: Kind
    name: str = ""
    answer: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What a question led to. `kind` is `answer` exactly when there are hits; `concern` says what else to answer."""

    kind: Outcome
    hits: tuple[Hit, ...] = ()
    concern: Concern | None = None


class Search:
    """Finds entries, explained words and answers. The index is built at first use; searching is pure."""

    def __init__(
        self,
        catalogue: Iterable[Entry],
        glossary: Glossary,
        worries: Worries,
        lists: Mapping[str, CodeList],
        geography: Geography,
        work: Callable[[str], Work | None],
    ) -> None:
        self._entries, self._works = tuple(catalogue), work
        self.glossary, self.worries = glossary, worries
        self._lists, self._geography = lists, geography

    @classmethod
    def load(cls, knowledge: Knowledge) -> Search:
        """Over the catalogue, glossary and worries of one desk; a region's own worries replace the shipped ones."""
        files = {
            f"{folder.name}/worries.yaml": folder / "worries.yaml"
            for folder in knowledge.folders
            if (folder / "worries.yaml").is_file()
        }
        worries = read_worries(read_files(files, Problems()), Problems())
        return cls(
            knowledge.catalogue.values(), knowledge.glossary, worries, knowledge.lists, knowledge.geography,
            knowledge.understanding.lexicon.work,
        )  # fmt: skip

    @cached_property
    def index(self) -> Index:
        return Index(self._entries, self.glossary, self.worries, self._lists)

    @cached_property
    def _desks(self) -> dict[str, list[int]]:
        """Labour market region -> desks, as numbers of documents."""
        found: dict[str, list[int]] = {}
        for number, document in enumerate(self.index.documents):
            if document.entry is not None and document.entry.kind == "desk":
                for scope in document.where:
                    found.setdefault(scope.removeprefix("region:"), []).append(number)
        return found

    @cached_property
    def _same(self) -> dict[str, tuple[str, ...]]:
        """Stem -> stems of words that mean the same."""
        found: dict[str, tuple[str, ...]] = {}
        for line in _node_text(self._words, "same").splitlines():
            group = [stem(word.strip()) for word in line.split(",") if word.strip()]
            for one in group:
                found[one] = (*found.get(one, ()), *(other for other in group if other != one))
        return found

    @cached_property
    def _domain(self) -> frozenset[str]:
        """Stems of words about work and learning."""
        return frozenset(stem(word) for word in _node_text(self._words, "domain").split())

    @cached_property
    def _words(self) -> Node:
        return read_words("search")["search"]

    # ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def find(self, text: str, top: int = 3, today: date | None = None, language: str = "nl") -> list[Hit]:
        """The best hits, at most `top`; empty when nothing is good enough or the text is no question for this desk."""
        return list(self.ask(text, top, today, language).hits)

    def ask(self, text: str, top: int = 3, today: date | None = None, language: str = "nl") -> Result:
        """Hits, or why there are none. Never raises."""
        text = text[:LONGEST]
        concern = classify(text)
        if concern is not None and concern.kind == "crisis":
            return Result("crisis", concern=concern)
        if redact(text).found or any(said in text.lower() for said in _PRIVACY):
            return Result("privacy")
        if concern is not None:
            return Result("out_of_scope", concern=concern)
        scored = self._scored(text, today)
        hits = tuple(self._hit(number, score, language) for score, number in scored[:top] if score >= THRESHOLD)
        return Result("answer" if hits else "nothing", hits)

    def score(self, text: str, today: date | None = None) -> list[tuple[float, str]]:
        """Every candidate with its score, best first, also below the threshold: for calibration."""
        return [(score, self.index.documents[number].id) for score, number in self._scored(text, today)]

    def _hit(self, number: int, score: float, language: str) -> Hit:
        document = self.index.documents[number]
        name = document.entry.text("name", language) if document.entry else document.name
        answer = document.answer[language == "en"] or document.answer[0]
        return Hit(document.id, round(min(1.0, score), 3), document.kind, name, answer, document.aliases)

    # ── scoring ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _scored(self, text: str, today: date | None) -> list[tuple[float, int]]:
        said = words(text)[:LONGEST_QUERY]
        if not said:
            return []
        desk = _asks_for_desk(said)
        places = self._places(text, said, desk)
        scores = self._covered(said, places)
        self._add_phrases(said, scores)
        self._prefer_places(places, scores)
        if desk:
            self._add_desks(places, scores)
        if not desk and not self._is_about_work(said):
            scores = {number: score * _OFF_TOPIC for number, score in scores.items()}
        self._put_ended_later(said, scores, today)
        self._put_words_and_desks_later(said, desk, scores)
        found = sorted(((score, -number) for number, score in scores.items() if score > 0.05), reverse=True)
        return [(score, -number) for score, number in found[:40]]

    def _covered(self, said: Sequence[str], places: Sequence[_Place]) -> dict[int, float]:
        """How much of what was asked each document covers, words weighed by how much they tell."""
        index = self.index
        in_place = {word for place in places for word in place.words}
        total = 0.0
        gained: dict[int, float] = {}
        skip = False
        for at, word in enumerate(said):
            if skip:
                skip = False
                continue
            joined = word + said[at + 1] if at + 1 < len(said) else ""
            whole = stem(joined) if joined and joined in index.words and len(joined) > 5 else ""
            if whole and (word not in group("search_stop") or said[at + 1] not in group("search_stop")):
                matches: dict[str, float] = {whole: 1.0, stem(word): 0.8, stem(said[at + 1]): 0.8}
                skip = True
                weight = max((index.rarity.get(one, 0.0) for one in matches), default=0.6)
            elif word in group("search_stop"):
                continue
            else:
                matches, weight = self._matches(word)
            if not whole and (word in group("search_weak") or (matches and _weak_stems().issuperset(matches))):
                weight *= 0.35
            elif word in ordinary_words() and not whole:
                weight *= 0.75
            local = word in in_place
            total += weight * (0.25 if local else 1.0)
            best: dict[int, float] = {}
            for one, share in matches.items():
                rare = index.rarity.get(one, 0.0)
                for number, strength in index.postings.get(one, ()):
                    value = share * _saturated(strength) * min(1.0, rare / weight if weight else 0.0 if local else 1.0)
                    if value > best.get(number, 0.0):
                        best[number] = value
            for number, value in best.items():
                gained[number] = gained.get(number, 0.0) + value * weight * (0.25 if local else 1.0)
        if total <= 0:
            return {}
        # One common word says little; many words need not all be known.
        trust = min(1.0, total / 0.55)
        if total > _LONG:
            total = _LONG + 0.5 * (total - _LONG)
        return {number: min(1.0, trust * value / total) for number, value in gained.items()}

    def _matches(self, word: str) -> tuple[dict[str, float], float]:
        """Stems that a word of the question may mean, with how surely, and how much the word tells."""
        index = self.index
        found: dict[str, float] = {}
        for one, share in index.terms(word):
            if one in index.postings:
                found[one] = max(found.get(one, 0.0), share)
        whole = stem(word)
        if whole in index.postings:
            weight = index.rarity[whole]
            for one in self._same.get(whole, ()):
                if one in index.postings:
                    found[one] = max(found.get(one, 0.0), 0.7)
            return found, weight
        for one in self._same.get(whole, ()):
            if one in index.postings:
                found[one] = max(found.get(one, 0.0), 0.8)
        known = word in ordinary_words()
        if not known and len(word) > 4 and not self._same.get(whole):
            for one, share in self._misspelled(whole if len(whole) > 4 else word):
                found[one] = max(found.get(one, 0.0), share)
        rarest = max((index.rarity[one] for one in found), default=0.0)
        if found:
            return found, max(rarest, 0.5)
        return {}, 0.45 if known else 0.8

    def _misspelled(self, word: str) -> list[tuple[str, float]]:
        most = 1 if len(word) < 8 else 2
        close = process.extract(
            word, self.index.by_letter.get(word[0], ()), scorer=OSA.distance, score_cutoff=most, limit=4
        )
        return [(str(one), 0.9 - 0.14 * distance) for one, distance, _ in close]

    def _add_phrases(self, said: Sequence[str], scores: dict[int, float]) -> None:
        """Names, old names and abbreviations typed as such."""
        content = [word for word in said if word not in group("search_stop") and word not in group("search_weak")]
        size = sum(map(len, content)) or sum(len(word) for word in said if word not in group("search_stop")) or 1
        for first in range(len(said)):
            key = ""
            for last in range(first, min(len(said), first + 7)):
                key += said[last]
                for number, weight in self.index.phrases.get(key, ()):
                    if last == first and (said[first] in group("search_weak") or said[first] in group("search_stop")):
                        continue
                    share = min(1.0, len(key) / size) ** 2
                    rare = min(1.0, 2.2 / len(self.index.phrases[key]) ** 0.5)
                    scores[number] = max(
                        scores.get(number, 0.0) + 0.4 * share * rare, weight * rare * (0.15 + 0.75 * share)
                    )

    # ── places and desks ───────────────────────────────────────────────────────────────────────────────────────────

    def _places(self, text: str, said: Sequence[str], desk: bool) -> list[_Place]:
        """Places in the question. A sentence is only searched thoroughly when somebody asks for a desk."""
        found: list[_Place] = []
        if desk:
            for mention in self._geography.scan(text):
                spots = _spots(mention.result)
                if spots:
                    found.append(_Place(tuple(words(mention.text)), spots))
            for word in said:
                if len(word) == 4 and word.isdigit() and (spots := _spots(self._geography.find(word))):
                    found.append(_Place((word,), spots))
        if found:
            return found
        for at, word in enumerate(said):
            for count in (3, 2, 1):
                part = tuple(said[at : at + count])
                if len(part) < count or (
                    count == 1 and (word in group("search_stop") or len(word) < 4 or word in ordinary_words())
                ):
                    continue
                result = self._geography.exactly(" ".join(part))
                spots = _spots(result) if result else ()
                if spots:
                    found.append(_Place(part, spots))
                    break
        return found

    def _prefer_places(self, places: Sequence[_Place], scores: dict[int, float]) -> None:
        """With a place in the question, what is there comes before what is elsewhere."""
        if not places:
            return
        scopes = {scope for place in places for spot in place.spots for scope in _scopes(spot)}
        for number, score in scores.items():
            where = self.index.documents[number].where
            if where:
                scores[number] = score + 0.12 if scopes & set(where) else score * 0.72

    def _add_desks(self, places: Sequence[_Place], scores: dict[int, float]) -> None:
        if not places:  # "bij welk loket moet ik zijn": the desk there is everywhere
            for number in self.index.numbers(_NATIONAL_DESK):
                scores[number] = max(scores.get(number, 0.0), 0.6)
        regions = [spot.region for place in places for spot in place.spots if spot.region]
        for region in dict.fromkeys(regions):
            for number in self._desks.get(region, ()):
                scores[number] = max(scores.get(number, 0.0) + 0.4, 0.95)

    def _put_ended_later(self, said: Sequence[str], scores: dict[int, float], today: date | None) -> None:
        """What ended opens an answer only when asked for by name."""
        asked = "".join(said)
        for number, score in scores.items():
            document = self.index.documents[number]
            ended = document.ended
            if (
                today is not None
                and document.entry is not None
                and document.entry.kind != "desk"
                and document.entry.windows
            ):
                ended = availability(document.entry, today).status == "ended"
            if ended and not any(len(name) > 2 and name in asked for name in document.phrases):
                scores[number] = score * 0.88

    def _is_about_work(self, said: Sequence[str]) -> bool:
        """A word about work or learning, or a name that makes up most of the question."""
        if any(self._domain & {stem(part) for part in (word, *self.index.splitter.split(word))} for word in said):
            return True
        if any(self._works(word) for word in said if word not in group("search_stop")):
            return True
        content = [word for word in said if word not in group("search_stop") and word not in group("search_weak")]
        size = sum(map(len, content))
        for first in range(len(said)):
            key = ""
            for last in range(first, min(len(said), first + 7)):
                key += said[last]
                if len(key) * 2 > size and key in self.index.phrases and len(key) > 2 and key not in ordinary_words():
                    return True
        return False

    def _put_words_and_desks_later(self, said: Sequence[str], desk: bool, scores: dict[int, float]) -> None:
        """A word is explained to whoever asks what it means; a region's desk is for its place."""
        asks_meaning = said[0] in ("wat", "what", "begrip", "uitleg") or "betekent" in said or "betekenis" in said
        content = "".join(word for word in said if word not in group("search_stop"))
        for number, score in scores.items():
            document = self.index.documents[number]
            if document.kind == "glossary" and asks_meaning and content in document.phrases:
                scores[number] = max(score, 0.9) + 0.2
            elif document.kind == "glossary" and not asks_meaning and content not in document.phrases:
                scores[number] = score * (0.85 if document.id.startswith("begrip-") else 0.6)
            elif document.entry is not None and document.entry.kind == "desk" and (not desk or score < 0.9):
                scores[number] = score * 0.6


@cache
def _weak_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in group("search_weak"))


@dataclass(frozen=True, slots=True)
class _Place:
    words: tuple[str, ...]
    spots: tuple[Spot, ...]


def _node_text(node: Node, key: str) -> str:
    found = node.get(key)
    return found.text if found else ""


def _spots(result: object) -> tuple[Spot, ...]:
    if isinstance(result, Found):
        return (result.spot,)
    if isinstance(result, Ambiguous):
        return result.choices
    return ()


def _scopes(spot: Spot) -> tuple[str, ...]:
    found = []
    if spot.region:
        found.append(f"region:{spot.region}")
    if spot.province:
        found.append(f"province:{spot.province}")
    if spot.municipality_id:
        found.append(f"municipality:{spot.municipality_id}")
    return tuple(found)


def _asks_for_desk(said: Sequence[str]) -> bool:
    """Whether a word for a regional desk is used, also written apart: "leer werk loket", "huis van werk"."""
    for first in range(len(said)):
        key = ""
        for last in range(first, min(len(said), first + 3)):
            key += said[last]
            if key in _DESK_WORDS:
                return True
            if len(key) > 8 and any(
                OSA.distance(key, word, score_cutoff=2) <= 2 for word in _DESK_WORDS if len(word) > 9
            ):
                return True
    return False


def _saturated(strength: float) -> float:
    """A word in the name counts fully, in the summary less."""
    return min(1.0, 0.3 + 0.25 * strength)
