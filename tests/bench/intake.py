"""A ten-question intake as a pack of its own: the conversation every engine in the comparison carries."""

from __future__ import annotations

from pathlib import Path

from flows.content import Content

FACT = """\
q{number}:
  kind: text
  question: "Vraag {number}: wat is uw antwoord?"
  name: vraag {number}
  why: Om te meten.
  class: public
  purpose: Meten.
  cost: 1
  max: 80
"""
CONTACT = """\
{fact}:
  kind: {fact_kind}
  question: Hoe bereiken we u?
  name: uw {fact}
  why: Om u te bereiken.
  class: personal
  purpose: Bereiken.
  cost: 1
  max: 60
"""


def ten_questions(folder: Path) -> Content:
    """The content, read from files as any pack is."""
    (folder / "flows").mkdir(parents=True)
    (folder / "desk.yaml").write_text(
        "name: Meting\norganisations: [Meting]\ncontroller: Meting\nprivacy_contact: a@example.nl\nregions: national\n"
        "extends: none\nlanguages: [nl]\n"
    )
    facts = "".join(FACT.format(number=number) for number in range(1, 11))
    for fact, kind in (("phone", "phone"), ("email", "email"), ("name", "text")):
        facts += CONTACT.format(fact=fact, fact_kind=kind)
    (folder / "facts.yaml").write_text(facts)
    asks = "".join(f"  - ask: q{number}\n" for number in range(1, 11))
    (folder / "flows" / "welcome.yaml").write_text(f"flow: welcome\ntitle: Tien vragen\nsteps:\n{asks}  - finish\n")
    for flow, fact in (("contact", "name"), ("call_me", "phone")):
        (folder / "flows" / f"{flow}.yaml").write_text(f"flow: {flow}\ntitle: Contact\nsteps:\n  - ask: {fact}\n")
    return Content.load(folder)
