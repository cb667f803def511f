"""What operators use: migrate, doctor, backup, restore, export, forget, retention, keys, coach, audit, report."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from knowledge.problems import LoketError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.settings import Settings
    from flows.content import Content
    from storage.setup import Older
    from storage.store import Store

T = TypeVar("T")
OPERATOR = "operator"


@asynccontextmanager
async def _store(settings: Settings, *, content: bool = False, older: Older | None = None) -> AsyncIterator[Store]:
    """The store for one short command; an embedded database may be served by another process at the same time."""
    from bot.clock import system_clock
    from storage.keys import Keys
    from storage.store import open_store

    secret = Keys.from_text(settings.secret_key) if settings.secret_key else None
    store = await open_store(settings.database, secret=secret, clock=system_clock, writer=False, older=older)
    try:
        if content:
            from bot.rules import rules_of

            store.rules = rules_of(await _content(settings, store))
        yield store
    finally:
        await store.aclose()


async def _content(settings: Settings, store: Store) -> Content:
    """The content with what was chosen in the browser over it: a command keeps to the same periods as the desk."""
    from bot.chosen import SETTING, Chosen, with_chosen
    from bot.commands.content import load_content

    return with_chosen(load_content(settings.content), Chosen.from_text(await store.setting(SETTING)))


def _settings() -> Settings:
    from bot.settings import read_settings

    settings = read_settings()
    if settings.embedded and not (settings.data / "loket.db").exists() and not settings.database_url:
        raise LoketError(
            f"there is no database in {settings.data} yet; start the desk once with `loket serve`, or set LOKET_DATA"
        )
    return settings


def _run(work: Callable[[Store], Awaitable[T]], *, content: bool = False, older: Older | None = None) -> T:
    settings = _settings()

    async def inside() -> T:
        async with _store(settings, content=content, older=older) as store:
            return await work(store)

    from sqlalchemy.exc import DBAPIError

    coroutine: Coroutine[Any, Any, T] = inside()
    try:
        return asyncio.run(coroutine)
    except DBAPIError as error:  # the statement could hold what somebody typed; its cause does not
        raise LoketError(
            f"the database did not answer: {error.orig}; run `loket migrate`, then `loket doctor`"
        ) from None


def migrate(options: argparse.Namespace) -> int:
    """Bring the database to this version. `open_store` migrates; here that is all that happens."""
    from bot.settings import make_data_folder, read_settings
    from storage.store import open_store

    settings = read_settings()
    make_data_folder(settings)

    async def inside() -> None:
        from storage.keys import Keys

        secret = Keys.from_text(settings.secret_key) if settings.secret_key else None
        await (await open_store(settings.database, secret=secret)).aclose()

    asyncio.run(inside())
    print("The database is at this version.")
    return 0


def doctor(options: argparse.Namespace) -> int:
    """Read-only: invariants of the data, versions, settings. Exit status 1 when something is wrong."""
    from bot.deploy import unsafe
    from storage.invariants import check_invariants

    broken: list[str] = _run(lambda store: store._read(lambda conn: check_invariants(conn, store.context)))
    for line in broken:
        print(f"WRONG    {line}")
    warnings = unsafe()
    for line in warnings:
        print(f"warning  {line}")
    print(f"{len(broken)} invariants broken, {len(warnings)} warnings about settings.")
    return 1 if broken else 0


def backup(options: argparse.Namespace) -> int:
    """Copies the embedded database while it runs. The file with keys is another one: keep it elsewhere."""
    from storage.backup import DUMP_WITHOUT
    from storage.backup import backup as back_up

    data, keys_file = _run(lambda store: back_up(store, options.folder), older="keep")
    if data is not None:
        print(f"data  {data}")
    else:
        print(f"data  dump PostgreSQL with: pg_dump {DUMP_WITHOUT}")
    print(f"keys  {keys_file}")
    print(
        "Keep the two apart. An older copy of the keys could bring back people who were erased; keep only the newest."
    )
    return 0


def restore(options: argparse.Namespace) -> int:
    """Puts a backup where the embedded database stood; people erased since then do not come back.

    With PostgreSQL the dump stands there already, and its keys are put beside it.
    """
    from bot.clock import system_clock
    from bot.settings import make_data_folder, read_settings
    from storage.backup import restore as put_back
    from storage.backup import restore_keys
    from storage.keys import Keys

    settings = read_settings()
    target = settings.data / "loket.db"
    if not settings.embedded:
        if options.data is not None:
            raise LoketError("this is PostgreSQL; put the dump back with psql or pg_restore, then: loket restore KEYS")
        if not settings.secret_key:
            raise LoketError("the secret key is not at hand; set LOKET_SECRET_KEY")
        counts = asyncio.run(restore_keys(settings.database, options.keys, Keys.from_text(settings.secret_key)))
        target = options.keys
    else:
        if options.data is None:
            raise LoketError("name both files of the backup: loket restore loket-….db loket-keys.json")
        make_data_folder(settings)
        if not settings.secret_key and not target.exists() and not target.with_suffix(".key").exists():
            raise LoketError(
                f"the secret key is not at hand; put loket.key of the old desk in {settings.data}, "
                "or set LOKET_SECRET_KEY"
            )
        secret = Keys.from_text(settings.secret_key) if settings.secret_key else Keys.beside(target)
        counts = put_back(options.data, options.keys, target, secret, system_clock())
    print(f"Restored {target}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    return 0


def export(options: argparse.Namespace) -> int:
    async def work(store: Store) -> dict[str, Any]:
        case = await _case(store, options.case)
        data = await store.data_of(case, OPERATOR)
        if data is None:
            raise LoketError(f"nothing is kept about {options.case} any more")
        return data

    print(json.dumps(_run(work), indent=2, ensure_ascii=False, default=str))
    return 0


def forget(options: argparse.Namespace) -> int:
    async def work(store: Store) -> str:
        return await store.erase(await _case(store, options.case), OPERATOR)

    reference = _run(work)
    if not reference:
        raise LoketError(f"nothing is kept about {options.case} any more")
    print(f"Erased. Reference {reference}. Backups cannot be read for this person any more.")
    return 0


async def _case(store: Store, code: str) -> str:
    case = await store.case(code.upper())
    if case is None or case.conversation is None:
        raise LoketError(f"'{code}' is no case of this desk; codes look like K-1042")
    return case.conversation.id


def retention(options: argparse.Namespace) -> int:
    swept = _run(lambda store: store.retention(dry_run=options.dry_run, anyway=options.anyway), content=True)
    word = "would go" if options.dry_run else "removed"
    for what, count in swept.counts.items():
        print(f"{count:>7}  {what} {word}")
    if options.dry_run:
        _say_periods()
    return 0


def _say_periods() -> None:
    """The periods behind the counts, and where they are written."""
    settings = _settings()
    desk = _run(lambda store: _content(settings, store)).knowledge.desk
    print(f"\nBy the periods of {desk.place.file}, with what was chosen in the browser over them, in days:")
    for name, days in desk.retention.items():
        print(f"{days:>7}  {name}")


def keys(options: argparse.Namespace) -> int:
    count = _run(lambda store: store.rotate_keys())
    print(f"{count} keys are wrapped under the newest secret; older secrets may go from LOKET_SECRET_KEY.")
    return 0


def coach(options: argparse.Namespace) -> int:
    """Adds a coach. The password is asked for, or read from standard input when that is no terminal."""
    from storage.staff import hash_password

    if sys.stdin.isatty():
        password = getpass.getpass("Password (at least 12 characters): ")
        if password != getpass.getpass("Once more: "):
            raise LoketError("the two passwords differ; nothing was added")
    else:
        password = sys.stdin.readline().rstrip("\n")
    stored = hash_password(password)

    async def work(store: Store) -> None:
        staff = await store.add_staff(options.name, options.name, options.role, stored)
        await store.audit(OPERATOR, "staff_added", staff.id)

    settings = _settings_for_first_coach()

    async def inside() -> None:
        async with _store(settings) as store:
            await work(store)

    asyncio.run(inside())
    print(f"Added {options.name} ({options.role}). Log in at {settings.url}/desk")
    return 0


def _settings_for_first_coach() -> Settings:
    """The first coach may be added before the desk was ever started."""
    from bot.settings import make_data_folder, read_settings

    settings = read_settings()
    if settings.embedded and not settings.database_url:
        make_data_folder(settings)
        if not (settings.data / "loket.db").exists():
            migrate(argparse.Namespace())
    return settings


def audit(options: argparse.Namespace) -> int:
    broken = _run(lambda store: store.verify_audit())
    for one in broken:
        print(f"BROKEN  {one}")
    if not broken:
        print("The audit log is whole.")
    return 1 if broken else 0


def report(options: argparse.Namespace) -> int:
    """What people asked for and the desk could not offer, by region and sector; fewer than ten is '<10'."""
    from storage.rows import shown

    rows = _run(lambda store: store.demand())
    print(f"{'wish':<32} {'region':<24} {'sector':<20} count")
    for what, region, sector, count in rows:
        print(f"{what:<32} {region or '-':<24} {sector or '-':<20} {shown(count)}")
    return 0
