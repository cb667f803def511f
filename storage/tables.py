"""The tables. One set for SQLite and PostgreSQL, SQLAlchemy Core only.

Times are milliseconds since 1970 in UTC (`BigInteger`): the same number in both databases, cheap to compare, and no
clock zone to lose. Columns ending in `_sealed` hold AES-256-GCM-SIV ciphertext bound to their row (storage/sealing.py);
what a person said stands nowhere else. `person` keys live in `person_key`, apart, so that a backup can leave them out.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = sa.String(32)
Moment = sa.BigInteger
Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts up by itself on INTEGER only


def _column(name: str, kind: Any, *rest: Any, null: bool = False, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *rest, nullable=null, **more)


def _text(name: str, default: str = "", **more: Any) -> sa.Column[Any]:
    return _column(name, sa.Text, server_default=sa.text(f"'{default}'"), **more)


def _whole(name: str, default: int = 0, **more: Any) -> sa.Column[Any]:
    return _column(name, sa.Integer, server_default=sa.text(str(default)), **more)


def _moment(name: str, null: bool = True, **more: Any) -> sa.Column[Any]:
    return _column(name, Moment, null=null, **more)


def _sealed(name: str) -> sa.Column[Any]:
    return _column(name, sa.LargeBinary, null=True)


# ---- who ----------------------------------------------------------------------------------------------------------

person = sa.Table(
    "person",
    metadata,
    _column("id", Id, primary_key=True),
    _moment("created_at", null=False),
    _whole("practice"),  # 1 = a labelled demonstration person: never counted
)

person_key = sa.Table(
    "person_key",
    metadata,
    _column("person", Id, primary_key=True),
    _column("class", sa.String(8), primary_key=True),  # personal | special: separate keys under separate key keys
    _column("kek", sa.String(16)),  # which key-encryption key wraps it
    _column("wrapped", sa.LargeBinary),
)

secret = sa.Table(
    "secret",  # keys of the installation itself (blind index, audit chain), wrapped like the others
    metadata,
    _column("name", sa.String(16), primary_key=True),
    _column("kek", sa.String(16)),
    _column("wrapped", sa.LargeBinary),
)

identity = sa.Table(
    "identity",
    metadata,
    _column("id", Id, primary_key=True),
    _column("person", Id, sa.ForeignKey("person.id", ondelete="CASCADE"), index=True),
    _column("channel", sa.String(16)),
    _text("bot"),
    _column("address_index", sa.String(44), unique=True),  # HMAC of channel|bot|address: findable, not readable
    _sealed("address_sealed"),
    _column("conversation", Id),  # the one this address talks in now; no foreign key: they point at each other
    _moment("created_at", null=False),
    _moment("gone_at"),  # the channel says this address cannot be reached any more
    _whole("keyboard"),  # 1 = a keyboard that shares a number or place stands in this chat
)

conversation = sa.Table(
    "conversation",
    metadata,
    _column("id", Id, primary_key=True),
    _column("person", Id, sa.ForeignKey("person.id", ondelete="CASCADE"), index=True),
    _column("identity", Id, sa.ForeignKey("identity.id", ondelete="CASCADE"), index=True),  # channel last used
    _column("channel", sa.String(16)),
    _text("bot"),
    _text("language", "nl"),
    _sealed("state_sealed"),
    _text("fingerprint"),
    _text("phase", "new"),
    _whole("turn"),
    _whole("version"),
    _text("speaker", "bot"),  # bot | queue | coach
    _whole("epoch"),  # +1 at every change of speaker; older bot messages are never sent
    _column("coach", Id, null=True),
    _column("open_case", Number, null=True),  # read with the row, under its lock
    _moment("promised_at"),  # due time of the open case
    _whole("next_seq", 1),
    _text("situation"),  # public answers, for filters and figures
    _text("region"),
    _text("sector"),
    _moment("created_at", null=False),
    _moment("last_client_at"),
    _moment("last_at"),
    _moment("purge_at", index=True),  # when retention may remove it; NULL while a case is open
    postgresql_with={"fillfactor": 70},  # room in the page for the next version: every turn makes one
)

message = sa.Table(
    "message",
    metadata,
    _column("conversation", Id, sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
    _column("seq", sa.Integer, primary_key=True, autoincrement=False),
    _column("sender", sa.String(8)),  # visitor | bot | coach | system
    _column("kind", sa.String(12)),
    _whole("private"),  # 1 = for coaches only: notes
    _sealed("body_sealed"),  # flows.effects.Message as JSON
    _text("class", "personal"),  # special = health or debts were mentioned: 30 days at most
    _whole("epoch"),
    _whole("turn"),
    _column("coach", Id, null=True),
    _text("origin"),  # unique key of the writer, for idempotent posts
    _text("ref"),  # the platform's id of a visitor's message, to delete it with an erasure
    _moment("at", null=False),
    _moment("withdrawn_at"),
)
_special = message.c["class"] == "special"
sa.Index("ix_message_special", message.c.at, sqlite_where=_special, postgresql_where=_special)
sa.Index(
    "uq_message_origin",
    message.c.conversation,
    message.c.origin,
    unique=True,
    sqlite_where=message.c.origin != "",
    postgresql_where=message.c.origin != "",
)

answer = sa.Table(
    "answer",  # projection of conversation.state: for reports and filters, never read back into a turn
    metadata,
    _column("conversation", Id, sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
    _column("fact", sa.String(64), primary_key=True),
    _column("status", sa.String(12)),
    _column("value", sa.Text, null=True),  # JSON, class public only
    _sealed("value_sealed"),  # JSON, every other class
    _text("class", "public"),
    _text("by", "visitor"),
    _whole("turn"),
    _moment("at", null=False),
    sqlite_with_rowid=False,
)

seen = sa.Table(
    "seen",
    metadata,
    _column("channel", sa.String(16), primary_key=True),
    _column("bot", sa.String(64), primary_key=True),
    _column("update_id", sa.String(80), primary_key=True),
    _moment("at", null=False),
    sqlite_with_rowid=False,
)

outbox = sa.Table(
    "outbox",
    metadata,
    _column("id", Number, primary_key=True, autoincrement=True),
    _column("lane", Id),  # one in flight per lane: the conversation, or what is left to say after an erasure
    _column("conversation", Id, sa.ForeignKey("conversation.id", ondelete="CASCADE"), null=True),
    _column("identity", Id, sa.ForeignKey("identity.id", ondelete="CASCADE"), null=True),
    _sealed("parcel_sealed"),  # after an erasure: address and message, sealed by the installation, for two days
    _whole("seq"),
    _column("channel", sa.String(16)),
    _text("bot"),
    _text("origin"),  # bot | coach | system
    _whole("epoch"),
    _whole("turn"),
    _text("action", "send"),
    _text("target"),
    _text("state", "new"),  # new | sending | sent | dead
    _whole("attempts"),
    _moment("next_at", null=False),
    _moment("sending_at"),
    _moment("done_at"),
    _text("external_id"),
    _text("reason"),
    _whole("proactive"),
    _whole("maybe_twice"),  # how often it was sent again because an answer was lost
    _moment("created_at", null=False),
)
sa.Index("ix_outbox_message", outbox.c.conversation, outbox.c.seq)
_waiting = sa.or_(outbox.c.state == "new", outbox.c.state == "sending")
sa.Index("ix_outbox_lane", outbox.c.lane, outbox.c.id, sqlite_where=_waiting, postgresql_where=_waiting)
sa.Index("ix_outbox_due", outbox.c.next_at, sqlite_where=_waiting, postgresql_where=_waiting)

# ---- people taking over -------------------------------------------------------------------------------------------

case = sa.Table(
    "cases",
    metadata,
    _column("number", Number, primary_key=True, autoincrement=True),  # K-1042 is number 1042
    # an erased person leaves the number, the clocks and the outcome behind, nothing else
    _column("conversation", Id, sa.ForeignKey("conversation.id", ondelete="SET NULL"), null=True, index=True),
    _column("person", Id, sa.ForeignKey("person.id", ondelete="SET NULL"), null=True, index=True),
    _column("kind", sa.String(12)),
    _text("team"),
    _text("state", "waiting", index=True),  # waiting with_coach waiting_for_client snoozed closed lapsed
    _whole("urgent"),
    _whole("version"),
    _column("coach", Id, null=True),
    _column("prefers", Id, null=True),  # the coach this visitor had before
    _sealed("reason_sealed"),
    _sealed("summary_sealed"),
    _sealed("snapshot_sealed"),
    _text("situation"),
    _text("region"),
    _text("sector"),
    _text("channel"),
    _text("language", "nl"),
    _moment("created_at", null=False),
    _moment("waiting_since"),
    _moment("due_at", index=True),
    _whole("promised_again"),  # 1 = the first promise was broken and told
    _moment("claimed_at"),
    _moment("first_reply_at"),
    _moment("unread_at"),  # oldest message of the visitor that no coach has answered
    _moment("snoozed_until"),
    _moment("wait_since"),
    _whole("nudges"),  # reminders sent while waiting for the visitor
    _moment("closed_at"),
    _text("outcome"),
    _whole("practice"),
)
sa.Index(
    "uq_cases_open",  # one open case per conversation
    case.c.conversation,
    unique=True,
    sqlite_where=sa.and_(case.c.state != "closed", case.c.state != "lapsed"),
    postgresql_where=sa.and_(case.c.state != "closed", case.c.state != "lapsed"),
)

follow_up = sa.Table(
    "follow_up",
    metadata,
    _column("id", Id, primary_key=True),
    _column("person", Id, sa.ForeignKey("person.id", ondelete="CASCADE"), index=True),
    _column("case_number", Number, sa.ForeignKey("cases.number", ondelete="CASCADE"), null=True, index=True),
    _column("kind", sa.String(12)),  # call | message | check | documents | deadline
    _column("due_on", sa.String(10), index=True),  # YYYY-MM-DD, Europe/Amsterdam
    _text("due_time"),
    _column("coach", Id, null=True),
    _text("team"),
    _sealed("title_sealed"),
    _text("origin", "manual"),  # manual | scheme | template
    _text("state", "open"),  # open | done | not_reached | moved | lapsed
    _whole("attempts"),
    _sealed("result_sealed"),
    _column("ics_uid", Id),
    _moment("created_at", null=False),
    _moment("done_at"),
)

contact_attempt = sa.Table(
    "contact_attempt",
    metadata,
    _column("id", Id, primary_key=True),
    _column("case_number", Number, sa.ForeignKey("cases.number", ondelete="CASCADE"), index=True),
    _column("coach", Id),
    _column("result", sa.String(12)),  # spoken | voicemail | not_reached | appointment
    _moment("at", null=False),
)

outcome = sa.Table(
    "outcome",  # append-only: a newer row supersedes an older one, nothing is changed
    metadata,
    _column("id", Id, primary_key=True),
    _column("person", Id, sa.ForeignKey("person.id", ondelete="CASCADE"), index=True),
    _column("case_number", Number, sa.ForeignKey("cases.number", ondelete="SET NULL"), null=True),
    _text("entry"),  # catalogue id
    _text("provider"),
    _column("step", sa.String(24)),
    _column("on_date", sa.String(10)),
    _column("amount", sa.Integer, null=True),  # euros
    _text("source", "client"),  # client | coach | provider
    _column("coach", Id, null=True),
    _sealed("note_sealed"),
    _column("supersedes", Id, null=True),
    _moment("at", null=False),
)

consent = sa.Table(
    "consent",
    metadata,
    _column("id", Id, primary_key=True),
    _column("person", Id, sa.ForeignKey("person.id", ondelete="CASCADE"), index=True),
    _column("conversation", Id, sa.ForeignKey("conversation.id", ondelete="CASCADE")),
    _column("purpose", sa.String(64)),
    _whole("given"),
    _text("version"),
    _moment("at", null=False),
)

reminder = sa.Table(
    "reminder",
    metadata,
    _column("conversation", Id, sa.ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
    _column("key", sa.String(120), primary_key=True),
    _moment("due_at", null=False, index=True),
    _moment("set_at", null=False),  # the visitor writing after this makes it moot
    _moment("claimed_at"),  # a worker is on it; another may take it a minute later
)

subscription = sa.Table(
    "subscription",
    metadata,
    _column("person", Id, sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    _column("entry", sa.String(80), primary_key=True),
    _column("conversation", Id, sa.ForeignKey("conversation.id", ondelete="CASCADE")),
    _moment("at", null=False),
)

stock = sa.Table(
    "stock",  # what can run out: budgets of entries (euros) and places at events
    metadata,
    _column("what", sa.String(80), primary_key=True),
    _column("kind", sa.String(8)),  # budget | event
    _column("ceiling", sa.Integer, null=True),
    _whole("taken"),
    _text("title"),
    _text("place"),
    _moment("starts_at"),
)

sign_up = sa.Table(
    "sign_up",
    metadata,
    _column("person", Id, sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    _column("what", sa.String(80), sa.ForeignKey("stock.what", ondelete="CASCADE"), primary_key=True),
    _column("units", sa.Integer),
    _moment("at", null=False),
)

# ---- counting without people --------------------------------------------------------------------------------------

wish = sa.Table(
    "wish",
    metadata,
    _column("day", sa.String(10), primary_key=True),
    _column("what", sa.String(120), primary_key=True),
    _column("region", sa.String(64), primary_key=True),
    _column("sector", sa.String(64), primary_key=True),
    _whole("n"),
)

event = sa.Table(
    "event",  # the funnel: names and our own identifiers, no content
    metadata,
    _column("id", Number, primary_key=True, autoincrement=True),
    _column("conversation", Id, sa.ForeignKey("conversation.id", ondelete="CASCADE"), index=True),
    _column("name", sa.String(32)),
    _text("detail"),
    _moment("at", null=False, index=True),
)

event_count = sa.Table(
    "event_count",  # what remains of the funnel when conversations are gone
    metadata,
    _column("day", sa.String(10), primary_key=True),
    _column("name", sa.String(32), primary_key=True),
    _column("detail", sa.String(120), primary_key=True),
    _column("situation", sa.String(32), primary_key=True),
    _column("region", sa.String(64), primary_key=True),
    _column("sector", sa.String(64), primary_key=True),
    _column("channel", sa.String(16), primary_key=True),
    _whole("n"),
)

# ---- coaches ------------------------------------------------------------------------------------------------------

coach = sa.Table(
    "coach",
    metadata,
    _column("id", Id, primary_key=True),
    _column("login", sa.String(120), unique=True),
    _text("name"),
    _text("role", "coach"),  # coach | coordinator | admin | auditor
    _text("teams"),  # comma separated; '' = all
    _text("email"),
    _text("password_hash"),
    _column("totp_sealed", sa.LargeBinary, null=True),
    _column("totp_step", sa.BigInteger, server_default=sa.text("0")),
    _text("recovery"),  # JSON list of hashes
    _whole("max_cases", 40),
    _moment("away_since"),
    _text("away_until"),
    _whole("active", 1),
    _moment("created_at", null=False),
    _text("oidc_subject"),  # digest of who this is at the organisation's own login; '' = not known there yet
)

desk_session = sa.Table(
    "desk_session",
    metadata,
    _column("token_hash", sa.String(64), primary_key=True),
    _column("coach", Id, sa.ForeignKey("coach.id", ondelete="CASCADE"), index=True),
    _moment("created_at", null=False),
    _moment("last_seen", null=False),
    _moment("step_up_at"),
    _text("method", "password"),  # password | oidc | link
    _whole("strong"),  # 1 = a second factor was part of it
    _text("device"),  # kind of browser and system, for the list of one's own sessions; never the whole user agent
)

one_time = sa.Table(
    "one_time",  # links and codes: desk links, invitations, my data, resume codes, device transfer
    metadata,
    _column("token_hash", sa.String(64), primary_key=True),
    _column("purpose", sa.String(16)),
    _column("subject", sa.String(64), index=True),
    _moment("expires_at", null=False),
    _whole("uses_left", 1),
    _moment("created_at", null=False),
)

attempt = sa.Table(
    "attempt",  # failures per key (login + address prefix, resume codes): rate limits that several workers share
    metadata,
    _column("id", Number, primary_key=True, autoincrement=True),
    _column("key", sa.String(120), index=True),
    _moment("at", null=False),
)

canned = sa.Table(
    "canned",
    metadata,
    _column("key", sa.String(48), primary_key=True),
    _column("team", sa.String(48), primary_key=True),
    _text("title"),
    _text("text"),
    _text("language", "nl"),
    _moment("changed_at", null=False),
)

draft = sa.Table(
    "draft",
    metadata,
    _column("coach", Id, sa.ForeignKey("coach.id", ondelete="CASCADE"), primary_key=True),
    _column("case_number", Number, sa.ForeignKey("cases.number", ondelete="CASCADE"), primary_key=True),
    _column("mode", sa.String(8), primary_key=True),
    _sealed("text_sealed"),
    _moment("at", null=False),
)

notice = sa.Table(
    "notice",  # mails without personal data; `key` is the business key, so none is made twice
    metadata,
    _column("key", sa.String(120), primary_key=True),
    _column("kind", sa.String(24)),
    _column("case_number", Number, sa.ForeignKey("cases.number", ondelete="CASCADE"), null=True),
    _text("audience"),  # team:<name> | coach:<id> | visitor
    _text("state", "new"),
    _whole("attempts"),
    _moment("due_at", null=False, index=True),
    _moment("sending_at"),
    _moment("done_at"),
)

# ---- law and order ------------------------------------------------------------------------------------------------

audit = sa.Table(
    "audit",
    metadata,
    _column("chain", sa.String(32), primary_key=True),  # one chain per writer
    _column("seq", Number, primary_key=True, autoincrement=False),
    _moment("at", null=False),
    _text("actor"),
    _text("action"),
    _text("object"),
    _text("purpose"),
    _text("result", "ok"),
    _column("prev", sa.String(64)),
    _column("hash", sa.String(64)),
)

tombstone = sa.Table(
    "tombstone",  # this address asked to be forgotten: what was sent before that moment stays out
    metadata,
    _column("address_index", sa.String(44), primary_key=True),
    _moment("at", null=False),
    _moment("until", null=False, index=True),
)

lease = sa.Table(
    "lease",  # who does what only one may do: polling a bot
    metadata,
    _column("name", sa.String(80), primary_key=True),
    _column("holder", sa.String(80)),
    _moment("until", null=False),
)

set_aside = sa.Table(
    "set_aside",  # updates nobody could read: which, and the kind of error; never their content
    metadata,
    _column("channel", sa.String(16), primary_key=True),
    _column("bot", sa.String(64), primary_key=True),
    _column("update_id", sa.String(80), primary_key=True),
    _text("reason"),
    _moment("at", null=False, index=True),
)

setting = sa.Table(
    "setting",  # small facts of the running desk: last retention run, chosen hours
    metadata,
    _column("name", sa.String(48), primary_key=True),
    _text("value"),
)
