"""`desk.yaml`: the desk itself. Whose it is, whom it serves, when there are people, and what it keeps for how long."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from knowledge.problems import Place, Problems, did_you_mean
from knowledge.source import Node, Reader

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OWN_FILES = {"tokens": (".css",), "logo": (".svg", ".png")}  # what desk.yaml may name beside itself, and how it ends


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of one weekday, wall clock in the Netherlands."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Team:
    """Who picks up which cases. A team without situations or regions takes all of them."""

    id: str
    name: str
    situations: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk as its organisation describes it."""

    name: str = "Ontwikkelloket"
    example: bool = False  # a demonstration desk: pages say so, and `check --deploy` refuses it
    organisations: tuple[str, ...] = ()
    controller: str = ""  # who answers for the personal data
    privacy_contact: str = ""
    privacy_url: str = ""
    regions: tuple[str, ...] = ()  # scopes served; empty = the whole country
    phone: str = ""
    phone_hours: str = ""
    email: str = ""
    address: str = ""
    url: str = ""
    hours: Mapping[int, tuple[Hours, ...]] = field(default_factory=dict)  # weekday, Monday = 0
    holidays: str = ""  # country code for the public holidays, such as NL
    closed_on: tuple[date, ...] = ()
    first_reply_hours: int = 8  # within how many opening hours a coach answers
    teams: tuple[Team, ...] = ()
    languages: tuple[str, ...] = ("nl",)
    form: str = "u"  # how the texts speak to people; no other catalogue is shipped
    retention: Mapping[str, int] = field(default_factory=lambda: _kept({}))  # what -> days, complete
    channels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # data class -> channels that may carry it
    warned: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: WARNED)  # class -> asked after a warning
    frame_ancestors: tuple[str, ...] = ()  # sites that may show the chat in a frame
    tokens: str = ""  # a CSS file with the house style, beside desk.yaml
    logo: str = ""  # an .svg or .png beside desk.yaml, shown before the name
    privacy_text: str = ""  # own words at the top of the privacy page; a blank line begins a paragraph
    privacy_text_en: str = ""
    hide: tuple[str, ...] = ()  # ids of entries that are not shown here
    extends: str = "shipped"  # or none: start without the shipped catalogue and flows
    place: Place = field(default=Place(""), compare=False)

    def serves(self, geography: Any, spot: Any) -> bool | None:
        """Whether the desk serves a place; None when the place is too wide to tell."""
        if not self.regions:
            return True
        found = [geography.inside(spot, scope) for scope in self.regions]
        return True if any(found) else None if None in found else False

    def team_for(self, situation: str, region: str = "") -> Team | None:
        """The first team that takes this situation and region."""
        for team in self.teams:
            if team.situations and situation not in team.situations:
                continue
            if team.regions and f"region:{region}" not in team.regions:
                continue
            return team
        return self.teams[0] if self.teams else None

    def may_carry(self, channel: str, data_class: str) -> bool:
        """Whether a channel may carry answers of a class; without a rule every channel may."""
        allowed = self.channels.get(data_class)
        return allowed is None or channel in allowed

    def must_warn(self, channel: str, data_class: str) -> bool:
        """Whether a question of a class is asked on a channel only after saying that our own chat is safer."""
        return self.may_carry(channel, data_class) and channel in self.warned.get(data_class, ())


@dataclass(frozen=True, slots=True)
class Period:
    """How long something is kept, in days: what holds without a line in desk.yaml, and what a line may say."""

    days: int
    least: int
    most: int


RETENTION: Mapping[str, Period] = {
    "intake_unfinished": Period(14, 4, 90),  # the reminder comes on day three
    "chat_without_case": Period(28, 1, 365),
    "case_personal": Period(90, 1, 730),  # from here on: after the case closed and its last follow-up is done
    "case_sensitive": Period(30, 1, 365),
    "special": Period(30, 1, 30),  # after it was said, whatever became of the case
    "chat_after_case": Period(30, 1, 365),
    "outbox": Period(7, 2, 30),  # after it was sent; two days, because a message can be deleted so long
    "audit": Period(730, 90, 3650),
    "logs": Period(30, 1, 365),
}
NOT_LONGER = (  # the first may not outlive the second
    ("case_sensitive", "case_personal"),
    ("chat_after_case", "case_personal"),
    ("special", "case_sensitive"),
)
CLASSES = ("public", "personal", "sensitive", "special")
CHANNELS = ("web", "telegram", "terminal", "api")
WARNED: Mapping[str, tuple[str, ...]] = {"sensitive": ("telegram",), "special": ("telegram",)}  # without a line


