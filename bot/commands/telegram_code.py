"""`loket telegram-code [LOGIN]`: a one-time code that links a coach, or the coaches' group, to the bot."""

from __future__ import annotations

import argparse
import asyncio


def telegram_code(options: argparse.Namespace) -> int:
    """Prints what to type where. Works beside a running server."""
    from bot.channels.telegram_group import make_code
    from bot.clock import system_clock
    from bot.settings import read_settings
    from knowledge.problems import LoketError
    from storage.keys import Keys
    from storage.store import open_store

    settings = read_settings()
    keys = Keys.from_text(settings.secret_key) if settings.secret_key else None

    async def work() -> str:
        store = await open_store(settings.database, secret=keys, writer=False)
        try:
            staff = await store.staff(options.login) if options.login else None
            if options.login and staff is None:
                raise LoketError(f"there is no coach '{options.login}'; add one with: loket coach add {options.login}")
            return await make_code(store, system_clock(), staff.id if staff is not None else "")
        finally:
            await store.aclose()

    code = asyncio.run(work())
    if options.login:
        print(f"Send this to the bot, in private, within half an hour:   /koppel {code}")
    else:
        print(f"Add the bot to the coaches' group and type there, within half an hour:   /koppelgroep {code}")
    return 0
