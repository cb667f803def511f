"""From a question in free words to what the desk knows, or to an honest "I do not know".

Rare words count more than common ones; misspellings, compounds written apart or together, old names and abbreviations
are found. How much of the question a document covers decides whether it may answer: below a calibrated threshold
nothing is said. Whoever asks for the desk of a place gets that region's desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from knowledge.availability import availability
from knowledge.entries import Entry
from knowledge.facts import CodeList
from knowledge.geography_words import ordinary_words
from knowledge.redaction import redact
from knowledge.safety import Concern, classify
from knowledge.search_index import Index, Kind, told
from knowledge.search_places import NATIONAL_DESK, Place, Places, asks_for_desk, home
from knowledge.search_question import Reader, Weights
from knowledge.text import LONGEST, words
from knowledge.words import Work, group
from knowledge.worries import Worries

if TYPE_CHECKING:
    from knowledge.geography import Geography
    from knowledge.glossary import Glossary

Outcome: TypeAlias = Literal["answer", "crisis", "privacy", "out_of_scope", "nothing"]

LONGEST_QUERY = 40  # words that are looked at
ASKED_SO = 0.95  # score of a frequent question that is asked word for word
_NAMED_KINDS = ("scheme", "voucher", "fund", "loan", "tax", "programme")
_BEFORE_A_NAME = frozenset(["onder", "regeling", "subsidie"])  # "val ik onder slim"
_BESIDE_A_NAME = frozenset(["deadline", "gebruiken", "aanvragen", "aanvraag", "procent", "openstelling"])
_SHORTEST_NAME = 4  # letters
_MOST_CALLED = 3  # documents that a name may stand in
_LIKELY = 60  # documents whose typical questions are compared with the one asked

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
        weights: Weights | None = None,
    ) -> None:
        self._entries, self._work = tuple(catalogue), work
        self.glossary, self.worries = glossary, worries
        self._lists, self._geography = lists, geography
        self.weights = weights or Weights()

    @cached_property
    def index(self) -> Index:
        return Index(self._entries, self.glossary, self.worries, self._lists)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.index, self._work, self.weights)

    @cached_property
    def _asked_so(self) -> dict[str, list[int]]:
        """The frequent questions word for word."""
        found: dict[str, list[int]] = {}
        for number, document in enumerate(self.index.documents):
            worry = self.worries.get(document.id)
            for question in (worry.question, worry.question_en, *worry.also) if worry is not None else ():
                found.setdefault(" ".join(words(question)), []).append(number)
        return found

    @cached_property
    def _places(self) -> Places:
        return Places(self.index, self._geography)

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
        if concern is not None and concern.kind != "doubt":
            return Result("out_of_scope", concern=concern)
        scored = self._scored(text, today)
        hits = tuple(
            self._hit(number, score, language) for score, number in scored[:top] if score >= self.weights.threshold
        )
        return Result("answer" if hits else "nothing", hits)

    def named(self, text: str) -> Entry | None:
        """The scheme, voucher, fund, loan, tax entry or programme that is called by a name of its own somewhere in a
        text, as "OTIB" or "proefplaatsing"; words that also mean something else are no names."""
        said = words(text)[:LONGEST_QUERY]
        for first in range(len(said)):
            for last in range(min(len(said), first + 4), first, -1):
                key = "".join(said[first:last])
                called = self.index.phrases.get(key, ())
                if not called or len(called) > _MOST_CALLED or len(key) < _SHORTEST_NAME:
                    continue
                entries = [one for number, _ in called if (one := self.index.documents[number].entry) is not None]
                own = [one for one in entries if key in {"".join(words(name)) for name in (one.name, *one.aliases)}]
                entry = next(iter(own or entries), None)
                if entry is None or entry.kind not in _NAMED_KINDS:
                    continue
                acronym = said[first].upper() in text.split() and not text.isupper()  # "SLIM", "STAP"
                behind = _BEFORE_A_NAME & set(said[max(0, first - 1) : first])
                beside = entry.status != "ended" and _BESIDE_A_NAME & set(said) and entry.kind == "scheme"
                named = acronym or bool(behind or beside) or self._is_a_name(key)
                if (own and last > first + 1) or (last == first + 1 and named):
                    return entry
        return None

    def _is_a_name(self, word: str) -> bool:
        listed = word in ordinary_words() or word in group("search_everyday") or word in group("search_weak")
        known = listed or self._work(word) is not None or bool(self._geography.exactly(word))
        return not known and word not in self._reader.domain_words

    def is_about_work(self, text: str) -> bool:
        """Whether any word of a text is one of work, learning or what pays for it."""
        return any(word in self._reader.domain_words for word in words(text)[:LONGEST_QUERY])

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
        desk = asks_for_desk(said)
        places = self._places.named(text, said, desk)
        scores = self._covered(said, places)
        self._add_phrases(said, scores)
        self._add_questions(said, scores)
        self._prefer_places(places, scores)
        if desk:
            self._add_desks(said, places, scores)
        trust = self._reader.trust(said, desk)
        if trust < 1:
            scores = {number: score * trust for number, score in scores.items()}
        self._put_ended_later(said, scores, today)
        self._put_words_and_desks_later(said, desk, scores)
        for number in self._asked_so.get(" ".join(said), ()):  # also when its words say little: "wat kost dit"
            scores[number] = max(scores.get(number, 0.0), ASKED_SO)
        found = sorted(((score, -number) for number, score in scores.items() if score > 0.05), reverse=True)
        seen: set[str] = set()
        best: list[tuple[float, int]] = []
        for score, number in found:
            name = self.index.documents[-number].id
            if name not in seen:  # an explained word may be called like its entry
                seen.add(name)
                best.append((score, -number))
                if len(best) == 40:
                    break
        return best

    def _covered(self, said: Sequence[str], places: Sequence[Place]) -> dict[int, float]:
        """How much of what was asked each document covers, words weighed by how much they tell."""
        index, weights = self.index, self.weights
        total = 0.0
        gained: dict[int, float] = {}
        for asked in self._reader.asked(said, frozenset(word for place in places for word in place.words)):
            total += asked.weight
            best: dict[int, float] = {}
            for one, share in asked.stems.items():
                rare = min(1.0, index.rarity.get(one, 0.0) / asked.weight) if asked.weight else 0.0
                for number, strength in index.postings.get(one, ()):
                    value = share * rare * min(1.0, weights.base + weights.field * strength)
                    if value > best.get(number, 0.0):
                        best[number] = value
            for number, value in best.items():
                gained[number] = gained.get(number, 0.0) + value * asked.weight
        if total <= 0:
            return {}
        # One common word says little; many words need not all be known.
        trust = min(1.0, total / weights.short)
        if total > weights.long:
            total = weights.long + 0.5 * (total - weights.long)
        return {number: min(1.0, trust * value / total) for number, value in gained.items()}

    def _add_phrases(self, said: Sequence[str], scores: dict[int, float]) -> None:
        """Names, old names and abbreviations typed as such."""
        stop, weak = group("search_stop"), group("search_weak")
        content = [word for word in said if word not in stop and word not in weak]
        size = sum(map(len, content)) or sum(len(word) for word in said if word not in stop) or 1
        for first in range(len(said)):
            key = ""
            for last in range(first, min(len(said), first + 7)):
                key += said[last]
                called = self.index.phrases.get(key, ())
                if not called or (last == first and (said[first] in weak or said[first] in stop)):
                    continue
                share = min(1.0, len(key) / size) ** 2
                rare = min(1.0, 2.2 / len(called) ** 0.5)
                for number, weight in called:
                    floor = weight * rare * (0.15 + 0.75 * share)
                    scores[number] = max(scores.get(number, 0.0) + 0.4 * share * rare, floor)

    def _add_questions(self, said: Sequence[str], scores: dict[int, float]) -> None:
        """A question that is asked nearly like this says more than the same words here and there."""
        asked = frozenset(told(said))
        if len(asked) < 2:
            return
        likely = sorted(scores, key=scores.__getitem__, reverse=True)[:_LIKELY]
        for number in likely:
            alike = max(
                (len(asked & known) / len(asked | known) for known in self.index.documents[number].questions),
                default=0.0,
            )
            scores[number] += self.weights.question * alike**1.5

    def _prefer_places(self, places: Sequence[Place], scores: dict[int, float]) -> None:
        """With a place in the question, what is there comes before what is elsewhere."""
        scopes = {scope for place in places for scope in place.scopes}
        if not scopes:
            return
        for number, score in scores.items():
            where = self.index.documents[number].where
            if where:
                scores[number] = score + 0.12 if scopes & set(where) else score * 0.72

    def _add_desks(self, said: Sequence[str], places: Sequence[Place], scores: dict[int, float]) -> None:
        if not places:  # "bij welk loket moet ik zijn": the desk there is everywhere
            for number in self.index.numbers(NATIONAL_DESK):
                scores[number] = max(scores.get(number, 0.0), 0.6)
        for number in self._places.desks(places):
            scores[number] = max(scores.get(number, 0.0) + 0.4, 0.95)
        if lives := home(said, places):  # the desk of the own region helps, whatever other desk is asked about
            for number in self._places.desks([lives]):
                scores[number] = max(0.0, *scores.values()) + 0.3

    def _put_ended_later(self, said: Sequence[str], scores: dict[int, float], today: date | None) -> None:
        """What ended opens an answer only when asked for by name."""
        asked = "".join(said)
        for number, score in scores.items():
            document = self.index.documents[number]
            ended = document.ended
            if today is not None and document.entry is not None and document.entry.windows:
                ended = availability(document.entry, today).status == "ended"
            if ended and not any(len(name) > 2 and name in asked for name in document.phrases):
                scores[number] = score * 0.88

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
