"""Strict reading of YAML: what was written, not what YAML 1.1 thinks.

Every scalar stays text with a place until a reader converts it (`no` is not False, `12:30` is not 750, `0123` not 83).
Refused, each with its place: duplicate keys, anchors and aliases, tags, merge keys, several documents, control and
bidirectional characters, other encodings than UTF-8, and anything beyond the caps below. libyaml's parser does the
scanning, so a hostile file costs milliseconds, not memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from knowledge.problems import Place, Problems, did_you_mean
from knowledge.yaml_faults import Fault, fault, no_break_space

# libyaml's parser is six times faster and not recursive; a PyYAML built without it still reads, slower.
_Parser: Any = getattr(getattr(yaml, "cyaml", None), "CParser", yaml.Loader)
_SCALAR, _LIST, _END, _LAST = yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.MappingEndEvent, yaml.SequenceEndEvent

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_NODES = 20_000

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


class Node(NamedTuple):
    """A scalar, list or mapping with its place. `value` is str, tuple[Node, …] or dict[str, Node]. As Place a tuple,
    because a check of the content makes a hundred thousand of them."""

    value: str | tuple[Node, ...] | dict[str, Node]
    place: Place
    keys: dict[str, Place] | None = None  # where each key of a mapping stands

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, tuple)

    @property
    def is_map(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    @property
    def items(self) -> tuple[Node, ...]:
        """The parts of a list; a scalar or mapping counts as a list of one, nothing as an empty one."""
        if isinstance(self.value, tuple):
            return self.value
        return () if self.value == "" else (self,)

    @property
    def map(self) -> dict[str, Node]:
        return self.value if isinstance(self.value, dict) else {}

    def get(self, key: str) -> Node | None:
        return self.map.get(key)

    def key_place(self, key: str) -> Place:
        return (self.keys or {}).get(key, self.place)

    def plain(self) -> Any:
        """The same without places: str, list and dict, for messages and tests."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, tuple):
            return [part.plain() for part in self.value]
        return {key: part.plain() for key, part in self.value.items()}


# Make one without the call that a named tuple puts between: a check makes a hundred thousand.
_new_node: Callable[[type[Node], Any], Node] = tuple.__new__
_new_place: Callable[[type[Place], Any], Place] = tuple.__new__


def read_file(path: Path, shown_as: str, problems: Problems) -> Node | None:
    """Read one file; None when it could not be read at all (the reason is in `problems`)."""
    start = Place(shown_as)
    try:
        if path.is_symlink():
            problems.error(start, "is a symbolic link", "Put the file itself here.")
            return None
        if path.is_dir():
            problems.error(start, "is a folder, not a file", "Give the folder another name, without '.yaml'.")
            return None
        if path.stat().st_size > MAX_BYTES:
            problems.error(start, f"is larger than {MAX_BYTES // 1024} KB", "Split the file.")
            return None
        raw = path.read_bytes()
    except OSError as error:
        problems.error(
            start, f"cannot be read: {error.strerror or error}", "Check that the file exists and is readable."
        )
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        problems.error(Place(shown_as, line, column), "is not UTF-8 text", "Save the file as UTF-8 in your editor.")
        return None
    return read_text(text, shown_as, problems)


def read_text(text: str, shown_as: str, problems: Problems) -> Node | None:
    """Read YAML text. Returns None when nothing usable came out; `problems` says why, with places."""
    if len(text) > MAX_BYTES:
        problems.error(Place(shown_as), f"is larger than {MAX_BYTES // 1024} KB", "Split the file.")
        return None
    if text.startswith("\ufeff"):
        text = text[1:]  # Windows editors write a byte-order mark; it harms nothing at the very start
    bad = _CONTROL.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - (text.rfind("\n", 0, bad.start()) + 1) + 1
        problems.error(
            Place(shown_as, line, column),
            f"holds the invisible character U+{ord(bad.group()):04X}",
            "Delete it; it may come along when text is copied from a document.",
        )
        return None
    try:
        node = _Composer(text, shown_as, problems).document()
    except yaml.MarkedYAMLError as error:
        _tell(fault(error, text), shown_as, problems)
    except yaml.YAMLError as error:
        problems.error(Place(shown_as), f"cannot be read: {error}", "Compare it with a file that works.")
    except _Refused as refused:
        problems.error(refused.place, refused.message, refused.proposal)
    else:
        odd = no_break_space(text) if "\u00a0" in text else None
        if odd is None:
            return node
        _tell(odd, shown_as, problems)
    return None


def _tell(found: Fault, shown_as: str, problems: Problems) -> None:
    problems.error(Place(shown_as, found.line, found.column), found.message, found.proposal, width=found.width)


