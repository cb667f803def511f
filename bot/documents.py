"""Pages that are made from the content and the code, so that they cannot lie: `make documents`.

    docs/bronnen.md              every entry with its sources and dates, and the attribution of the geography data
    docs/verwerkingsregister.md  what is kept about people, why, and how long (AVG article 30)
    docs/gedrag.md               which transcript holds each behaviour of the origin systems
    docs/operators.md            its table of settings, between the two marks
    README.md                    its transcript and the figures about the knowledge, between their marks

A test compares the files with what is made now.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from bot.behaviours_page import behaviours_page
from bot.settings import Settings, name_of
from knowledge.content import Knowledge
from knowledge.entries import Entry, Source
from knowledge.geography import ATTRIBUTION

KINDS = {
    "scheme": "Regelingen", "voucher": "Vouchers", "fund": "Fondsen", "loan": "Leningen", "tax": "Belasting",
    "service": "Diensten", "programme": "Programma's", "provider": "Opleiders", "event": "Bijeenkomsten",
    "desk": "Loketten",
}  # fmt: skip
CONFIDENCE = {"verified": "nagekeken", "likely": "waarschijnlijk", "unverified": "nog te controleren"}
CLASSES = {"public": "openbaar", "personal": "persoon", "sensitive": "gevoelig", "special": "bijzonder"}
BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"


def sources_page(knowledge: Knowledge) -> str:
    """Every entry, its status and its sources."""
    entries = list(knowledge.catalogue.values())
    unsure = sum(entry.confidence != "verified" for entry in entries)
    lines = [
        "# Bronnen",
        "",
        "Wat het loket weet, waar dat staat, en wanneer een mens het las. Deze pagina wordt gemaakt uit de catalogus;",
        "verander haar niet met de hand (`make documents`).",
        "",
        f"{len(entries)} ingangen, waarvan {unsure} (deels) nog te controleren.",
        "",
        "## Plaatsen, postcodes en regio's",
        "",
        ATTRIBUTION,
    ]
    for kind, title in KINDS.items():
        of_kind = sorted((entry for entry in entries if entry.kind == kind), key=lambda entry: entry.name.casefold())
        if of_kind:
            lines += ["", f"## {title}", ""]
            lines += [line for entry in of_kind for line in _entry_lines(entry)]
    return "\n".join(lines) + "\n"


def _entry_lines(entry: Entry) -> Iterable[str]:
    also = f" (ook: {', '.join(entry.aliases)})" if entry.aliases else ""
    yield (
        f"- **{entry.name}** `{entry.id}`{also}: {CONFIDENCE.get(entry.confidence, entry.confidence)}, "
        f"gelezen {entry.checked_on}, opnieuw vóór {entry.review_by}"
    )
    for source in entry.sources:
        yield f"  - {_source(source)}"


def _source(source: Source) -> str:
    what = f"<{source.url}>" if source.url else source.document
    return f"{what}: {source.supports} ({source.read_on})" if source.supports else f"{what} ({source.read_on})"


def register_page(knowledge: Knowledge) -> str:
    """What is kept about people."""
    desk, days = knowledge.desk, knowledge.desk.retention
    kept = {
        "public": "met de zaak mee", "personal": f"zaak gesloten + {days['case_personal']} dagen",
        "sensitive": f"zaak gesloten + {days['case_sensitive']} dagen", "special": f"hoogstens {days['special']} dagen",
    }  # fmt: skip
    seen = {
        "public": "coach, tellingen", "personal": "coach van het team",
        "sensitive": "alleen de coach van de zaak, na oppakken; inzien wordt vastgelegd",
        "special": "alleen de coach van de zaak; inzien wordt vastgelegd",
    }  # fmt: skip
    stored = {"public": "gewoon"}
    lines = [
        "# Register van verwerkingen",
        "",
        "Gemaakt uit `knowledge/facts.yaml` en `knowledge/desk.yaml` (`make documents`). Een organisatie die het loket",
        "gebruikt, neemt dit over in haar eigen register (AVG, artikel 30).",
        "",
        f"- Verantwoordelijke: {desk.controller}",
        f"- Organisaties achter het loket: {', '.join(desk.organisations)}",
        f"- Contact over privacy: {desk.privacy_contact}",
        "- Grondslag: taak van algemeen belang of, voor wat niet nodig is, uitdrukkelijke toestemming per doel",
        "- Nooit bewaard: burgerservicenummer, nummers van documenten, rekeningnummers, wachtwoorden van bezoekers",
        "",
        "| gegeven | doel | klasse | opgeslagen | wie ziet het | bewaard |",
        "|---|---|---|---|---|---|",
    ]
    for fact in knowledge.facts.values():
        if fact.derive:
            continue
        lines.append(
            f"| {fact.name} (`{fact.id}`) | {fact.purpose} | {CLASSES[fact.cls]} "
            f"| {stored.get(fact.cls, 'versleuteld per persoon')} | {seen[fact.cls]} | {kept[fact.cls]} |"
        )
    lines += [
        "",
        "| overige gegevens | bewaard |",
        "|---|---|",
        f"| gesprek zonder overdracht | {days['chat_without_case']} dagen |",
        f"| gesprek dat niet is afgemaakt | {days['intake_unfinished']} dagen |",
        f"| tekst van een gesprek met overdracht | zaak gesloten + {days['chat_after_case']} dagen |",
        f"| verstuurde berichten in de wachtrij | {days['outbox']} dagen |",
        f"| logboek van handelingen (zonder inhoud) | {days['audit']} dagen |",
        f"| technisch logboek (zonder inhoud) | {days['logs']} dagen |",
    ]
    return "\n".join(lines) + "\n"


def settings_table() -> str:
    lines = ["| setting | meaning | default |", "|---|---|---|"]
    for one in fields(Settings):
        default = one.default
        shown = "" if default in ("", None, ()) else f"`{default}`"
        lines.append(f"| `{name_of(one.name)}` | {one.metadata['about']} | {shown} |")
    return "\n".join(lines)


def with_settings(text: str) -> str:
    """The operators' guide with today's table between its marks."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{settings_table()}\n{END}{tail}"