def read_desk(node: Node, geography: Any, problems: Problems) -> Desk:
    """One desk.yaml; every finding is collected."""
    reader = Reader(node, problems, "desk.yaml")
    reader.node_of("glossary")
    desk = Desk(
        name=reader.text("name", required=True),
        example=reader.flag("example"),
        organisations=reader.texts("organisations"),
        controller=reader.text("controller"),
        privacy_contact=reader.text("privacy_contact"),
        privacy_url=reader.text("privacy_url"),
        regions=_scopes(reader, geography, problems),
        phone=reader.text("phone"),
        phone_hours=reader.text("phone_hours"),
        email=reader.text("email"),
        address=reader.text("address"),
        url=reader.text("url"),
        hours=_hours(reader.node_of("hours"), problems),
        holidays=reader.text("holidays"),
        closed_on=_days(reader.node_of("closed_on"), problems),
        first_reply_hours=reader.whole("first_reply_hours", 8) or 8,
        teams=tuple(_team(name, part, problems) for name, part in _map(reader.node_of("teams"), problems).items()),
        languages=reader.texts("languages") or ("nl",),
        form=reader.one_of("form", ("u",), "u"),
        retention=_retention(reader.node_of("retention"), problems),
        channels=_channels(reader.node_of("channels"), problems),
        warned=_channels(warned, problems) if (warned := reader.node_of("warned")) is not None else WARNED,
        frame_ancestors=_websites(reader.node_of("frame_ancestors"), problems),
        tokens=reader.text("tokens"),
        logo=reader.text("logo"),
        privacy_text=reader.text("privacy_text"),
        privacy_text_en=reader.text("privacy_text_en"),
        hide=reader.texts("hide"),
        extends=reader.one_of("extends", ("shipped", "none"), "shipped"),
        place=node.place,
    )
    reader.done()
    return desk


def _map(node: Node | None, problems: Problems) -> Mapping[str, Node]:
    if node is None or node.value == "":
        return {}
    if not node.is_map:
        problems.error(node.place, "must consist of lines 'key: value'", "Write 'key: value' lines.")
    return node.map


def _scopes(reader: Reader, geography: Any, problems: Problems) -> tuple[str, ...]:
    node = reader.node_of("regions")
    if node is None or node.text == "national":
        return ()
    found = []
    for part in node.items:
        land = geography() if callable(geography) else geography
        if land.named(part.text) is None:
            near = land.suggest(part.text)
            problems.error(
                part.place,
                f"'{part.text}' is not an area",
                f"Did you mean '{near[0]}'?" if near else "Write region:…, province:… or municipality:….",
                width=max(1, len(part.text)),
            )
        else:
            found.append(part.text)
    return tuple(found)


def _hours(node: Node | None, problems: Problems) -> dict[int, tuple[Hours, ...]]:
    """{monday-friday: "9:00-17:00"} or {monday: ["9:00-12:00", "13:00-17:00"]}."""
    found: dict[int, tuple[Hours, ...]] = {}
    for key, part in _map(node, problems).items():
        first, _, last = key.partition("-")
        place = node.key_place(key) if node else part.place
        if first not in DAYS or (last and last not in DAYS):
            problems.error(place, f"'{key}' is not a day", "Write monday, or monday-friday.", width=len(key))
            continue
        spans = []
        for one in part.items:
            try:
                opens, _, closes = one.text.partition("-")
                span = Hours(time.fromisoformat(_two(opens)), time.fromisoformat(_two(closes)))
                if span.opens >= span.closes:
                    raise ValueError
                spans.append(span)
            except ValueError:
                problems.error(
                    one.place, f"'{one.text}' is not a time", "Write 9:00-17:00.", width=max(1, len(one.text))
                )
        for day in range(DAYS.index(first), DAYS.index(last or first) + 1):
            found[day] = tuple(spans)
    return found