_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def check_id(name: str, place: Place, problems: Problems) -> None:
    """An id stands in addresses, buttons and file names, so a space or an accent in it would be lost on the way."""
    if name and not _ID.fullmatch(name):
        letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        instead = "_".join(re.findall(r"[a-z0-9]+", letters.lower())) or "a_name"
        problems.error(
            place,
            f"'{name}' cannot be an id: it holds a space, an accent or another sign",
            f"Write '{instead}': letters, digits, - and _.",
            width=len(name),
        )


class _Refused(Exception):
    def __init__(self, place: Place, message: str, proposal: str = "") -> None:
        self.place, self.message, self.proposal = place, message, proposal
        super().__init__(message)


class _Composer:
    """Builds nodes from parser events, iteratively deep only up to MAX_DEPTH."""

    def __init__(self, text: str, file: str, problems: Problems) -> None:
        self.file, self.problems, self.nodes = file, problems, 0
        parser: Any = _Parser(text)
        self._next: Callable[[], Any] = parser.get_event

    def document(self) -> Node | None:
        self._next()  # stream start
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            self.problems.error(Place(self.file), "is empty", "Write something, or delete the file.")
            return None
        node = self._node(self._next(), 1)
        self._next()  # document end
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise _Refused(self._place(event), "holds more than one document", "Remove the line with '---'.")
        return node

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return _new_place(Place, (self.file, mark.line + 1, mark.column + 1))

    def _node(self, event: Any, depth: int) -> Node:
        self.nodes += 1
        place = self._place(event)
        if depth > MAX_DEPTH or self.nodes > MAX_NODES or event.anchor or (event.tag and event.tag != "!"):
            raise self._refused(event, depth, place)
        kind = type(event)
        if kind is _SCALAR:
            return self._scalar(event, place)
        if kind is _LIST:
            return self._list(place, depth)
        return self._mapping(place, depth)

    def _refused(self, event: Any, depth: int, place: Place) -> _Refused:
        if depth > MAX_DEPTH:
            return _Refused(place, f"is nested more than {MAX_DEPTH} levels deep", "Split it.")
        if self.nodes > MAX_NODES:
            return _Refused(place, f"holds more than {MAX_NODES} values", "Split the file.")
        if isinstance(event, yaml.AliasEvent):
            return _Refused(
                place, f"uses the alias '*{event.anchor}'", "Write the value out again; aliases are not read."
            )
        if event.anchor:
            return _Refused(place, f"uses the anchor '&{event.anchor}'", "Remove it; anchors are not read.")
        return _Refused(place, f"uses the tag '{event.tag}'", "Remove it; tags are not read.")

    def _scalar(self, event: Any, place: Place) -> Node:
        text: str = event.value
        style = event.style
        if style == '"' and (bad := _CONTROL.search(text)):  # escapes such as "\0" only show themselves here
            raise _Refused(place, f"holds the invisible character U+{ord(bad.group()):04X}", "Delete it.")
        if not style and text in ("~", "null"):  # plain; the two parsers say that as None and ""
            text = ""
        return _new_node(Node, (text, place, None))

    def _list(self, place: Place, depth: int) -> Node:
        parts: list[Node] = []
        following = self._next
        while type(event := following()) is not _LAST:
            parts.append(self._node(event, depth + 1))
        return _new_node(Node, (tuple(parts), place, None))

    def _mapping(self, place: Place, depth: int) -> Node:
        parts: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        following = self._next
        while type(event := following()) is not _END:
            key = self._node(event, depth + 1)
            value = self._node(following(), depth + 1)
            name = key.value
            if type(name) is not str:
                raise _Refused(
                    key.place,
                    "starts with a bracket where a key must stand",
                    "Start with a word, or put the whole text between double quotes.",
                )
            if name == "<<":
                raise _Refused(key.place, "uses the merge key '<<'", "Write the keys out; merging is not read.")
            if name in parts:
                self.problems.error(
                    key.place,
                    f"'{name}' stands here twice (first on line {keys[name].line})",
                    "Keep one of the two.",
                    width=len(name),
                )
                continue
            if value.value == "" and name.isdigit() and (last := next(reversed(parts.values()), None)) is not None:
                self._comma(last, key)
                continue
            parts[name], keys[name] = value, key.place
        return _new_node(Node, (parts, place, keys))

    def _comma(self, last: Node, key: Node) -> None:
        """`{max: 5,5}` is a key `max` and a key `5`: to whoever wrote it, it is one number."""
        whole = last.text if last.text.isdigit() else "1"
        self.problems.error(
            key.place,
            f"a comma stands before '{key.text}', and that starts a new key",
            f"Write a number with a point and no comma: {whole}.{key.text} or {whole}{key.text}.",
            width=len(key.text),
        )


