"""Every Dutch text of the facts and lists that visitors read, by the key of its translation.

`python -m knowledge.translatable en` brings knowledge/i18n/en.po up to date: new texts come in empty, changed ones are
emptied, gone ones leave.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from knowledge.facts import Facts
from knowledge.i18n import Message, Translations, write_po
from knowledge.problems import Problems

_PARTS = ("question", "name", "why", "hint", "because", "because_not")
_NAMES = ("caos",)  # lists of official names, which stay as they are; only their plain words are translated


def texts_of(facts: Facts) -> Iterator[tuple[str, str]]:
    """(key, Dutch) in the order of the files. English reasons need one form: `says` follows from `because`."""
    seen_yes_no = False
    for fact in facts.values():
        for part in _PARTS:
            text = getattr(fact, part)
            if text:
                yield f"facts.{fact.id}.{part}", text
        for comparison, text in fact.must.items():
            yield f"facts.{fact.id}.must.{comparison}", text
        if fact.list or (fact.kind == "yes_no" and seen_yes_no):
            continue
        name = "yes_no" if fact.kind == "yes_no" else fact.id
        seen_yes_no = seen_yes_no or fact.kind == "yes_no"
        for choice in fact.choices.values():
            yield f"facts.{name}.choices.{choice.id}.label", choice.label
            if choice.because:
                yield f"facts.{name}.choices.{choice.id}.because", choice.because
    for listed in facts.lists.values():
        for code in listed.entries.values():
            if listed.id in _NAMES and code.id not in ("none", "other"):
                continue
            yield f"lists.{listed.id}.{code.id}.label", code.label
            yield f"lists.{listed.id}.{code.id}.inside", code.inside


def untranslated(facts: Facts, translations: Translations, language: str) -> list[tuple[str, str]]:
    """Texts without a translation, or whose Dutch changed after it was made."""
    known = translations.messages(language)
    return [
        (key, dutch)
        for key, dutch in texts_of(facts)
        if not (known.get(key) and known[key].text and known[key].dutch == dutch)
    ]


def template(facts: Facts, translations: Translations, language: str) -> list[Message]:
    """All messages for a gettext file: what is translated stays, the rest is empty for the translator to fill."""
    known = translations.messages(language)
    return [
        Message(key, dutch, known[key].text if key in known and known[key].dutch == dutch else "")
        for key, dutch in texts_of(facts)
    ]


def check_translations(
    facts: Facts, translations: Translations, languages: tuple[str, ...], problems: Problems
) -> None:
    """A missing translation is an error in every language the desk promises; placeholders must survive."""
    for language in languages:
        if language == "nl":
            continue
        translations.check(language, problems)
        lacking = dict(untranslated(facts, translations, language))
        for key, dutch in lacking.items():
            fact = facts.get(key.split(".")[1])
            place = fact.place if fact else facts["situation"].place
            problems.error(
                place, f"'{key}' has no translation ({language}): {dutch[:60]}", f"Add it to i18n/{language}.po."
            )
        for key, dutch in texts_of(facts):
            said = translations.messages(language).get(key)
            if said is None or key in lacking:
                continue
            for mark in ("{value}", "{n}"):
                if (mark in dutch) != (mark in said.text):
                    problems.error(said.place, f"'{key}' must hold {mark} like the Dutch text", "Copy it over.")


def main(languages: list[str]) -> int:
    """Bring the shipped catalogues up to date and say what is left to translate."""
    from knowledge.content import SHIPPED, Knowledge

    knowledge = Knowledge.load()
    for language in languages:
        messages = template(knowledge.facts, knowledge.translations, language)
        path = SHIPPED / "i18n" / f"{language}.po"
        path.write_text(write_po(messages, language), encoding="utf-8")
        empty = [message.key for message in messages if not message.text]
        sys.stdout.write(f"{path.name}: {len(messages)} texts, {len(empty)} to translate\n")
        sys.stdout.writelines(f"  {key}\n" for key in empty)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
