"""Who may log in at the desk: staff, passwords, second factor, sessions, one-time links, failures.

Passwords are argon2id (19 MiB, two passes: strong enough, and cheap enough not to be a way to flood the desk). Tokens
are kept hashed. A second factor is used once per time step, also by two logins at the same moment.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knowledge.problems import LoketError
from storage import tables as t
from storage.base import Base
from storage.keys import code, hashed, token, typed
from storage.pen import Pen
from storage.rows import Staff
from storage.values import moment, ms, new_id

ROLES = ("coach", "coordinator", "admin", "auditor")
WINDOW = timedelta(minutes=15)  # in which failures count
SHORTEST_PASSWORD = 12
RECOVERY_CODES = 8


@lru_cache(maxsize=1)
def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """Raises LoketError for a password under twelve characters. Takes about 50 ms: call it in a thread."""
    if len(password) < SHORTEST_PASSWORD:
        raise LoketError(f"a password needs at least {SHORTEST_PASSWORD} characters")
    return str(_hasher().hash(password))


def check_password(stored: str, password: str) -> bool:
    """Whether the password is right. Takes as long when there is none to compare with."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return bool(_hasher().verify(stored or _NOBODY(), password))
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _NOBODY() -> str:
    return str(_hasher().hash(token()))


class StaffRoom(Base):
    """The part of the store that knows who works at the desk."""

    async def add_staff(
        self, login: str, name: str, role: str = "coach", password_hash: str = "", teams: tuple[str, ...] = (),
        email: str = "",
    ) -> Staff:  # fmt: skip
        """Raises LoketError when the login exists or the role is unknown."""
        if role not in ROLES:
            raise LoketError(f"role '{role}' is not known; choose {', '.join(ROLES)}")
        if any("," in team for team in teams):
            raise LoketError("the name of a team may not hold a comma")
        id_ = new_id()
        row = {
            "id": id_, "login": login.strip().casefold(), "name": name.strip(), "role": role, "email": email,
            "password_hash": password_hash, "teams": ",".join(teams), "created_at": ms(self.clock()),
        }  # fmt: skip

        def work(conn: Connection) -> Staff:
            if not self.context.sql.insert_new(conn, t.coach, row):
                raise LoketError(f"'{login}' already exists")
            found = _staff(conn, t.coach.c.id == id_)
            assert found is not None
            return found

        return await self._write(work)

    async def staff(self, login: str) -> Staff | None:
        return await self._read(lambda conn: _staff(conn, t.coach.c.login == login.strip().casefold()))

    async def staff_by_id(self, id_: str) -> Staff | None:
        return await self._read(lambda conn: _staff(conn, t.coach.c.id == id_))

    async def all_staff(self) -> list[Staff]:
        def read(conn: Connection) -> list[Staff]:
            return [_row_to_staff(row) for row in conn.execute(sa.select(t.coach).order_by(t.coach.c.name))]

        return await self._read(read)

    async def change_staff(self, id_: str, **values: object) -> None:
        """Sets name, role, teams (tuple), email, password_hash, max_cases or active. Ends all sessions of that person
        when role, password or active changes."""
        allowed = {"name", "role", "teams", "email", "password_hash", "max_cases", "active"}
        if unknown := set(values) - allowed:
            raise LoketError(f"cannot set {', '.join(sorted(unknown))} of a member of staff")
        if values.get("role", "coach") not in ROLES:
            raise LoketError(f"role '{values['role']}' is not known; choose {', '.join(ROLES)}")
        row = dict(values)
        teams = values.get("teams")
        if isinstance(teams, tuple | list):
            row["teams"] = ",".join(map(str, teams))
        if "active" in row:
            row["active"] = int(bool(row["active"]))

        def work(conn: Connection) -> None:
            conn.execute(t.coach.update().where(t.coach.c.id == id_).values(row))
            if {"role", "password_hash", "active"} & set(row):
                conn.execute(t.desk_session.delete().where(t.desk_session.c.coach == id_))

        await self._write(work)

    async def set_away(self, id_: str, away: bool) -> int:
        """Away: cases with an unread message go back to the queue; returns how many."""
        from storage.timers import release_of

        def work(conn: Connection) -> int:
            pen = Pen(self.context, self.clock())
            since = pen.at if away else None
            conn.execute(t.coach.update().where(t.coach.c.id == id_).values(away_since=since))
            count = release_of(conn, pen, id_) if away else 0
            pen.flush(conn)
            return count

        return await self._write(work)

    # ---- second factor ----

    async def set_totp(self, id_: str, secret: str) -> tuple[str, ...]:
        """Turns the second factor on (or off with ''); returns fresh recovery codes, shown once."""
        codes = tuple(code(3) for _ in range(RECOVERY_CODES)) if secret else ()
        sealed = self.context.parcel.seal("coach", "totp_sealed", id_, secret.encode()) if secret else None
        values = {
            "totp_sealed": sealed, "totp_step": 0, "recovery": json.dumps([hashed(one) for one in codes]),
        }  # fmt: skip
        await self._write(
            lambda conn: conn.execute(t.coach.update().where(t.coach.c.id == id_).values(values)) and None
        )
        return codes

    async def use_totp(self, id_: str, digits: str) -> bool:
        """Whether these six digits are right now (one step of 30 s early or late), and were not used before."""
        import pyotp

        now = self.clock()

        def work(conn: Connection) -> bool:
            row = conn.execute(sa.select(t.coach).where(t.coach.c.id == id_)).fetchone()
            if row is None or row.totp_sealed is None:
                return False
            secret = self.context.parcel.unseal("coach", "totp_sealed", id_, row.totp_sealed).decode()
            current = int(now.timestamp()) // 30
            plain = "".join(digits.split())
            for step in (current, current - 1, current + 1):
                if pyotp.utils.strings_equal(plain, pyotp.TOTP(secret).at(step * 30)):
                    used = conn.execute(
                        t.coach.update().where(t.coach.c.id == id_, t.coach.c.totp_step < step).values(totp_step=step)
                    )
                    return used.rowcount == 1
            return False

        return await self._write(work)

    async def use_recovery(self, id_: str, typed_code: str) -> bool:
        """A recovery code works once."""

        def work(conn: Connection) -> bool:
            row = conn.execute(sa.select(t.coach.c.recovery).where(t.coach.c.id == id_).with_for_update()).fetchone()
            left = json.loads(row.recovery or "[]") if row else []
            used = hashed(typed(typed_code))
            if used not in left:
                return False
            left.remove(used)
            conn.execute(t.coach.update().where(t.coach.c.id == id_).values(recovery=json.dumps(left)))
            return True

        return await self._write(work)

    # ---- sessions; tokens come in hashed ----

    async def open_session(
        self, token_hash: str, staff: str, now: datetime | None = None, step_up: bool = False, *,
        method: str = "password", strong: bool = False, device: str = "",
    ) -> None:  # fmt: skip
        at = ms(now or self.clock())
        row: dict[str, object] = {"token_hash": token_hash, "coach": staff, "created_at": at, "last_seen": at}
        row |= {"step_up_at": at if step_up else None, "method": method, "strong": int(strong), "device": device[:60]}
        await self._write(lambda conn: conn.execute(t.desk_session.insert(), row) and None)

    async def session(self, token_hash: str) -> tuple[Staff, datetime, datetime, datetime | None] | None:
        """Whose session this is, when it began, when last seen, and when it was last confirmed; None when ended."""

        def read(conn: Connection) -> tuple[Staff, datetime, datetime, datetime | None] | None:
            row = conn.execute(sa.select(t.desk_session).where(t.desk_session.c.token_hash == token_hash)).fetchone()
            who = _staff(conn, t.coach.c.id == row.coach) if row else None
            if row is None or who is None or not who.active:
                return None
            created, seen = moment(row.created_at), moment(row.last_seen)
            assert created is not None
            assert seen is not None
            return who, created, seen, moment(row.step_up_at)

        return await self._read(read)

    async def touch_session(self, token_hash: str, *, step_up: bool = False) -> None:
        at = ms(self.clock())
        values = {"last_seen": at} | ({"step_up_at": at} if step_up else {})
        same = t.desk_session.c.token_hash == token_hash
        await self._write(
            lambda conn: conn.execute(t.desk_session.update().where(same).values(values)) and None, quiet=True
        )

    async def end_session(self, token_hash: str) -> None:
        same = t.desk_session.c.token_hash == token_hash
        await self._write(lambda conn: conn.execute(t.desk_session.delete().where(same)) and None)

    # ---- failures, shared by all workers ----

    async def failures(self, key: str, window: timedelta = WINDOW) -> int:
        """How often `key` (a login with an address prefix, say) failed of late."""
        since = ms(self.clock() - window)
        count = sa.select(sa.func.count()).where(t.attempt.c.key == key[:120], t.attempt.c.at > since)
        return await self._read(lambda conn: int(conn.execute(count).scalar() or 0))

    async def note_failure(self, key: str) -> None:
        at = ms(self.clock())
        old = at - int(timedelta(days=1).total_seconds() * 1000)

        def work(conn: Connection) -> None:
            conn.execute(t.attempt.insert(), {"key": key[:120], "at": at})
            conn.execute(t.attempt.delete().where(t.attempt.c.at < old))

        await self._write(work, quiet=True)

    async def clear_failures(self, key: str) -> None:
        await self._write(lambda conn: conn.execute(t.attempt.delete().where(t.attempt.c.key == key[:120])) and None)

    # ---- one-time links and codes ----

    async def put_link(self, token_hash: str, subject: str, expires: datetime, purpose: str = "desk") -> None:
        row = {
            "token_hash": token_hash, "purpose": purpose, "subject": subject, "expires_at": ms(expires),
            "uses_left": 1, "created_at": ms(self.clock()),
        }  # fmt: skip
        await self._write(lambda conn: conn.execute(t.one_time.insert(), row) and None)

    async def take_link(self, token_hash: str, purpose: str = "desk") -> str | None:
        """What the link was for; None when it is unknown, old or used. Works once, also when clicked twice at once."""
        at = ms(self.clock())
        same = sa.and_(t.one_time.c.token_hash == token_hash, t.one_time.c.purpose == purpose)

        def work(conn: Connection) -> str | None:
            return take_one_time(conn, same, at)

        return await self._write(work)

    async def read_link(self, token_hash: str, purpose: str) -> str | None:
        """What a link that may be opened more than once was for; None when it is unknown or old."""
        same = sa.and_(t.one_time.c.token_hash == token_hash, t.one_time.c.purpose == purpose)
        fresh = sa.and_(t.one_time.c.expires_at > ms(self.clock()), t.one_time.c.uses_left > 0)
        query = sa.select(t.one_time.c.subject).where(same, fresh)
        return await self._read(lambda conn: conn.execute(query).scalar())

    # ---- small settings of the running desk ----

    async def setting(self, name: str) -> str:
        """A small fact of the running desk; '' when it was never put."""
        query = sa.select(t.setting.c.value).where(t.setting.c.name == name)
        return await self._read(lambda conn: str(conn.execute(query).scalar() or ""))

    async def put_setting(self, name: str, value: str) -> None:
        row = {"name": name, "value": value}
        await self._write(lambda conn: self.context.sql.upsert(conn, t.setting, [row], ("value",)))

    # ---- drafts and canned replies ----

    async def save_draft(self, staff: str, case_code: str, mode: str, text: str) -> None:
        from storage.values import number_of

        number, at = number_of(case_code), ms(self.clock())
        sealed = self.context.parcel.seal("draft", "text_sealed", f"{staff}:{number}:{mode}", text.encode())
        row = {"coach": staff, "case_number": number, "mode": mode, "text_sealed": sealed, "at": at}
        await self._write(lambda conn: self.context.sql.upsert(conn, t.draft, [row], ("text_sealed", "at")), quiet=True)

    async def draft(self, staff: str, case_code: str, mode: str) -> str:
        from storage.values import number_of

        number = number_of(case_code)
        same = sa.and_(t.draft.c.coach == staff, t.draft.c.case_number == number, t.draft.c.mode == mode)
        row = await self._read(lambda conn: conn.execute(sa.select(t.draft).where(same)).fetchone())
        if row is None or row.text_sealed is None:
            return ""
        return self.context.parcel.unseal("draft", "text_sealed", f"{staff}:{number}:{mode}", row.text_sealed).decode()

    async def put_canned(self, key: str, title: str, text: str, *, team: str = "", language: str = "nl") -> None:
        row = {
            "key": key,
            "team": team,
            "title": title,
            "text": text,
            "language": language,
            "changed_at": ms(self.clock()),
        }
        columns = ("title", "text", "language", "changed_at")
        await self._write(lambda conn: self.context.sql.upsert(conn, t.canned, [row], columns))

    async def delete_canned(self, key: str, team: str = "") -> None:
        same = sa.and_(t.canned.c.key == key, t.canned.c.team == team)
        await self._write(lambda conn: conn.execute(t.canned.delete().where(same)) and None)

    async def canned(self, staff: Staff) -> list[tuple[str, str, str, str]]:
        """Key, title, text and language of the replies this coach can use."""

        def read(conn: Connection) -> list[tuple[str, str, str, str]]:
            rows = conn.execute(sa.select(t.canned).order_by(t.canned.c.title))
            return [(row.key, row.title, row.text, row.language) for row in rows if staff.may_see_team(row.team)]

        return await self._read(read)


def take_one_time(conn: Connection, same: Any, at: int) -> str | None:
    row = conn.execute(sa.select(t.one_time).where(same)).fetchone()
    if row is None or row.expires_at <= at:
        return None
    used = conn.execute(
        t.one_time.update().where(same, t.one_time.c.uses_left > 0).values(uses_left=t.one_time.c.uses_left - 1)
    )
    return str(row.subject) if used.rowcount == 1 else None


def _staff(conn: Connection, where: Any) -> Staff | None:
    row = conn.execute(sa.select(t.coach).where(where)).fetchone()
    return None if row is None else _row_to_staff(row)


def _row_to_staff(row: Any) -> Staff:
    teams = tuple(team for team in row.teams.split(",") if team)
    return Staff(
        row.id, row.login, row.name, row.role, teams, row.email, row.password_hash, row.totp_sealed is not None,
        row.away_since is not None, bool(row.active), row.max_cases,
    )  # fmt: skip