class Reader:
    """Reads the keys of one mapping, remembers which were read, and reports what is missing, wrong or unknown."""

    def __init__(self, node: Node, problems: Problems, what: str) -> None:
        self.node, self.problems, self.what = node, problems, what
        self._read: set[str] = set()
        if not node.is_map:
            problems.error(
                node.place,
                f"{what} must consist of lines 'key: value'",
                "Write a word, a colon, a space and the value.",
            )

    def node_of(self, key: str) -> Node | None:
        self._read.add(key)
        return self.node.get(key)

    def required(self, key: str) -> Node | None:
        found = self.node_of(key)
        if found is None:
            self.problems.error(self.node.place, f"{self.what} has no '{key}'", f"Add a line '{key}: …'.")
        return found

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        found = self.required(key) if required else self.node_of(key)
        if found is None:
            return default
        if not found.is_text:
            self.problems.error(found.place, f"'{key}' must be a text", "Write one value after the colon.")
            return default
        if required and not found.text.strip():
            self.problems.error(found.place, f"'{key}' is empty", "Write something after the colon.")
        return found.text.strip()

    def one_of(self, key: str, known: tuple[str, ...], default: str = "", *, required: bool = False) -> str:
        value = self.text(key, default, required=required)
        if value and value not in known:
            place = self.node.map[key].place
            self.problems.error(
                place,
                f"'{value}' is not a known {key}",
                did_you_mean(value, known) or f"Use one of: {', '.join(known)}.",
                width=len(value),
            )
            return default
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.node_of(key)
        if found is None:
            return ()
        out: list[str] = []
        for part in found.items:
            if part.is_text:
                out.append(part.text.strip())
            else:
                self.problems.error(
                    part.place, f"'{key}' must be a list of texts", "Write one text per line after '- '."
                )
        return tuple(out)

    def whole(self, key: str, default: int | None = None) -> int | None:
        found = self.node_of(key)
        return default if found is None else self._convert(found, key, as_whole, "a whole number", default)

    def number(self, key: str, default: float | None = None) -> float | None:
        found = self.node_of(key)
        return default if found is None else self._convert(found, key, as_number, "a number", default)

    def day(self, key: str) -> date | None:
        found = self.node_of(key)
        if found is None or found.value == "":
            return None
        day: date | None = self._convert(found, key, as_day, "a date like 2026-03-01", None)
        return day

    def flag(self, key: str, default: bool = False) -> bool:
        found = self.node_of(key)
        return default if found is None else bool(self._convert(found, key, as_flag, "yes or no", default))

    def _convert(self, node: Node, key: str, convert: Callable[[str], Any], wanted: str, default: Any) -> Any:
        try:
            if not node.is_text:
                raise ValueError
            return convert(node.text)
        except ValueError:
            self.problems.error(
                node.place,
                f"'{key}' must be {wanted}",
                f"Write {wanted} behind '{key}:'.",
                width=max(1, len(node.text)),
            )
            return default

    def parts(self, key: str) -> Iterator[Node]:
        found = self.node_of(key)
        return iter(found.items if found is not None else ())

    def done(self) -> None:
        """Report keys nobody read: nearly always a typing error."""
        for key in self.node.map:
            if key not in self._read:
                self.problems.error(
                    self.node.key_place(key),
                    f"{self.what} has no key '{key}'",
                    did_you_mean(key, self._read) or f"Known keys: {', '.join(sorted(self._read))}.",
                    width=len(key),
                )


def as_whole(text: str) -> int:
    """'1.200' and '1200' -> 1200. Raises ValueError."""
    if not re.fullmatch(r"-?\d{1,3}(\.\d{3})+|-?\d{1,15}", text.strip()):
        raise ValueError(text)
    return int(text.replace(".", ""))


def as_number(text: str) -> float:
    """'12,5', '12.5' and '1.200' (a dot before three digits groups thousands). Raises ValueError."""
    text = text.strip()
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", text):
        text = text.replace(".", "")
    if not re.fullmatch(r"-?\d{1,15}([.,]\d{1,9})?", text):
        raise ValueError(text)
    value = float(text.replace(",", "."))
    return int(value) if value == int(value) else value


def as_day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        raise ValueError(text)
    return date.fromisoformat(text.strip())


def as_flag(text: str) -> bool:
    if text not in ("yes", "no", "true", "false"):
        raise ValueError(text)
    return text in ("yes", "true")
