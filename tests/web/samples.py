"""Views with everything in them, for tests that look at one page without an engine or a database."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.web.dates import AMSTERDAM
from bot.web.views import Bubble, ChatPage, Face, Known, Waiting
from flows.effects import Card, Message, Option, Span

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=AMSTERDAM)
FACE = Face("Ontwikkelloket", phone="0800 0207", hours="Maandag tot en met vrijdag, 9.00 tot 17.00 uur")
REST = (Option("dont_know", "Weet ik niet", "row"), Option("call_me", "Bel mij", "row"))


def bubble(seq: int, sender: str, message: Message | str, **more: object) -> Bubble:
    made = message if isinstance(message, Message) else Message(message)
    return Bubble(seq, sender, NOW + timedelta(minutes=seq), made, turn=seq, **more)  # type: ignore[arg-type]


WELCOME = Message(
    "Hallo! Ik ben de digitale hulp van Ontwikkelloket. Ik ben een computer. U kunt ook een mens spreken. "
    "Vertel in uw eigen woorden: waar kan ik u mee helpen?",
    kind="question",
    spans=(Span(40, 54, "bold"),),
    options=(
        Option("job_seeker", "Ik zoek werk"),
        Option("employee", "Ik heb werk"),
        Option("self_employed", "Ik ben zzp'er"),
        Option("employer", "Ik heb een bedrijf"),
        Option("other", "Iets anders"),
        Option("language", "Taal", "row"),
        Option("privacy", "Privacy", "row"),
    ),
)
SLIM = Card(
    "slim-regeling-mkb",
    "scheme",
    "SLIM voor één mkb-bedrijf",
    "maybe",
    "closed",
    because=("U hebt een bedrijf met 6 mensen.", "U wilt een plan voor uw team."),
    missing=("plan_activity",),
    step="Schrijf op welke vragen uw team heeft. Dat is het begin van uw plan.",
    amount="60 procent van de kosten, hoogstens 24.999 euro. Uw plan kost 6.000 euro? U krijgt 3.600 euro en betaalt 2.400 euro.",
    window="Ieder jaar in maart en september. Controleer de datum.",
    source="Uitvoering Van Beleid",
    checked_on="2026-11-21",
    url="https://www.uitvoeringvanbeleidszw.nl/subsidies-en-regelingen/slim",
)
TALK = (
    bubble(1, "bot", WELCOME),
    bubble(2, "visitor", "heb een bakkerij met 6 man in tiel, is er subsidie om ze te scholen"),
    bubble(3, "bot", "Goed dat u in uw mensen investeert. Ik lees: bakkerij, 6 mensen, Tiel."),
    bubble(4, "bot", Message("Wat wilt u vooral?", "question", options=(Option("a", "Cursus voor mijn mensen"), Option("b", "Een leerling opleiden"), Option("c", "Nieuwe mensen"), Option("d", "Plan voor het team"), *REST))),
    bubble(5, "visitor", "Plan voor het team"),
    bubble(6, "bot", Message("SLIM voor één mkb-bedrijf", "card", card=SLIM)),
    bubble(7, "bot", Message("Zal een adviseur u hierover bellen? Dat is gratis.", "question", options=(Option("yes", "Ja, bel mij"), Option("ask", "Eerst een vraag"), Option("more", "Meer"), *REST)), current=True),
)
KNOWN = (
    Known("situation", "uw situatie", "Ik heb een bedrijf"),
    Known("sector", "uw sector", "Bakkerij"),
    Known("company_size", "hoeveel mensen er werken", "6"),
    Known("company_place", "de plaats van uw bedrijf", "Tiel"),
)


def chat_page(**more: object) -> ChatPage:
    values: dict[str, object] = {"face": FACE, "language": "nl", "bubbles": TALK, "waiting": Waiting("bot"), "known": KNOWN, "message_id": "abc", "last_seq": 7, "begun": True, "advised": True}
    return ChatPage(**(values | more))  # type: ignore[arg-type]


WAITING_PAGE = chat_page(
    bubbles=(
        *TALK,
        bubble(8, "visitor", "Ja, bel mij"),
        bubble(9, "system", "Uw vraag is doorgegeven aan een coach."),
        bubble(10, "coach", "Goedemiddag! Ik ben van het ondernemerspunt. Zal ik u maandag om tien uur bellen?", name="Sanne"),
    ),
    waiting=Waiting("queue", "", "K-1042", datetime(2026, 11, 23, 11, 0, tzinfo=AMSTERDAM)),
)
