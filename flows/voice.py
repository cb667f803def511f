"""How the desk says things: phrases, questions, labels and values in the visitor's language, with safe placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from flows.answers.number import shown
from flows.content import Content
from flows.effects import Message, Option
from flows.model import Ask
from knowledge.explain import said_day
from knowledge.languages import RIGHT_TO_LEFT, isolated, script_language

_HOLE = re.compile(r"\{([a-z_.]+)\}")
SAID_OTHERWISE = ("situation", "initiative", "education", "benefit")  # a button's words do not read well in a list
YES_NO = (("yes", "b_yes"), ("no", "b_no"))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the holes, once: a value that itself holds '{…}' stays as it is. Unknown holes stay visible."""
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), text)


class Voice:
    """One language's way of saying things on one channel."""

    def __init__(self, content: Content, language: str, channel: str = "") -> None:
        self.content, self.language, self.channel = content, language, channel
        self.facts = content.knowledge.facts
        self.partial = content.is_partial(language)
        self.hidden = content.withheld(channel)  # values it keeps to itself
        self.warned = content.warned(channel)
        self.worded: dict[tuple[Any, ...], Message] = {}  # questions (questions.py): a handful for each `ask`
        self._options: dict[tuple[str, str, str], Option] = {}  # as many as the code names

    @classmethod
    def of(cls, content: Content, language: str, channel: str = "") -> Voice:
        """The voice of a language on a channel, made once for this content."""
        voice = content.said.get((language, channel))
        if voice is None:
            voice = content.said[language, channel] = cls(content, language, channel)
        return cast("Voice", voice)

    def option(self, id: str, phrase: str, group: str = "row") -> Option:
        """A button with a fixed id, labelled with a phrase."""
        key = (id, phrase, group)
        option = self._options.get(key)
        if option is None:
            option = self._options[key] = Option(id, self.phrase(phrase), group)
        return option

    # --- texts -----------------------------------------------------------------------------------------------------

    def phrase(self, name: str, /, **values: str) -> str:
        dutch = self.content.phrases[name]
        if self.language == "nl" and not values:
            return dutch
        text = self.content.tr(f"phrase.{name}", dutch, self.language)
        return self._fill(text, values, text is not dutch) if values else text

    def flow_text(self, key: str, dutch: str) -> str:
        """A text of a flow, with what is known about the desk filled in."""
        text = self.content.tr(key, dutch, self.language)
        return self._fill(text, self.content.holes, text is not dutch) if dutch else ""

    def _fill(self, text: str, values: Mapping[str, str], translated: bool) -> str:
        """Fill the holes. A Dutch name or number in a right-to-left sentence keeps its own direction."""
        if translated and self.language in RIGHT_TO_LEFT:
            values = {name: isolated(value) for name, value in values.items()}
        return fill(text, values)

    def question(self, step: Ask, *, first: bool = False) -> str:
        """What is asked: the step's own words, or the fact's."""
        if first and step.opening:
            return self.flow_text(f"flow.{step.key}.opening", step.opening)
        if step.text:
            return self.flow_text(f"flow.{step.key}.text", step.text)
        return self.content.tr(f"facts.{step.fact}.question", self.facts[step.fact].question, self.language)

    def hint(self, step: Ask) -> str:
        if step.hint:
            return self.flow_text(f"flow.{step.key}.hint", step.hint)
        fact = self.facts[step.fact]
        return self.content.tr(f"facts.{fact.id}.hint", fact.hint, self.language) if fact.hint else ""

    def why(self, fact: str) -> str:
        return self.content.tr(f"facts.{fact}.why", self.facts[fact].why, self.language)

    def name(self, fact: str) -> str:
        """'uw leeftijd'"""
        return self.content.tr(f"facts.{fact}.name", self.facts[fact].name, self.language)

    def spoken(self, message: Message) -> str:
        """The language a message is really in, for screen readers: in a partial language cards are still Dutch."""
        if not self.partial:
            return self.language
        return "nl" if message.card is not None else script_language(message.text, self.language)

    # --- choices ---------------------------------------------------------------------------------------------------

    def label(self, fact: str, choice: str) -> str:
        declared = self.facts[fact]
        if declared.kind == "yes_no":
            return self.phrase("b_yes" if choice == "yes" else "b_no")
        if declared.kind == "code":
            entry = self.facts.lists[declared.list].entries.get(choice)
            key = f"lists.{declared.list}.{choice}.label"
        else:
            entry = declared.choices.get(choice)
            key = f"facts.{fact}.choices.{choice}.label"
        return self.content.tr(key, entry.label, self.language) if entry else choice

    def labels(self, step: Ask, *, everything: bool = False) -> list[tuple[str, str]]:
        """(choice id, label) to offer; long lists and typed kinds offer none."""
        fact = self.facts[step.fact]
        if fact.kind == "yes_no":
            return [(one, self.phrase(name)) for one, name in YES_NO]
        if fact.kind in ("number", "amount"):
            if 0 < len(fact.bands) <= 5:
                return [(band, self.band(fact, band)) for band in fact.bands]
            return []
        if not fact.choices or fact.kind == "code":
            return []
        chosen = list(step.choices) or [(one, "") for one in fact.choices]
        if everything:
            first = {one for one, _ in self.labels(step)}
            return [(one, self.label(step.fact, one)) for one in fact.choices if one not in first]
        if not step.choices and len(chosen) > 5:
            chosen = chosen[:4]
        return [
            (one, self.flow_text(f"flow.{step.key}.choices.{one}", own) if own else self.label(step.fact, one))
            for one, own in chosen
        ]

    def has_more(self, step: Ask) -> bool:
        """Whether choices are left that the first buttons do not show."""
        fact = self.facts[step.fact]
        if not fact.choices or fact.kind in ("code", "yes_no"):
            return False
        offered = len(step.choices) or min(len(fact.choices), 4 if len(fact.choices) > 5 else 5)
        return offered < len(fact.choices) and (bool(step.more) or not step.choices)

    def band(self, fact: Any, band: str) -> str:
        low, high = band.split("-")
        if fact.max is not None and float(high) >= fact.max:
            return self.phrase("or_more", low=shown(int(low)))
        return self.phrase("from_to", low=shown(int(low)), high=shown(int(high)))

    # --- values ----------------------------------------------------------------------------------------------------

    def value(self, fact: str, value: Any, status: str = "given") -> str:
        """A value as the visitor would say it, to be read back: 'geen diploma', '6 mensen', 'Tiel'."""
        if status != "given":
            return lower_first(self.phrase("b_dont_know" if status == "dont_know" else "b_declined"))
        if fact in self.hidden:
            return self.phrase("withheld_value")
        declared = self.facts[fact]
        kind = declared.kind
        if kind == "yes_no":
            says, told = ("says", declared.says) if value == "yes" else ("says_not", declared.says_not)
            if told:  # a sentence of its own: "u werkt in ploegen"
                return lower_first(self.content.tr(f"facts.{fact}.{says}", told, self.language))
            clause = declared.because if value == "yes" else declared.because_not
            key = f"facts.{fact}.{'because' if value == 'yes' else 'because_not'}"
            return self.content.tr(key, clause, self.language) if clause else lower_first(self.label(fact, value))
        if self.language == "nl" and fact in SAID_OTHERWISE:
            from knowledge.summaries import label

            return label(fact, value, self.facts, self.facts.lists, str, "nl")
        if kind in ("choice", "code"):
            return lower_first(self.label(fact, value))
        if kind == "choices":
            return ", ".join(lower_first(self.label(fact, one)) for one in value)
        if kind in ("number", "amount"):
            unit = self.content.tr(f"facts.{fact}.unit", declared.unit, self.language) if declared.unit else ""
            return f"{shown(value)} {unit}".strip()
        if kind == "date":
            return self.day(date.fromisoformat(value))
        if kind == "place":
            spot = self.content.knowledge.geography.spot(value)
            return spot.name if spot else str(value)
        return str(value)

    def listed(self, answers: list[tuple[str, Any, str]]) -> str:
        """(fact, value, status) in one line: 'bakkerij, 6 mensen, Tiel'."""
        return ", ".join(dict.fromkeys(self.value(fact, value, status) for fact, value, status in answers))

    def day(self, day: date) -> str:
        return said_day(day, self.language)


def lower_first(text: str) -> str:
    """'Geen diploma' -> 'geen diploma', but 'WW' and 'ICT' stay."""
    if len(text) < 2 or text[1].isupper() or text.startswith(("I ", "I'", "I’")):  # an abbreviation, an English I
        return text
    return text[0].lower() + text[1:]


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = text.strip()
    return text if not text else text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")
