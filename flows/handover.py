"""Handing over to a human: what goes along, in five plain lines, and what the visitor is promised."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from flows.details import contact_line
from flows.draft import Draft
from flows.effects import Consent, Count, OpenCase, SignUp, UpdateCase, Wish
from flows.model import Handoff
from flows.walk import Walk, candidates
from knowledge.geography_spots import Spot
from knowledge.stock import one_of
from knowledge.summaries import label

if TYPE_CHECKING:
    from flows.session import Session
    from flows.voice import Voice

WHO = (
    "situation",
    "age",
    "place",
    "company_place",
    "school_place",
    "sector",
    "occupation",
    "company_size",
    "education",
)
HIDDEN = ("sensitive", "special")
WISHES = ("goal", "employer_goal")
NOT_PASSED_ON = ("rating", "phone", "email", "preferred_contact", "part_of_day", "name", "advice")


def facts_to_pass_on(session: Session) -> list[tuple[str, Any, str]]:
    """(fact, value, status) of what the coach will read, without what the visitor left out."""
    facts = session.content.knowledge.facts
    left_out = session.state.done.get("!left_out", [])
    return [
        (fact, answer.value, answer.status)
        for fact, answer in session.state.answers.items()
        if fact in facts and fact not in NOT_PASSED_ON and fact not in left_out and answer.status == "given"
    ]


def shown_before_claim(session: Session) -> dict[str, Any]:
    """What a coach may read before picking the case up: nothing sensitive, not even inside a reason."""
    facts = session.content.knowledge.facts
    return {fact: value for fact, value, _ in facts_to_pass_on(session) if facts[fact].cls not in HIDDEN}


def open_case(session: Session, step: Handoff, walked: Walk) -> list[str]:
    """Open the case, or add to the one that is open. Returns the lines for the visitor."""
    done = session.state.done.get(step.key)
    if isinstance(done, dict) and "opened" in done:
        return []
    session.mark(step.key, {**(done if isinstance(done, dict) else {}), "opened": session.state.turn})
    if session.world.case:
        session.effects.append(UpdateCase("urgent" if step.urgent else "wrote", step.reason))
        return [waiting_line(session)]
    elsewhere = other_desk(session, walked)
    if elsewhere and not step.urgent:
        return [elsewhere]
    text = session.voice.flow_text(f"flow.{step.key}.text", step.text) if step.text else ""
    if step.reserves:
        units = step.units or one_of(session.content.knowledge.catalogue[step.reserves])
        if session.world.budgets.get(step.reserves, 0) < units:
            session.effects.append(Wish(step.reserves))
            return [session.voice.phrase("budget_gone")]
        session.effects.append(SignUp(step.reserves, units))
    session.effects += [
        Consent("handoff", True, session.content.fingerprint),
        OpenCase(
            step.reason,
            _team(session, step),
            step.urgent,
            step.kind,
            summary(session, walked),
            snapshot(session, walked),
        ),
        Count("handed_over", step.kind),
    ]
    lines = [*([text] if text else []), promise_line(session, step)]
    if session.content.is_partial(session.state.language):  # the coach may speak it, or find somebody who does
        lines.append(session.voice.phrase("in_your_language"))
    return lines


def other_desk(session: Session, walked: Walk) -> str:
    """Only visitors from a region this desk serves are promised a coach; others get their own region's desk."""
    knowledge = session.content.knowledge
    spot = walked.profile.possible("area") if knowledge.desk.regions and "area" in knowledge.facts else None
    if not isinstance(spot, Spot) or knowledge.desk.serves(knowledge.geography, spot) is not False:
        return ""
    near = next(candidates(knowledge.matcher, walked.profile, session.now, ("desk",)), None)
    if near is None or near.verdict != "fits":
        return session.voice.phrase("outside_region")
    name, contact = near.entry.text("name", session.state.language), contact_line(near.entry)
    return f"{session.voice.phrase('outside_region')} {session.voice.phrase('near_desk', name=name)} {contact}".strip()


def _team(session: Session, step: Handoff) -> str:
    """The team the flow names, else the one desk.yaml gives this kind of visitor in this region; '' = everybody."""
    if step.team:
        return step.team
    situation = session.state.answers.get("situation")
    if situation is None or not isinstance(situation.value, str):
        return ""
    desk, place = session.content.knowledge.desk, ""
    for fact in ("place", "company_place", "school_place"):
        answer = session.state.answers.get(fact)
        if answer is not None and isinstance(answer.value, str):
            spot = session.content.knowledge.geography.spot(answer.value)
            place = (spot.region or "") if spot else ""
    team = desk.team_for(situation.value, place)
    return team.id if team else ""


