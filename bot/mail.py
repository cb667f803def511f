"""Mail to coaches and visitors, without anybody's data: who reads it must open the desk or the chat to see more.

A notice is a row in the database, made in the same transaction as the case; it is claimed here, sent, and settled. A
mail server that does not answer delays a notice (three tries, five minutes apart) and never a conversation.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from bot.clock import AMSTERDAM
from knowledge.problems import LoketError

if TYPE_CHECKING:
    from bot.desk import Desk
    from storage.rows import Staff

log = logging.getLogger("loket.mail")
LOOK_EVERY = 20.0  # seconds
PATIENCE = 20.0  # seconds for one conversation with the mail server

SUBJECTS = {
    "new_case": "Nieuwe hulpvraag {code}",
    "case_half": "Hulpvraag {code}: de helft van de beloofde tijd is voorbij",
    "case_late": "Hulpvraag {code} is te laat",
}
TEXTS = {
    "new_case": "Er is een nieuwe hulpvraag: {code}.\n\nBekijk hem in de coachdesk:\n{link}\n",
    "case_half": "Hulpvraag {code} wacht nog. De helft van de beloofde tijd is voorbij.\n\n{link}\n",
    "case_late": "Bij hulpvraag {code} is de beloofde tijd voorbij.\n\n{link}\n",
}
DIGEST_SUBJECT = "Uw dag bij {name}"
DIGEST_FROM, DIGEST_UNTIL = time(8, 45), time(9, 30)  # a desk that starts later sends none any more
KINDS = {
    "call": "bellen",
    "message": "bericht",
    "check": "controleren",
    "documents": "papieren",
    "deadline": "einddatum",
}
ANSWER_SUBJECT = "Er is antwoord"
ANSWER_TEXT = (
    "Er is antwoord op uw vraag.\n\nLees het hier. De link werkt één keer:\n{link}\n\n"
    "Vraagt de pagina om een code? Typ dan {code}\n\n"
    "Hebt u niets gevraagd? Dan kunt u deze mail weggooien.\n\n---\n"
    "There is an answer to your question. Read it with the link above; it works once.\n"
)


@dataclass(frozen=True)
class Post:
    """Where mail goes out. Made from LOKET_SMTP_URL."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    tls: str  # starttls | tls | none (loopback only)

    def __repr__(self) -> str:
        return f"Post({self.host}:{self.port})"

    @classmethod
    def from_url(cls, url: str) -> Post:
        """`smtp://user:password@host:587?from=loket@example.nl`; smtps:// for TLS from the first byte."""
        parts = urlsplit(url)
        sender = parse_qs(parts.query).get("from", [""])[0] or unquote(parts.username or "")
        if "@" not in sender:
            raise LoketError("LOKET_SMTP_URL names no sender; add ?from=loket@example.nl")
        host = parts.hostname or ""
        local = host in ("127.0.0.1", "localhost", "::1")
        secure = "tls" if parts.scheme == "smtps" else "none" if local else "starttls"
        port = parts.port or (465 if secure == "tls" else 587)
        return cls(host, port, unquote(parts.username or ""), unquote(parts.password or ""), sender, secure)

    def send(self, messages: Iterable[EmailMessage]) -> None:
        """Blocking; call in a thread. Raises OSError or smtplib.SMTPException."""
        context = ssl.create_default_context()
        if self.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        with server:
            if self.tls == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            for message in messages:
                try:
                    server.send_message(message)
                except smtplib.SMTPRecipientsRefused:  # one address is wrong; the others need not wait for it
                    log.warning("an address was refused by the mail server")
                    server.rset()

    def letter(self, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = make_msgid(domain=self.sender.rsplit("@", 1)[-1])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message


class Mailer:
    """Sends the notices of one desk. `run` beside everything else."""

    def __init__(self, desk: Desk, post: Post) -> None:
        self._desk, self._post = desk, post
        self._digested: date | None = None  # spares a look at the staff every time; the database decides

    async def run(self) -> None:
        while True:
            sent = await self.look()
            await asyncio.sleep(0 if sent else LOOK_EVERY)

    async def look(self) -> int:
        """Send what is due; returns how many notices were settled."""
        await self._plan_digests()
        notices = await self._desk.store.claim_notices()
        for key, kind, code, audience in notices:
            try:
                letters = await self._letters(key, kind, code, audience)
                if letters:
                    await asyncio.to_thread(self._post.send, letters)
            except (OSError, smtplib.SMTPException) as error:
                log.warning("mail was not sent", extra={"reason": type(error).__name__, "case": code})
                await self._desk.store.settle_notice(key, sent=False)
            else:
                await self._desk.store.settle_notice(key, sent=True)
        return len(notices)

    async def _plan_digests(self) -> None:
        """At a quarter to nine on a working day, one for every coach with an address."""
        now = self._desk.clock().astimezone(AMSTERDAM)
        office = self._desk.store.rules.office
        works = bool(office.shifts(now.date())) if office.hours else now.weekday() < 5
        if not works or not DIGEST_FROM <= now.time() < DIGEST_UNTIL or self._digested == now.date():
            return
        staff = [one for one in await self._desk.store.all_staff() if _reads_mail(one) and not one.away]
        await self._desk.store.plan_digests(now.date(), [one.id for one in staff])
        self._digested = now.date()

    async def _letters(self, key: str, kind: str, code: str, audience: str) -> list[EmailMessage]:
        now, url = self._desk.clock(), self._desk.settings.url
        if audience == "visitor":
            return await self._answer(key, code, now)
        if kind == "digest":
            return [letter for one in await self._readers(audience) if (letter := await self._digest(one, now))]
        link = f"{url}/desk/g/{code}" if code else f"{url}/desk"
        subject, text = SUBJECTS.get(kind, SUBJECTS["new_case"]), TEXTS.get(kind, TEXTS["new_case"])
        return [
            self._post.letter(staff.email, subject.format(code=code), text.format(code=code, link=link), now)
            for staff in await self._readers(audience)
        ]

    async def _readers(self, audience: str) -> list[Staff]:
        """Active coaches with an address: everybody of a team, or one person."""
        kind, _, who = audience.partition(":")
        staff = [one for one in await self._desk.store.all_staff() if _reads_mail(one)]
        if kind == "coach":
            return [one for one in staff if one.id == who]
        return [one for one in staff if one.may_see_team(who)]

    async def _digest(self, staff: Staff, now: datetime) -> EmailMessage | None:
        """What this coach has to do today, as codes and counts; None when that is nothing."""
        store, today = self._desk.store, now.astimezone(AMSTERDAM).date()
        rows = [row for row in await store.today(staff, now) if not row.practice]
        waiting = sum(row.state == "waiting" for row in rows)
        replies = sum(row.kind == "reply" for row in rows)
        lines = [
            f"- {row.code}: {KINDS.get(row.kind, row.kind)}"
            + (f", {row.due_time.replace(':', '.')} uur" if row.due_time else "")
            + (" (te laat)" if row.due_on < today else "")
            for row in await store.agenda(staff, days=0)
        ]
        parts = []
        if waiting:
            what = "1 hulpvraag wacht" if waiting == 1 else f"{waiting} hulpvragen wachten"
            parts.append(f"{what} op een coach.")
        if replies:
            parts.append(f"{'1 klant wacht' if replies == 1 else f'{replies} klanten wachten'} op uw antwoord.")
        if lines:
            parts.append("\n".join(["Opvolgen:", *lines]))
        if not parts:
            return None
        text = "\n\n".join([*parts, f"{self._desk.settings.url}/desk", ""])
        subject = DIGEST_SUBJECT.format(name=self._desk.content.knowledge.desk.name)
        return self._post.letter(staff.email, subject, text, now)

    async def _answer(self, key: str, code: str, now: datetime) -> list[EmailMessage]:
        """To a visitor who left an address: that there is an answer, with a link that works once.

        Not to who wrote back meanwhile, and once for several answers in a row: a new link ends the one before.
        """
        case = await self._desk.store.case(code)
        if case is None or case.conversation is None:
            return []
        seq = int(key.rpartition(":")[2])
        since = await self._desk.store.messages(case.conversation.id, seq)
        if any(row.sender in ("coach", "visitor") for row in since):
            return []
        address = next((row.value for row in case.answers if row.fact == "email" and row.status == "given"), "")
        if not address:
            return []
        one_time = await self._desk.store.make_resume_code(
            case.conversation.id, minutes=int(_A_WEEK.total_seconds() // 60)
        )
        link = f"{self._desk.settings.url}/chat/verder#{one_time}"
        return [self._post.letter(str(address), ANSWER_SUBJECT, ANSWER_TEXT.format(link=link, code=one_time), now)]


def _reads_mail(staff: Staff) -> bool:
    return staff.active and bool(staff.email) and staff.role in ("coach", "coordinator")


_A_WEEK = timedelta(days=7)
