"""Search against SQLite FTS5 and bm25s on the same queries: `python -m tests.queries.report [-v]`.

The rivals search the same texts. Each is shown twice: as it is, and with a threshold that is best for it on the tuning
queries (recall@3 minus false answers), which is more than they offer themselves.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache

from knowledge.search_index import documents
from knowledge.text import words
from tests.queries.labelled import Measures, Query, knowledge, measure, queries, search

Scored = Sequence[tuple[float, str]]


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Every document as (id, all its text)."""
    known = knowledge()
    listed = documents(known.catalogue.values(), known.glossary, search().worries, known.lists["sectors"])
    return tuple((document.id, " ".join(text for _, text in said)) for document, said in listed)


def fts5() -> Callable[[str], Scored]:
    """SQLite's full text search: any word, accents removed, ranked by its bm25."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE docs USING fts5(id UNINDEXED, body, tokenize='unicode61 remove_diacritics 2')")
    base.executemany("INSERT INTO docs VALUES (?, ?)", texts())

    def ask(text: str) -> Scored:
        said = words(text)
        if not said:
            return []
        query = " OR ".join(f'"{word}"' for word in said)
        rows = base.execute("SELECT -bm25(docs), id FROM docs WHERE docs MATCH ? ORDER BY 1 DESC LIMIT 3", (query,))
        return [(float(score), str(one)) for score, one in rows]

    return ask


def bm25() -> Callable[[str], Scored]:
    """bm25s with Dutch Snowball stems."""
    import bm25s
    import snowballstemmer

    stemmer = snowballstemmer.stemmer("dutch")
    ids = [one for one, _ in texts()]
    corpus = bm25s.tokenize(
        [text for _, text in texts()], stopwords="nl", stemmer=stemmer.stemWords, show_progress=False
    )
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)

    def ask(text: str) -> Scored:
        said = bm25s.tokenize(text, stopwords="nl", stemmer=stemmer.stemWords, show_progress=False)
        numbers, scores = index.retrieve(said, k=3, show_progress=False)
        return [(float(score), ids[number]) for number, score in zip(numbers[0], scores[0], strict=True) if score > 0]

    return ask


def best_threshold(ask: Callable[[str], Scored], tune: Sequence[Query]) -> float:
    """The threshold with the best recall@3 minus false answers on the tuning queries."""
    answers = {query.text: ask(query.text) for query in tune}
    seen = sorted({score for found in answers.values() for score, _ in found})
    candidates = [0.0, *seen[:: max(1, len(seen) // 150)]]

    def worth(least: float) -> float:
        found = measure(tune, lambda text: [one for score, one in answers[text] if score >= least])
        return found.recall3 - found.false_answers

    return max(candidates, key=worth)


def line(name: str, found: Measures) -> str:
    recall = f"recall@1 {found.recall1:6.1%}   recall@3 {found.recall3:6.1%}"
    return f"{name:<28} {recall}   false answers {found.false_answers:6.1%}"


def timed(text: str) -> float:
    start = time.perf_counter()
    search().find(text)
    return time.perf_counter() - start


def main() -> None:
    """Print the table; `-v` adds the mistakes in the tuning set, never those in the held-out set."""
    every = list(queries())
    sets = {"tune": [one for one in every if not one.held], "held out": [one for one in every if one.held]}
    rivals = {"SQLite FTS5": fts5(), "bm25s": bm25()}
    least = {name: best_threshold(ask, sets["tune"]) for name, ask in rivals.items()}
    ours = search()
    ours.find("warm")
    for name, asked in sets.items():
        print(f"\n{name}: {len(asked)} queries, {sum(not one.finds for one in asked)} of which must find nothing")
        found = measure(asked, lambda text: [hit.id for hit in ours.find(text)])
        print(line("Ontwikkelloket", found))
        for rival, ask in rivals.items():
            print(line(rival, measure(asked, lambda text, ask=ask: [one for _, one in ask(text)])))
            print(
                line(
                    f"{rival}, best threshold",
                    measure(
                        asked, lambda text, ask=ask, low=least[rival]: [one for score, one in ask(text) if score >= low]
                    ),
                )
            )
        if name == "tune" and "-v" in sys.argv:
            print("\n".join(found.mistakes))
    times = []
    for query in every:
        times.append(min(timed(query.text) for _ in range(3)))  # other work on the machine is not ours
    times.sort()
    median, slow = times[len(times) // 2] * 1e3, times[int(len(times) * 0.95)] * 1e3
    print(f"\ntime per query: median {median:.2f} ms, p95 {slow:.2f} ms")


if __name__ == "__main__":
    main()
