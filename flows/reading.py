"""Reads `flows/definitions/*.yaml` into flows, strictly: every misspelt key, fact, value or flow is found at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flows.conditions import CriterionReader, read_condition
from flows.model import (
    Advise,
    Answer,
    Ask,
    Consent,
    Do,
    Example,
    Finish,
    Flow,
    Handoff,
    Note,
    Offer,
    Promise,
    Remind,
    Review,
    Say,
    SetFact,
    Step,
    When,
)
from knowledge.problems import Problems, did_you_mean
from knowledge.source import Node, Reader, check_id

ENTRY_KINDS = ("scheme", "voucher", "fund", "loan", "tax", "service", "programme", "provider", "event", "desk")
CASE_KINDS = ("question", "call_back", "sign_up", "crisis", "voucher")
KEYWORDS = (
    "say", "ask", "when", "do", "advise", "answer", "set", "note", "consent", "handoff", "offer", "remind", "review",
    "finish",
)  # fmt: skip
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}


class FlowReader:
    """Reads one file. `facts` maps fact ids to facts; `criterion` reads conditions (knowledge.criteria)."""

    def __init__(self, facts: Mapping[str, Any], criterion: CriterionReader, problems: Problems) -> None:
        self.facts, self.criterion, self.problems = facts, criterion, problems
        self.flow = ""
        self.keys: dict[str, int] = {}

    def read(self, node: Node, file_id: str) -> Flow | None:
        reader = Reader(node, self.problems, "a flow")
        if not node.is_map:
            return None
        self.flow = reader.text("flow", required=True) or file_id
        self.keys = {}
        check_id(self.flow, node.map["flow"].place if "flow" in node.map else node.place, self.problems)
        if self.flow != file_id:
            self.problems.error(
                node.map["flow"].place if "flow" in node.map else node.place,
                f"flow '{self.flow}' stands in a file called '{file_id}.yaml'",
                f"Write 'flow: {file_id}' or rename the file.",
                width=len(self.flow),
            )
            self.flow = file_id  # others name it by its file
        title = reader.text("title", required=True)
        starts_with = reader.texts("starts_with")
        given = self._values(reader.node_of("given"))
        steps_node = reader.required("steps")
        steps = self.steps(steps_node) if steps_node else ()
        examples = tuple(filter(None, (self._example(part) for part in reader.parts("examples"))))
        promises = tuple(filter(None, (self._promise(part) for part in reader.parts("promises"))))
        reader.done()
        return Flow(self.flow, title, node.place, steps, starts_with, given, examples, promises)

    # --- steps -----------------------------------------------------------------------------------------------------

    def steps(self, node: Node) -> tuple[Step, ...]:
        out: list[Step] = []
        for part in node.items:
            out += self.step(part)
        return tuple(out)

    def step(self, node: Node) -> list[Step]:
        if node.is_text and node.text in ("finish", "review"):
            key = self.key(node.text)
            return [Finish(key, node.place) if node.text == "finish" else Review(key, node.place)]
        if not node.is_map:
            self.problems.error(
                node.place,
                f"'{node.text}' is not a step",
                did_you_mean(node.text, KEYWORDS) or "Start the step with a keyword, such as 'say: …' or 'ask: …'.",
                width=max(1, len(node.text)),
            )
            return []
        if "when" in node.map:
            return [self.when(node)]
        found = [key for key in node.map if key in KEYWORDS]
        if len(found) != 1:
            first = next(iter(node.map), "")
            self.problems.error(
                node.key_place(found[1]) if found else node.key_place(first),
                f"this step has the keywords {', '.join(found)}" if found else f"no step starts with '{first}'",
                "Write each step on its own, after '- '."
                if found
                else did_you_mean(first, KEYWORDS) or f"Use one of: {', '.join(KEYWORDS)}.",
                width=len(found[1]) if found else len(first),
            )
            return []
        read: Callable[[Node, Reader], list[Step]] = getattr(self, f"_{found[0]}")
        reader = Reader(node, self.problems, f"the step '{found[0]}'")
        steps = read(node, reader)
        reader.done()
        return steps

    def when(self, node: Node) -> When:
        key = self.key("when")
        condition = read_condition(node.map["when"], self.criterion, self.problems)
        rest = {k: v for k, v in node.map.items() if k not in ("when", "else", "unknown", "steps")}
        inner: list[Step] = []
        if rest:
            inner += self.step(Node(rest, node.place, node.keys))
        if "steps" in node.map:
            inner += self.steps(node.map["steps"])
        otherwise = self.steps(node.map["else"]) if "else" in node.map else ()
        unknown = self.steps(node.map["unknown"]) if "unknown" in node.map else ()
        if not inner and not otherwise and not unknown:
            self.problems.error(node.place, "this 'when' has no steps", "Add a step, or remove the condition.", width=4)
        return When(key, node.place, condition, tuple(inner), otherwise, unknown)

    def _say(self, node: Node, reader: Reader) -> list[Step]:
        text = reader.text("say", required=True)
        key = self.key(reader.text("id") or slug("say", text))
        link = reader.node_of("link")
        link_text = link_url = ""
        if link is not None:
            inner = Reader(link, self.problems, "a link")
            link_text, link_url = inner.text("text", required=True), inner.text("url", required=True)
            inner.done()
            if link_url and not re.match(r"https://[^\s/]+\.[^\s]+$", link_url):
                self.problems.error(link.place, f"'{link_url}' is not a web address", "Start it with 'https://'.")
        return [Say(key, node.place, text, link_text, link_url, reader.text("image"), reader.flag("today"))]

    def _ask(self, node: Node, reader: Reader) -> list[Step]:
        names = [part for part in (reader.node_of("ask") or node).items if part.is_text]
        if not names:
            self.problems.error(node.place, "'ask' names no fact", "Write 'ask: place'.", width=3)
        options: dict[str, Any] = {
            "text": reader.text("text"),
            "opening": reader.text("opening"),
            "hint": reader.text("hint"),
            "more": reader.text("more"),
            "tries": reader.whole("tries", 3) or 3,
            "for_coach": reader.one_of("for", ("coach",)) == "coach",
        }
        labels = reader.node_of("choices")
        if len(names) > 1 and (options["text"] or options["opening"] or labels is not None):
            self.problems.error(
                node.place, "one text cannot serve several facts", "Ask each fact in a step of its own."
            )
        steps: list[Step] = []
        for name in names:
            if self.fact(name) is not None:
                steps.append(
                    Ask(self.key(name.text), name.place, name.text, choices=self._choices(labels, name.text), **options)
                )
        return steps

    def _choices(self, node: Node | None, fact_id: str) -> tuple[tuple[str, str], ...]:
        if node is None:
            return ()
        known = self.facts[fact_id].choices or {}
        out: list[tuple[str, str]] = []
        pairs = node.map.items() if node.is_map else [(part.text, None) for part in node.items]
        for choice, label in pairs:
            if choice not in known:
                place = node.key_place(choice) if node.is_map else next(p for p in node.items if p.text == choice).place
                self.problems.error(
                    place,
                    f"'{choice}' is not a choice of '{fact_id}'",
                    did_you_mean(choice, known)
                    or (f"Known choices: {', '.join(known)}." if known else f"'{fact_id}' has no choices of its own."),
                    width=len(choice),
                )
                continue
            out.append((choice, label.text if label is not None else ""))
        return tuple(out)

    def _do(self, node: Node, reader: Reader) -> list[Step]:
        flow = reader.text("do", required=True)
        return [Do(self.key(f"do-{flow}"), node.map["do"].place, flow)]

    def _advise(self, node: Node, reader: Reader) -> list[Step]:
        found = reader.node_of("advise")
        key = self.key(reader.text("id") or "advise")
        if found is None or not found.is_map:
            return [Advise(key, node.place, ())]
        inner = Reader(found, self.problems, "'advise'")
        kinds = inner.texts("kinds")
        for part in found.map["kinds"].items if "kinds" in found.map else ():
            if part.text not in ENTRY_KINDS:
                self.problems.error(
                    part.place,
                    f"'{part.text}' is not a kind of entry",
                    did_you_mean(part.text, ENTRY_KINDS) or f"Use one of: {', '.join(ENTRY_KINDS)}.",
                    width=max(1, len(part.text)),
                )
        step = Advise(
            key,
            node.place,
            kinds,
            inner.whole("show", 2) or 2,
            2 if (questions := inner.whole("questions", 2)) is None else questions,
            inner.texts("mention"),
            inner.text("opening"),
            inner.text("nothing"),
            inner.flag("today"),
        )
        inner.done()
        return [step]

    def _answer(self, node: Node, reader: Reader) -> list[Step]:
        text = reader.text("answer", required=True)
        return [Answer(self.key(reader.text("id") or "answer"), node.place, text)]

    def _set(self, node: Node, reader: Reader) -> list[Step]:
        values = self._values(reader.node_of("set"))
        return [SetFact(self.key(f"set-{fact}"), node.place, fact, value) for fact, value in values.items()]

    def _note(self, node: Node, reader: Reader) -> list[Step]:
        text = reader.text("note", required=True)
        return [Note(self.key(reader.text("id") or slug("note", text)), node.place, text)]

    def _consent(self, node: Node, reader: Reader) -> list[Step]:
        purpose = reader.text("consent", required=True)
        return [Consent(self.key(f"consent-{purpose}"), node.place, purpose, reader.text("text", required=True))]

    def _handoff(self, node: Node, reader: Reader) -> list[Step]:
        found = reader.node_of("handoff")
        key = reader.text("id") or "handoff"
        if found is not None and found.is_text:
            return [Handoff(self.key(key), node.place, found.text)]
        inner = Reader(found or node, self.problems, "'handoff'")
        step = Handoff(
            self.key(key),
            node.place,
            inner.text("reason", required=True),
            inner.text("team"),
            inner.flag("urgent"),
            inner.one_of("kind", CASE_KINDS, "question"),
            inner.text("text"),
            inner.text("reserves"),
            inner.whole("units") or 0,
        )
        inner.done()
        return [step]

    def _offer(self, node: Node, reader: Reader) -> list[Step]:
        what = reader.text("offer", required=True)
        return [
            Offer(
                self.key(f"offer-{what}"), node.map["offer"].place, what, reader.text("text"), reader.text("reason"),
                reader.text("team"), reader.text("open"),
            )
        ]  # fmt: skip

    def _remind(self, node: Node, reader: Reader) -> list[Step]:
        found = reader.node_of("remind") or node
        inner = Reader(found, self.problems, "'remind'")
        after, text = inner.text("after", required=True), inner.text("text", required=True)
        inner.done()
        match = re.fullmatch(r"(\d{1,3}) (minute|hour|day|week)s?", after)
        if not match:
            self.problems.error(found.place, f"'{after}' is not a time span", "Write '2 days' or '3 hours'.")
        seconds = int(match[1]) * _SECONDS[match[2]] if match else 86400
        return [Remind(self.key(reader.text("id") or "remind"), node.place, seconds, text)]

    def _review(self, node: Node, reader: Reader) -> list[Step]:
        return [Review(self.key("review"), node.place, reader.text("review"))]

    def _finish(self, node: Node, reader: Reader) -> list[Step]:
        return [Finish(self.key("finish"), node.place, reader.text("finish"))]

    # --- header parts ----------------------------------------------------------------------------------------------

    def _example(self, node: Node) -> Example | None:
        reader = Reader(node, self.problems, "an example")
        if not node.is_map:
            return None
        name = reader.text("name", required=True)
        given = self._values(reader.required("given"))
        limit = reader.node_of("questions")
        maximum = None
        if limit is not None:
            maximum = Reader(limit, self.problems, "'questions'").whole("max")
        asks = reader.text("handoff")
        example = Example(
            name,
            node.place,
            given,
            reader.texts("advice"),
            reader.texts("never"),
            maximum,
            None if not asks else asks == "yes",
        )
        reader.done()
        return example

    def _promise(self, node: Node) -> Promise | None:
        reader = Reader(node, self.problems, "a promise")
        if not node.is_map:
            return None
        if "always" in node.map:
            what = reader.texts("always")
            for part in node.map["always"].items:
                if part.text not in ("advice", "handoff", "step_today", "offer"):
                    self.problems.error(
                        part.place,
                        f"'{part.text}' cannot be promised",
                        "Promise advice, handoff, offer or step_today.",
                        width=max(1, len(part.text)),
                    )
            promise = Promise("always", node.place, what)
        elif "never" in node.map:
            inner = Reader(node.map["never"], self.problems, "'never'")
            reader.node_of("never")
            found = inner.required("when")
            condition = read_condition(found, self.criterion, self.problems) if found else None
            promise = Promise("never", node.place, inner.texts("advice"), condition)
            inner.done()
        else:
            found = reader.required("questions")
            bound = Reader(found, self.problems, "'questions'") if found else None
            maximum = bound.whole("max") if bound else None
            if bound:
                bound.done()
            promise = Promise("questions", node.place, maximum=maximum or 0)
        reader.done()
        return promise

    # --- shared ----------------------------------------------------------------------------------------------------

    def fact(self, node: Node) -> Any | None:
        fact = self.facts.get(node.text)
        if fact is None:
            self.problems.error(
                node.place,
                f"there is no fact '{node.text}'",
                did_you_mean(node.text, self.facts) or "Declare it in knowledge/facts.yaml.",
                width=max(1, len(node.text)),
            )
        return fact

    def _values(self, node: Node | None) -> dict[str, Any]:
        """Fact ids with plain values (texts or lists of texts); what they mean is for the fact's kind to say."""
        if node is None:
            return {}
        if not node.is_map:
            self.problems.error(node.place, "must name facts and values", "Write 'fact: value' lines.")
            return {}
        out: dict[str, Any] = {}
        for key, value in node.map.items():
            if self.fact(Node(key, node.key_place(key))) is None:
                continue
            self._check_value(key, value)
            out[key] = value.plain()
        return out

    def _check_value(self, fact_id: str, value: Node) -> None:
        known = self.facts[fact_id].choices
        if self.facts[fact_id].kind == "yes_no":
            known = {"yes": None, "no": None}
        if not known or value.is_map:
            return
        for part in value.items:
            if part.text not in known:
                self.problems.error(
                    part.place,
                    f"'{part.text}' is not a value of '{fact_id}'",
                    did_you_mean(part.text, known) or f"Known values: {', '.join(list(known)[:12])}.",
                    width=max(1, len(part.text)),
                )

    def key(self, name: str) -> str:
        """Flow plus name; a second step of that name in one flow gets '-2'."""
        full = f"{self.flow}.{name}"
        self.keys[full] = self.keys.get(full, 0) + 1
        return full if self.keys[full] == 1 else f"{full}-{self.keys[full]}"


def slug(kind: str, text: str) -> str:
    """A readable key from the first words: the id that `loket check --fix` writes."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"\{[^}]*\}", "", text.lower()))[:4]
    return "-".join([kind, *words])