def _two(text: str) -> str:
    hour, _, minute = text.strip().replace(".", ":").partition(":")
    return f"{int(hour):02d}:{minute or '00'}"


def _days(node: Node | None, problems: Problems) -> tuple[date, ...]:
    found = []
    for part in node.items if node is not None else ():
        try:
            found.append(date.fromisoformat(part.text))
        except ValueError:
            problems.error(
                part.place, f"'{part.text}' is not a date", "Write 2026-12-24.", width=max(1, len(part.text))
            )
    return tuple(found)


def _websites(node: Node | None, problems: Problems) -> tuple[str, ...]:
    """Addresses of whole websites; they go into a header as they are."""
    found = []
    for part in node.items if node is not None else ():
        if re.fullmatch(r"https?://[a-z0-9.*-]+(:\d{1,5})?", part.text, re.ASCII):
            found.append(part.text)
        else:
            problems.error(
                part.place,
                f"'{part.text}' is not the address of a website",
                "Write https://www.example.nl, without a path.",
                width=max(1, len(part.text)),
            )
    return tuple(found)


def _team(name: str, node: Node, problems: Problems) -> Team:
    reader = Reader(node, problems, f"team '{name}'")
    team = Team(
        name,
        reader.text("name", required=True),
        reader.texts("situations"),
        reader.texts("regions"),
        reader.text("phone"),
        reader.text("email"),
    )
    reader.done()
    return team


def _kept(said: Mapping[str, int]) -> dict[str, int]:
    return {name: said.get(name, period.days) for name, period in RETENTION.items()}


def within_bounds(said: Mapping[str, int]) -> dict[str, int]:
    """Every period, pulled inside what may be said: for periods that were kept elsewhere than in a checked file."""
    found = {name: min(max(said.get(name, one.days), one.least), one.most) for name, one in RETENTION.items()}
    for short, long in NOT_LONGER:
        found[short] = min(found[short], found[long])
    return found


def _retention(node: Node | None, problems: Problems) -> dict[str, int]:
    """Every period in days. What desk.yaml does not say is kept as long as we advise."""
    if node is None:
        return _kept({})
    reader = Reader(node, problems, "'retention'")
    said: dict[str, int] = {}
    for name, period in RETENTION.items():
        days, part = reader.whole(name), node.get(name)
        if days is None or part is None:
            continue
        if period.least <= days <= period.most:
            said[name] = days
            continue
        fits = f"Write a number from {period.least} to {period.most}; {period.days} is usual."
        problems.error(part.place, f"'{name}' cannot be {days} days", fits, width=len(part.text))
    reader.done()
    found = _kept(said)
    for short, long in NOT_LONGER:
        if found[short] > found[long] and short not in said:
            found[short] = found[long]
        elif found[short] > found[long]:
            part = node.get(short) or node
            problems.error(
                part.place,
                f"'{short}' ({found[short]} days) would outlive '{long}' ({found[long]} days)",
                f"Write {found[long]} or less for '{short}', or more for '{long}'.",
                width=len(part.text) if part.is_text else 1,
            )
    return found


def _channels(node: Node | None, problems: Problems) -> dict[str, tuple[str, ...]]:
    """Data class -> the channels that may carry answers of it. A mistake here would silently let something through."""
    found: dict[str, tuple[str, ...]] = {}
    for name, part in _map(node, problems).items():
        if name not in CLASSES:
            place = node.key_place(name) if node else part.place
            proposal = did_you_mean(name, CLASSES) or f"Classes are {', '.join(CLASSES)}."
            problems.error(place, f"'{name}' is not a class of data", proposal, width=len(name))
            continue
        for one in part.items:
            if one.text not in CHANNELS:
                proposal = did_you_mean(one.text, CHANNELS) or f"Channels are {', '.join(CHANNELS)}."
                problems.error(one.place, f"'{one.text}' is not a channel", proposal, width=max(1, len(one.text)))
        found[name] = tuple(one.text for one in part.items if one.text in CHANNELS)
    return found
