"""Texts that need care before anything else: crisis, abuse, spam, injection, other matters of government.

A crisis text gets a fixed, reviewed text with the lines that are always open, at once and whoever speaks. Sayings that
sound like a crisis ("ik ga dood van het lachen") are told apart; in doubt the lines are shown. Nothing here stores.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import repeat
from typing import Literal, TypeAlias

from rapidfuzz.distance import OSA

from knowledge.frames import frames_of
from knowledge.languages import RIGHT_TO_LEFT, with_isolated_numbers
from knowledge.negation import is_denied
from knowledge.phrases import Hit, Phrases
from knowledge.source import Node
from knowledge.text import LONGEST, Token, bare_words, tokens
from knowledge.words import group, read_words

Kind: TypeAlias = Literal["crisis", "doubt", "abuse", "spam", "injection", "out_of_scope"]

_SURE_WORDS = ("zelfmoord", "zelfdoding", "suicidaal", "zelfmoordgedachten")  # found with a typing error too
_RANK = {"suicide": 0, "violence": 1, "danger": 2, "need": 3}
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.I)


@dataclass(frozen=True, slots=True)
class Concern:
    """Why a text needs care; `doubt` is one that only may be a crisis.

    `topic`: suicide, violence, danger, need; or the matter that is out of scope.
    """

    kind: Kind
    topic: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)  # language -> reviewed text
    pointer: str = ""  # where to go with a matter that is out of scope: an address, or who to ask

    def answer(self, language: str = "nl") -> str:
        """The reviewed text in a language, else in Dutch; '' when there is none."""
        said = self.answers.get(language) or self.answers.get("nl", "")
        return with_isolated_numbers(said) if language in RIGHT_TO_LEFT and language in self.answers else said


@dataclass(frozen=True, slots=True)
class _Topic:
    answers: Mapping[str, str]
    pointer: str


class Safety:
    """The words of `words/safety.yaml` and `words/scope.yaml`. Load once; classifying is pure and never raises."""

    def __init__(self, safety: Node, scope: Node) -> None:
        self._phrases = Phrases()
        self._phrases.sets(safety)
        self._others: list[tuple[str, str]] = []
        for key, lines in safety.map.items():
            if key in ("sets", "answers", "concepts") or key.startswith("frames."):
                continue
            fact, _, value = key.partition(".")
            for line in filter(str.strip, lines.text.splitlines()):
                if fact == "other" or value == "other":
                    self._others.append((value if fact == "other" else fact, _plain(line.strip())))
                else:
                    self._phrases.add(fact, value, line)
        self._frames = frames_of(safety, "frames.", negation=False)
        self._latin = [(kind, part) for kind, part in self._others if part.isascii()]
        answers = safety.get("answers")
        self.answers = {
            name: {language: said.text.strip() for language, said in part.map.items()}
            for name, part in (answers.map if answers else {}).items()
        }
        parts = dict.fromkeys(part for _, part in self._latin)
        whole = (one for one in parts if not any(other in one for other in parts if other != one))
        self._parts = (*whole, "://", "www.")  # a short text that holds none of these is in no other language
        self._pieces = _pieces_of(self._parts)
        self._scope = Phrases()
        self._topics: dict[str, _Topic] = {}
        self._unless = frozenset(word.strip() for word in _text(scope, "unless").split(","))
        topics = scope.get("topics")
        for name, topic in (topics.map if topics else {}).items():
            self._topics[name] = _Topic({one: _text(topic, one) for one in ("nl", "en")}, _text(topic, "pointer"))
            for line in filter(str.strip, _text(topic, "words").splitlines()):
                self._scope.add("scope", name, line)
        self._starts = self._phrases.starts | self._scope.starts
        self._prefixes = (*self._phrases.prefixes, *self._scope.prefixes, *"0123456789")

    def classify(self, text: str) -> Concern | None:
        """The gravest concern of a text, or None. Crisis first, then abuse, injection, spam and out of scope."""
        text = text[:LONGEST]
        return None if self._is_quiet(text) else self._gravest(text)

    def _is_quiet(self, text: str) -> bool:
        """Whether nothing in a short ASCII text can be a concern: most answers, at a fraction of the whole reading.

        Never true when `_gravest` finds something; a test compares the two.
        """
        if not text.isascii():
            return False
        plain = " ".join(text.lower().split())
        if any(map(plain.__contains__, self._pieces)) and any(map(plain.__contains__, self._parts)):
            return False
        said = bare_words(plain)
        long = [word for word in said if len(word) >= 7]
        if len(said) >= 12 or any(map(_is_sure, long)):
            return False
        if not self._frames.anchors.isdisjoint(said):
            return False
        if self._starts.isdisjoint(said) and not any(map(str.startswith, said, repeat(self._prefixes))):
            return True
        return not (self._phrases.occur(said) or self._scope.occur(said))

    def _gravest(self, text: str) -> Concern | None:
        plain = _plain(text)
        said = [token for token in tokens(text) if token.text not in ("-", "/")]
        hits = list(self._phrases.find(said))
        topic = self._crisis(plain, said, hits)
        if topic:
            return Concern("crisis", topic, self.answers[topic])
        joined = {value for value, _ in self._frames.find(said)} if not _speaks_of_work(said, hits) else set()
        if "suicide" in joined:
            return Concern("crisis", "suicide", self.answers["suicide"])
        if "doubt" in joined:
            return Concern("doubt", "suicide", self.answers["doubt"])
        hits = [hit for hit in hits if not _is_cancelled(hit, hits)]
        facts = {hit.fact for hit in hits} | {
            kind for kind, part in self._in_other_words(plain) if kind == "injection" and part in plain
        }
        if "injection" in facts:
            return Concern("injection", answers=self.answers["injection"])
        if "abuse" in facts and _is_directed(said, [hit for hit in hits if hit.fact == "abuse"]):
            return Concern("abuse", answers=self.answers["abuse"])
        if "spam" in facts or _is_advertising(text, said):
            return Concern("spam", answers=self.answers["spam"])
        return self._out_of_scope(said)

    def _in_other_words(self, plain: str) -> Sequence[tuple[str, str]]:
        """Parts of texts in other languages; those in other scripts only when the text holds another script."""
        return self._latin if plain.isascii() else self._others

    def _crisis(self, plain: str, said: Sequence[Token], hits: Sequence[Hit]) -> str:
        found = {
            hit.value
            for hit in hits
            if hit.fact == "crisis" and not _is_cancelled(hit, hits) and not _is_of_work(said, hit.first, hit.last)
        }
        found |= {kind for kind, part in self._in_other_words(plain) if kind in _RANK and part in plain}
        spoken_of = any(hit.fact == "not" for hit in hits)
        if not spoken_of and any(
            _is_sure(one.text) and not _is_of_work(said, at, at + 1) for at, one in enumerate(said)
        ):
            found.add("suicide")
        return min(found, key=lambda kind: _RANK[kind], default="")

    def _out_of_scope(self, said: Sequence[Token]) -> Concern | None:
        if self._unless & {token.text for token in said}:
            return None
        for hit in self._scope.find(said):
            if is_denied(said, hit.first):
                continue
            topic = self._topics[hit.value]
            return Concern("out_of_scope", hit.value, topic.answers, topic.pointer)
        return None


@cache
def load() -> Safety:
    """The shipped word lists, read once per process."""
    nodes = read_words("safety", "scope")
    return Safety(nodes["safety"], nodes["scope"])


def classify(text: str) -> Concern | None:
    """Why `text` needs care before anything else, or None."""
    return load().classify(text)


def _pieces_of(parts: Iterable[str], letters: int = 3) -> tuple[str, ...]:
    """A few short pieces, of which every part holds one: a text without any of them holds no part either."""
    left, found = set(parts), []
    while left:
        held = Counter(
            one for part in left for one in {part[at : at + letters] for at in range(len(part) - letters + 1)}
        )
        found.append(max(sorted(held), key=lambda piece: held[piece]))
        left = {part for part in left if found[-1] not in part}
    return tuple(found)


def _text(node: Node, key: str) -> str:
    found = node.get(key)
    return found.text.strip() if found else ""


def _plain(text: str) -> str:
    """Any script, without accents and marks, one space between words."""
    if text.isascii():
        return " ".join(text.lower().split())
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.replace("\u2019", "'").replace("ı", "i").split())


@lru_cache(maxsize=4096)
def _is_sure(word: str) -> bool:
    """ "zelfmoort", "zelfmord": a misspelled word that must never be missed."""
    return len(word) >= 7 and any(
        abs(len(word) - len(sure)) <= 2 and OSA.distance(word, sure, score_cutoff=2) <= 2 for sure in _SURE_WORDS
    )


def _speaks_of_work(said: Sequence[Token], hits: Sequence[Hit]) -> bool:
    """Caring for people in trouble, or a saying: no frame counts."""
    return any(hit.fact == "not" for hit in hits) or _is_of_work(said, 0, len(said))


_AT_WORK = frozenset(["patienten", "bewoners", "clienten", "patient", "client", "klanten", "klant", "leerlingen"])


def _is_cancelled(hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether a saying or another meaning covers (part of) these words."""
    return hit.fact != "not" and any(
        one.fact == "not" and one.first < hit.last and hit.first < one.last for one in hits
    )


def _is_of_work(said: Sequence[Token], first: int, last: int) -> bool:
    """Caring for people in trouble is work: "ik help cliënten die suicidaal zijn"."""
    around = {token.text for token in said[max(0, first - 5) : last + 3]}
    return bool(around & _AT_WORK) and "mij" not in around


def _is_directed(said: Sequence[Token], hits: Sequence[Hit]) -> bool:
    """A swear word about a job ("kutbaan") is no abuse; one at the desk, or on its own, is."""
    words = [token.text for token in said if token.is_word]
    return (
        len(words) <= 4 or bool(group("safety_about_you") & set(words)) or any(hit.last - hit.first > 1 for hit in hits)
    )


def _is_advertising(text: str, said: Sequence[Token]) -> bool:
    links = len(_LINK.findall(text))
    if links >= 2:
        return True
    words = [token.text for token in said if token.is_word]
    return len(words) >= 12 and len(set(words)) <= len(words) // 5  # one word over and over
