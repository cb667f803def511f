"""No object of a running desk tells a secret when it is printed: not in a log, not in an error, not in a debugger."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

from bot.desk import Desk
from bot.mail import Mailer, Post
from bot.settings import Settings, read_settings
from bot.web.app import create_app
from storage.keys import Keys, hashed
from storage.store import open_store
from tests.shipped import shipped
from tests.web.conftest import Visitor, a_case
from tests.web.serving import PASSWORD, password_hash

GIVEN = {  # setting -> (its value, what may be seen nowhere)
    "LOKET_SECRET_KEY": ("s3cretKey" * 5, "s3cretKey"),
    "LOKET_DATABASE_URL": ("postgresql+asyncpg://loket:s3cretDatabase@db/loket", "s3cretDatabase"),
    "LOKET_TELEGRAM_TOKEN": ("123456:s3cretToken" + "t" * 30, "s3cretToken"),
    "LOKET_TELEGRAM_WEBHOOK_SECRET": ("s3cretHook" * 3, "s3cretHook"),
    "LOKET_SMTP_URL": ("smtp://loket:s3cretMail@mail.example:587?from=a@b.example", "s3cretMail"),
    "LOKET_API_KEYS": ("gemeente:s3cretClient" + "k" * 20, "s3cretClient"),
    "LOKET_OIDC_CLIENT_SECRET": ("s3cretLogin" * 3, "s3cretLogin"),
    "LOKET_METRICS_TOKEN": ("s3cretMetrics" * 3, "s3cretMetrics"),
}
MORE = {"LOKET_OIDC_ISSUER": "https://login.example", "LOKET_OIDC_CLIENT_ID": "desk"}


def test_every_secret_setting_is_among_those_that_are_looked_for() -> None:
    from tests.bot.test_settings import SECRETS

    assert {name.removeprefix("LOKET_").lower() for name in GIVEN} == set(SECRETS)


def ours() -> Iterator[object]:
    """Everything alive that is made of a class of this program."""
    for one in gc.get_objects():
        if type(one).__module__.partition(".")[0] in ("bot", "storage"):
            yield one


def tellers(secrets: list[str]) -> set[str]:
    found = set()
    for one in ours():
        told = f"{one!r} {one}"
        found |= {f"{type(one).__qualname__} tells {secret}" for secret in secrets if secret in told}
    return found


async def test_nothing_of_a_running_desk_tells_a_secret(desk: Desk, visitor: Visitor, sanne: Visitor) -> None:
    settings = read_settings({**{name: value for name, (value, _) in GIVEN.items()}, **MORE})
    store = await open_store("memory:", secret=Keys.from_text(settings.secret_key), clock=desk.clock)
    full = Desk(shipped(), store, settings, desk.clock)
    app = create_app(full)
    mailer = Mailer(full, Post.from_url(settings.smtp_url))
    code = await a_case(visitor, desk)
    await sanne.get(f"/desk/g/{code}")
    staff = await desk.store.staff("sanne")
    assert staff is not None
    await desk.store.set_totp(staff.id, "S3CRETTOTPAAAAAA")
    secrets = [hidden for _, hidden in GIVEN.values()]
    secrets += [PASSWORD, password_hash(), "S3CRETTOTPAAAAAA", "0612345678"]
    secrets += [cookie.value for cookie in sanne.cookies.jar if cookie.value]
    assert sum(isinstance(one, Settings) for one in ours()) >= 1
    assert tellers(secrets) == set()
    del app, mailer
    await full.aclose()
    await store.aclose()


async def test_what_is_kept_of_a_token_is_its_hash(sanne: Visitor, desk: Desk, browser: Callable[..., Visitor]) -> None:
    [token] = [cookie.value for cookie in sanne.cookies.jar if cookie.name == "desk"]
    assert token is not None
    raw = "\n".join(desk.store._conn.connection.driver_connection.iterdump())  # type: ignore[attr-defined,union-attr]
    assert token not in raw
    assert hashed(token) in raw
    assert PASSWORD not in raw