def with_readme_parts(text: str, transcripts: Path, knowledge: Knowledge) -> str:
    """The README with today's transcripts and figures between their marks."""

    def transcript(found: re.Match[str]) -> str:
        lines = (transcripts / f"{found[1]}.txt").read_text(encoding="utf-8").strip()
        return f"<!-- transcript: {found[1]} -->\n```text\n{lines}\n```\n<!-- end -->"

    text = re.sub(r"<!-- transcript: ([\w-]+) -->.*?<!-- end -->", transcript, text, flags=re.DOTALL)
    line = f"<!-- knowledge -->\n{_knowledge_line(knowledge)}\n<!-- end -->"
    return re.sub(r"<!-- knowledge -->.*?<!-- end -->", lambda _: line, text, flags=re.DOTALL)


def _knowledge_line(knowledge: Knowledge) -> str:
    entries = list(knowledge.catalogue.values())
    newest = max(str(entry.checked_on) for entry in entries)
    unsure = sum(entry.confidence != "verified" for entry in entries)
    ended = sum(entry.status == "ended" for entry in entries)
    return (
        f"Knowledge checked on {newest}: {len(entries)} entries. {unsure} are not (wholly) certain and say so; "
        f"{ended} ended and lead\nto what exists today. Before a launch a person has to open the pages of the 35 "
        "regional desks once."
    )


def documents(docs: Path) -> dict[Path, str]:
    """What each page should hold now."""
    knowledge = Knowledge.load()
    guide, readme = docs / "operators.md", docs.parent / "README.md"
    return {
        docs / "bronnen.md": sources_page(knowledge),
        docs / "verwerkingsregister.md": register_page(knowledge),
        docs / "gedrag.md": behaviours_page(knowledge, docs.parent / "tests" / "transcripts"),
        guide: with_settings(guide.read_text(encoding="utf-8")),
        readme: with_readme_parts(
            readme.read_text(encoding="utf-8"), docs.parent / "tests" / "transcripts" / "readme", knowledge
        ),
    }


def main() -> int:
    docs = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs")
    for path, text in documents(docs).items():
        path.write_text(text, encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
