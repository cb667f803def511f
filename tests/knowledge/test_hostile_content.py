"""No file makes the readers raise: whatever stands in it, an editor hears findings with places."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.check_examples import CriteriaChecks
from knowledge.criteria_reading import read_criterion
from knowledge.desk_file import read_desk
from knowledge.entry_reading import read_entry
from knowledge.facts_reading import read_facts, read_lists
from knowledge.given import read_given
from knowledge.glossary import read_glossary
from knowledge.problems import Place, Problems
from knowledge.source import Node, read_text
from tests.knowledge.people import FACTS, GEOGRAPHY, KNOWLEDGE, TODAY
from tests.knowledge.test_catalogue import WHOLE

RELAXED = settings(
    max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
HERE = Place("x.yaml", 3, 1)
WORDS = ("", "yes", "no", "12", "-3", "1.000", "2026-02-30", "2027-03-01 25:00", "employee", "metal",
         "region:achterhoek", "region:x", "Ulft", "nooit", "9:00-17:00", "monday",
         "never", "10-49", "https://x", "~")  # fmt: skip
KEYS = ("situation", "age", "education", "benefit", "area", "place", "name", "any", "all", "not", "human", "state",
        "in", "min", "max", "above", "below", "kind", "choices", "derive", "first_of", "applies",
        "label")  # fmt: skip
ENTRY_KEYS = tuple(read_text(WHOLE, "w", Problems()).map)
DESK_KEYS = ("name", "regions", "hours", "teams", "retention", "channels", "closed_on", "languages", "hide", "extends")


def nodes(keys: tuple[str, ...] = KEYS) -> st.SearchStrategy[Node]:
    text = st.sampled_from(WORDS).map(lambda value: Node(value, HERE))

    def bigger(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        lists = st.lists(parts, max_size=3).map(lambda some: Node(tuple(some), HERE))
        maps = st.dictionaries(st.sampled_from(keys), parts, max_size=4).map(lambda some: Node(some, HERE))
        return st.one_of(lists, maps)

    return st.recursive(text, bigger, max_leaves=12)


def mapping(keys: tuple[str, ...]) -> st.SearchStrategy[Node]:
    return st.dictionaries(st.sampled_from(keys), nodes((*keys, *KEYS)), max_size=8).map(lambda some: Node(some, HERE))


@RELAXED
@given(nodes())
def test_no_condition_makes_reading_raise_and_what_was_read_can_be_judged(node):
    problems = Problems()
    criterion = read_criterion(node, FACTS, GEOGRAPHY, problems)
    assert criterion.level(KNOWLEDGE.profile({})) in (0, 1, 2, 3)
    assert all(problem.message and problem.place.line for problem in problems.found)


@RELAXED
@given(mapping(ENTRY_KEYS))
def test_no_entry_makes_reading_or_checking_raise(node):
    problems = Problems()
    entry = read_entry(node, "x", "scheme", FACTS, GEOGRAPHY, problems)
    if entry is not None:
        CriteriaChecks(FACTS, GEOGRAPHY, problems).check(entry)
    assert problems.found


@RELAXED
@given(mapping(DESK_KEYS))
def test_no_desk_makes_reading_raise(node):
    read_desk(node, GEOGRAPHY, Problems())


@RELAXED
@given(mapping(("a", "b", "situation")), mapping(("list", "entries")))
def test_no_facts_or_lists_make_reading_raise(facts, lists):
    problems = Problems()
    read_facts({"f": facts}, read_lists({"l": lists}, problems), GEOGRAPHY, problems)


@RELAXED
@given(mapping(("bbl", "meaning", "en", "words")))
def test_no_glossary_makes_reading_raise(node):
    read_glossary({"g": node}, Problems())


def _json() -> st.SearchStrategy[object]:
    plain = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(WORDS)
    )
    return st.recursive(
        plain,
        lambda parts: st.one_of(st.lists(parts, max_size=3), st.dictionaries(st.text(max_size=5), parts)),
        max_leaves=6,
    )


@RELAXED
@given(st.dictionaries(st.sampled_from([*FACTS, "no_fact"]), _json(), max_size=5))
def test_no_given_answers_make_reading_or_matching_raise(raw):
    answers, _ = read_given(raw, FACTS, GEOGRAPHY)
    profile = KNOWLEDGE.profile(answers)
    assert profile.key is not None
    for match in KNOWLEDGE.matcher.top(profile, TODAY):
        assert match.because is not None
