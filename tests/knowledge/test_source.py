"""Strict YAML: what was written, not what YAML 1.1 thinks; and hostile files cost nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.problems import Problems
from knowledge.source import MAX_BYTES, Node, read_file, read_text


def read(text: str) -> tuple[Node | None, list[str]]:
    problems = Problems()
    node = read_text(text, "f.yaml", problems)
    return node, [f"{p.place.line}:{p.place.column} {p.message}" for p in problems.found]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: no", {"on": "no"}),
        ("kvk: 01234567", {"kvk": "01234567"}),
        ("open: 12:30", {"open": "12:30"}),
        ("day: 2026-11-21", {"day": "2026-11-21"}),
        ("nothing: ~", {"nothing": ""}),
        ("quoted: '~'", {"quoted": "~"}),
        ("list: [yes, 1_000]", {"list": ["yes", "1_000"]}),
    ],
)
def test_every_scalar_stays_text(text, value):
    node, findings = read(text)
    assert (node.plain(), findings) == (value, [])


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a: 1\na: 2", "2:1 'a' stands here twice (first on line 1)"),
        ("a: &x 1\nb: *x", "1:4 uses the anchor '&x'"),
        ("<<: {a: 1}", "1:1 uses the merge key '<<'"),
        ("--- a\n--- b", "2:1 holds more than one document"),
        ("a: !!python/object x", "1:4 uses the tag 'tag:yaml.org,2002:python/object'"),
        ("a: b\u202ec", "1:5 holds the invisible character U+202E"),
        ('a: "\\0"', "1:4 holds the invisible character U+0000"),
        ("[" * 5000, "1:33 is nested more than 32 levels deep"),
        ("", "1:1 is empty"),
        ("? [a]\n: b", "1:3 starts with a bracket where a key must stand"),
        ("a: " + "x" * MAX_BYTES, "1:1 is larger than 256 KB"),
    ],
)
def test_what_misleads_is_refused_at_its_place(text, finding):
    assert finding in read(text)[1]


def test_a_file_that_cannot_be_read_is_reported(tmp_path):
    problems = Problems()
    assert read_file(tmp_path / "none.yaml", "none.yaml", problems) is None
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: caf\xe9")
    assert read_file(tmp_path / "latin.yaml", "latin.yaml", problems) is None
    (tmp_path / "link.yaml").symlink_to(tmp_path / "latin.yaml")
    assert read_file(tmp_path / "link.yaml", "link.yaml", problems) is None
    assert [str(p.place) + " " + p.message.partition(":")[0] for p in problems.found] == [
        "none.yaml:1:1 cannot be read",
        "latin.yaml:2:7 is not UTF-8 text",
        "link.yaml:1:1 is a symbolic link",
    ]


@settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.text(max_size=60), st.text(alphabet="ab:-[]{}\n '\"#&*!|>%@`,?~ ", max_size=60)))
def test_no_text_makes_reading_raise(text):
    node, findings = read(text)
    assert node is not None or findings