def promise_line(session: Session, step: Handoff) -> str:
    """A time is promised only where the desk has coaches and hours; otherwise the phone number is shown."""
    voice, world = session.voice, session.world
    wants_call = step.kind == "call_back" or "phone" in session.state.answers
    if world.promise:
        return voice.phrase("promised_call" if wants_call else "promised", promise=world.promise)
    number = session.content.holes["desk_phone"]
    phone = voice.phrase("desk_phone", phone=number) if number else ""
    return voice.phrase("promised_nothing", phone=phone).strip()


def waiting_line(session: Session) -> str:
    if session.world.promise:
        return session.voice.phrase("already_waiting", promise=session.world.promise)
    return session.voice.phrase("already_waiting_open")


def _matches(session: Session, walked: Walk) -> list[Any]:
    if not facts_to_pass_on(session):
        return []
    profile = session.content.profile({**walked.derived, **_kept(session.state)}, session.today)
    matches = session.content.knowledge.matcher.match(profile, session.now)
    seen = _shown(session)  # comes first: the coach speaks of the same cards as the visitor saw
    possible = [match for match in matches if match.verdict != "does_not_fit"]
    return sorted(possible, key=lambda match: seen.index(match.entry.id) if match.entry.id in seen else len(seen))


def _shown(session: Session) -> list[str]:
    """Entries that stood on the screen as advice, the latest advice first; *bel mij* leaves the advice behind."""
    advised = [ids for key, ids in session.state.done.items() if ".advise" in key and isinstance(ids, list)]
    return list(dict.fromkeys(entry for ids in reversed(advised) for entry in ids))


def _kept(state: Draft) -> dict[str, Any]:
    left_out = state.done.get("!left_out", [])
    return {fact: answer for fact, answer in state.answers.items() if fact not in left_out}


def summary(session: Session, walked: Walk) -> tuple[str, ...]:
    """Who / what they want / what fits and why / what is open / what was promised. Dutch: it is for the coach."""
    from flows.voice import Voice

    voice = Voice(session.content, "nl")
    passing = shown_before_claim(session)

    def said(*wanted: str) -> str:
        return ", ".join(_of_client(session, voice, fact, passing[fact]) for fact in wanted if fact in passing)

    who = said(
        "situation", "age", "place", "company_place", "school_place", "sector", "company_size", "education", "benefit"
    )
    wants = said(
        "goal", "employer_goal", "school_goal", "wanted_sector", "wanted_occupation", "course", "plan_activity"
    )
    possible = [match for match in _matches(session, walked) if match.status != "ended"]
    running = possible[:3]

    def told(match: Any) -> str:
        name = f"misschien {match.entry.name}" if match.verdict == "maybe" else match.entry.name
        clause = match.clause(HIDDEN)
        return f"{name} ({clause})" if clause else name

    fits = "; ".join(told(match) for match in running)
    decides = Counter(fact for match in possible if match.verdict == "maybe" for fact in match.missing)
    missing = sorted(decides, key=lambda fact: (-decides[fact], fact))[:4]  # in the order of the coach's sheet
    return (
        f"Wie: {who or 'nog niet bekend'}",
        f"Wil: {wants or 'nog niet bekend'}",
        f"Past: {fits or 'nog niets gevonden'}",
        f"Nog open: {', '.join(voice.name(fact) for fact in missing) or 'niets'}",
        f"Beloofd: {session.world.promise or 'geen tijd'}",
    )


def _of_client(session: Session, voice: Voice, fact: str, value: Any) -> str:
    """An answer as it is read back; a wish too, whose button speaks for the visitor: "cursus voor mijn mensen"."""
    if fact not in WISHES:
        return voice.value(fact, value)
    facts = session.content.knowledge.facts
    return label(fact, value, facts, facts.lists, str, "nl")


def snapshot(session: Session, walked: Walk) -> dict[str, object]:
    """Frozen for the coach: the answers that go along, every verdict with its reasons, and what content said so."""
    left_out = set(session.state.done.get("!left_out", []))
    return {
        "answers": {
            fact: {"status": answer.status, "value": answer.value, "by": answer.by}
            for fact, answer in session.state.answers.items()
            if fact not in left_out
        },
        "verdicts": [
            {
                "id": match.entry.id,
                "name": match.entry.name,
                "kind": match.entry.kind,
                "verdict": match.verdict,
                "status": match.status,
                "because": list(match.because),
                "missing": list(match.missing),
                "human": list(match.human),
            }
            for match in _matches(session, walked)[:12]
        ],
        "advice": list(session.state.advice or ()),
        "left_out": sorted(left_out),
        "language": session.state.language,
        "fingerprint": session.content.fingerprint,
        "day": session.today.isoformat(),
    }
