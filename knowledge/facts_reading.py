"""Reading `facts.yaml` and the code lists, with every finding at its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any as Anything

from knowledge.criteria import facts_in
from knowledge.criteria_reading import read_criterion
from knowledge.facts import CLASSES, COMPARISONS, KINDS, Choice, CodeList, Fact, Facts
from knowledge.problems import Place, Problems, did_you_mean
from knowledge.source import Node, Reader, check_id

YES_NO = {
    "yes": Choice("yes", "Ja", words=("ja", "jawel", "jazeker", "klopt", "zeker")),
    "no": Choice("no", "Nee", words=("nee", "neen", "niet")),
}
# Which entries were advised in this conversation; set by the flow, tested by `when: {advice: none}`.
ADVICE = Fact("advice", "choices", "het advies", cls="public", purpose="Het gesprek sturen.", none="none", open=True)


def read_lists(nodes: Mapping[str, Node], problems: Problems) -> dict[str, CodeList]:
    """Code lists by id; `nodes` are the files, by the name they are shown with. A later file adds to an earlier."""
    entries: dict[str, dict[str, Choice]] = {}
    for node in nodes.values():
        reader = Reader(node, problems, "a list")
        name = reader.text("list", required=True)
        found = reader.required("entries")
        reader.done()
        if found is not None and name:
            known = entries.setdefault(name, {})
            known.update(_choices(found, problems, code_list=True))
    for name, codes in entries.items():
        for code in codes.values():
            for parent in code.parents:
                if parent not in codes:
                    problems.error(
                        code.place,
                        f"'{parent}' is not an entry of list '{name}'",
                        did_you_mean(parent, codes) or "Add it, or name another parent.",
                        width=len(code.id),
                    )
    return {name: CodeList(name, codes, _descendants(name, codes, problems)) for name, codes in entries.items()}


def _descendants(name: str, codes: Mapping[str, Choice], problems: Problems) -> dict[str, frozenset[str]]:
    below: dict[str, set[str]] = {code: {code} for code in codes}
    for code in codes.values():
        path, above = [code.id], list(code.parents)
        while above:
            parent = above.pop()
            if parent == code.id:
                problems.error(code.place, f"'{code.id}' is its own parent in list '{name}'", "Remove one parent.")
                break
            if parent in codes and parent not in path:
                path.append(parent)
                below[parent].add(code.id)
                above.extend(codes[parent].parents)
    return {code: frozenset(found) for code, found in below.items()}


def read_facts(nodes: Mapping[str, Node], lists: dict[str, CodeList], geography: Anything, problems: Problems) -> Facts:
    """All facts of all files; a later file replaces a fact of the same id. `geography` as in `read_criterion`."""
    found: dict[str, Fact] = {}
    conditions: dict[str, Node] = {}
    for node in nodes.values():
        if not node.is_map:
            problems.error(node.place, "each fact must start with its id and a colon", "Start with 'situation:'.")
            continue
        for name, part in node.map.items():
            conditions.pop(name, None)
            check_id(name, node.key_place(name), problems)
            found[name] = _fact(name, part, node.key_place(name), lists, problems, conditions)
    found.setdefault("advice", ADVICE)
    _check_derived(found, problems)
    facts = Facts(found, lists)
    for name, node in conditions.items():
        found[name] = replace(found[name], applies=read_criterion(node, facts, geography, problems))
    _check_circles(found, problems)
    return Facts(found, lists)


def _fact(
    name: str, node: Node, place: Place, lists: dict[str, CodeList], problems: Problems, conditions: dict[str, Node]
) -> Fact:
    reader = Reader(node, problems, f"fact '{name}'")
    kind = reader.one_of("kind", KINDS, required=True)
    derive = _derive(reader, problems)
    question = reader.text("question", required=not derive)
    applies = reader.node_of("applies")
    if applies is not None:
        conditions[name] = applies
    code_list = reader.text("list")
    choices = _values(reader, kind, code_list, place, lists, problems)
    cost_node, cost = reader.node_of("cost"), None
    if cost_node is None:
        cost = 1
    elif cost_node.text != "never":
        cost = reader.whole("cost", 1)
        if cost is not None and not 1 <= cost <= 9:
            problems.error(cost_node.place, "'cost' lies outside 1 to 9", "Write 1 (easy) to 9, or never.")
    fact = Fact(
        id=name,
        kind=kind or "text",
        name=reader.text("name", required=True),
        question=question,
        why=reader.text("why"),
        hint=reader.text("hint"),
        because=reader.text("because"),
        because_not=reader.text("because_not"),
        says=reader.text("says"),
        says_not=reader.text("says_not"),
        must=_must(reader, problems),
        cls=reader.one_of("class", CLASSES, "special", required=True),
        purpose=reader.text("purpose", required=True),
        cost=cost,
        unit=reader.text("unit"),
        min=reader.number("min"),
        max=reader.number("max"),
        bands=_bands(reader, problems),
        choices=choices,
        ordered=reader.flag("ordered"),
        none=reader.text("none"),
        list=code_list if code_list in lists else "",
        derive=derive,
        identity=reader.flag("identity"),
        place=place,
    )
    if fact.none and fact.none not in choices:
        problems.error(place, f"'none: {fact.none}' is not a choice of '{name}'", did_you_mean(fact.none, choices))
    if fact.is_range and kind != "date" and (fact.min is None or fact.max is None):
        problems.error(
            place, f"number '{name}' has no bounds", "Add 'min' and 'max'; what lies outside is asked again."
        )
    reader.done()
    return fact


def _values(
    reader: Reader, kind: str, code_list: str, place: Place, lists: dict[str, CodeList], problems: Problems
) -> Mapping[str, Choice]:
    node = reader.node_of("choices")
    if kind == "yes_no":
        return YES_NO
    if kind == "code":
        if code_list not in lists:
            problems.error(
                place, f"there is no list '{code_list}'", did_you_mean(code_list, lists) or "Add knowledge/lists/…yaml."
            )
            return {}
        return lists[code_list].entries
    if kind in ("choice", "choices"):
        if node is None or not node.map:
            problems.error(place, "a choice needs 'choices'", "Write 'id: {label: …}' lines below 'choices:'.")
            return {}
        return _choices(node, problems, code_list=False)
    if node is not None:
        problems.error(node.place, f"'choices' does not go with kind '{kind}'", "Remove it, or use kind choice.")
    return {}


def _choices(node: Node, problems: Problems, *, code_list: bool) -> dict[str, Choice]:
    found = {}
    for name, part in node.map.items():
        check_id(name, node.key_place(name), problems)
        reader = Reader(part, problems, f"'{name}'")
        found[name] = Choice(
            id=name,
            label=reader.text("label", required=True),
            because="" if code_list else reader.text("because"),
            says="" if code_list else reader.text("says"),
            words=reader.texts("words"),
            inside=reader.text("in", required=True) if code_list else "",
            parents=reader.texts("parents") if code_list else (),
            sectors=reader.texts("sectors") if code_list else (),
            place=node.key_place(name),
        )
        reader.done()
    return found


def _must(reader: Reader, problems: Problems) -> dict[str, str]:
    node = reader.node_of("must")
    if node is None:
        return {}
    inner = Reader(node, problems, "'must'")
    texts = {key: inner.text(key) for key in COMPARISONS if node.get(key) is not None}
    for key, text in texts.items():
        if "{n}" not in text:
            problems.error(node.map[key].place, f"'{key}' does not say the number", "Write {n} where it goes.")
    inner.done()
    return texts


def _derive(reader: Reader, problems: Problems) -> tuple[str, ...]:
    node = reader.node_of("derive")
    if node is None:
        return ()
    inner = Reader(node, problems, "'derive'")
    sources = inner.texts("first_of")
    inner.done()
    if not sources:
        problems.error(node.place, "'derive' names no facts", "Write {first_of: [place, company_place]}.")
    return sources


def _bands(reader: Reader, problems: Problems) -> tuple[str, ...]:
    bands = reader.texts("bands")
    for band in bands:
        low, dash, high = band.partition("-")
        if not (dash and low.isdigit() and high.isdigit() and int(low) <= int(high)):
            node = reader.node_of("bands")
            place = node.place if node else reader.node.place
            problems.error(place, f"'{band}' is not a band", "Write the lowest and highest number: '10-49'.")
    return tuple(band for band in bands if "-" in band)


def _check_derived(found: dict[str, Fact], problems: Problems) -> None:
    for fact in found.values():
        for source in fact.derive:
            if source not in found:
                problems.error(fact.place, f"'{source}' is not a fact", did_you_mean(source, found))
            elif found[source].kind != fact.kind or found[source].list != fact.list or found[source].derive:
                problems.error(
                    fact.place,
                    f"'{fact.id}' and '{source}' hold different things",
                    "Derive from asked facts of one kind.",
                )


def _check_circles(found: dict[str, Fact], problems: Problems) -> None:
    """Whether a fact applies may not depend, by any detour, on that fact itself."""
    needs = {
        name: {*(facts_in(fact.applies) if fact.applies else ()), *fact.derive} & found.keys()
        for name, fact in found.items()
    }
    settled: set[str] = set()
    while ready := {name for name in needs if name not in settled and needs[name] <= settled}:
        settled |= ready
    for name in needs:
        if name not in settled and any(other not in settled for other in needs[name]):
            problems.error(
                found[name].place,
                f"whether '{name}' applies depends on itself",
                f"Look at 'applies' of: {', '.join(sorted(set(needs) - settled))}.",
                width=len(name),
            )
            found[name] = replace(found[name], applies=None)  # judging must end all the same
            settled.add(name)
