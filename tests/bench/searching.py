"""One query over the shipped catalogue, beside SQLite FTS5 on the same texts."""

from __future__ import annotations

from tests.bench.measuring import Figure, measure

QUERIES = (
    "is er subsidie voor een opleidingsplan",
    "wat is bbl",
    "verlies ik mijn uitkering als ik ga leren",
    "heftruk diploma almere",
    "stap budget",
    "geld voor bbl leerling begeleiden",
    "waar is het loket in dordrecht",
    "lening om te studeren",
)


def figures() -> list[Figure]:
    from knowledge.content import Knowledge

    knowledge = Knowledge.load()
    search, understanding = knowledge.search, knowledge.understanding

    def ask() -> int:
        for query in QUERIES:
            search.ask(query)
        return len(QUERIES)

    def understand() -> int:
        for query in QUERIES:
            understanding.read(query)
        return len(QUERIES)

    return [measure("search, one query", ask), measure("understanding, one sentence", understand)]
