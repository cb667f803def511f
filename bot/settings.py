"""What an operator sets: environment variables with the prefix `LOKET_`, read once, all complaints at the same time.

Secrets are never in `repr`. A variable with the prefix that nobody reads is a typing error, and is said.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.problems import LoketError, did_you_mean

PREFIX = "LOKET_"
ROLES = ("coach", "coordinator", "admin", "auditor")
ELSEWHERE = {"LOKET_TEST_DATABASE_URL", "LOKET_CACHE"}  # read by the test suite and by the content cache


class SettingsInvalid(LoketError):
    """One or more settings cannot be used, so nothing was started."""

    def __init__(self, complaints: list[tuple[str, str]]) -> None:
        width = max(len(name) for name, _ in complaints)
        head = "1 setting needs attention:" if len(complaints) == 1 else f"{len(complaints)} settings need attention:"
        super().__init__("\n".join([head, *(f"  {name:<{width}}   {what}" for name, what in complaints)]))


@dataclass(frozen=True)
class Settings:
    """All settings, each with what it means. The table in docs/operators.md is made from these lines."""

    host: str = field(default="127.0.0.1", metadata={"about": "address to listen on"})
    port: int = field(default=8080, metadata={"about": "port to listen on"})
    data: Path = field(default=Path("var"), metadata={"about": "folder of the embedded database and its keys"})
    database_url: str = field(
        default="", repr=False, metadata={"about": "database; empty = embedded SQLite in LOKET_DATA"}
    )
    content: Path | None = field(default=None, metadata={"about": "a region's own pack: desk.yaml, flows, catalogue"})
    secret_key: str = field(
        default="", repr=False, metadata={"about": "key-encryption key, 32 bytes as base64 or hex; made when absent"}
    )
    public_url: str = field(default="", metadata={"about": "address visitors use, for links and QR codes"})
    embed_origins: tuple[str, ...] = field(
        default=(), metadata={"about": "origins that may show the chat in an iframe, separated by spaces"}
    )
    telegram_token: str = field(default="", repr=False, metadata={"about": "bot token of @BotFather; empty = off"})
    telegram_library: str = field(default="aiogram", metadata={"about": "aiogram or ptb"})
    telegram_api_base: str = field(
        default="https://api.telegram.org", metadata={"about": "Bot API server; another one for a local server"}
    )
    telegram_receive: str = field(
        default="auto",
        metadata={"about": "auto (webhook when its address is set, else polling), polling, webhook, or forwarded"},
    )
    telegram_webhook_url: str = field(default="", metadata={"about": "https address of /tg/…; empty = long polling"})
    telegram_webhook_secret: str = field(
        default="", repr=False, metadata={"about": "secret Telegram sends along with each webhook call"}
    )
    telegram_rate: int = field(default=25, metadata={"about": "most proactive messages a second for the whole bot"})
    smtp_url: str = field(
        default="", repr=False, metadata={"about": "smtp://user:password@host:587?from=…; empty = no mail"}
    )
    api_keys: tuple[str, ...] = field(
        default=(),
        repr=False,
        metadata={"about": "clients of /api/v1, separated by spaces: KEY, name:KEY or name:KEY:calls-a-minute"},
    )
    oidc_issuer: str = field(
        default="", metadata={"about": "address of the organisation's own login (OpenID Connect); empty = off"}
    )
    oidc_client_id: str = field(default="", metadata={"about": "the name this desk has at that login"})
    oidc_client_secret: str = field(
        default="", repr=False, metadata={"about": "secret of this desk at that login; empty = a public client"}
    )
    oidc_login_claim: str = field(
        default="preferred_username", metadata={"about": "claim that holds a coach's user name: email, upn, …"}
    )
    oidc_groups_claim: str = field(default="groups", metadata={"about": "claim that holds somebody's groups"})
    oidc_roles: tuple[str, ...] = field(
        default=(),
        metadata={"about": "group=role, separated by spaces: these groups get in with that role, and nobody else"},
    )
    oidc_strong: tuple[str, ...] = field(
        default=("mfa", "otp", "hwk"),
        metadata={"about": "values of amr or acr that mean: a second factor was asked at the organisation's login"},
    )
    password_login: str = field(
        default="auto",
        metadata={"about": "who may use a password: auto (with an organisation's login only admins), all, off"},
    )
    second_factor: str = field(
        default="optional", metadata={"about": "optional, or required: nobody works without a code from an app"}
    )
    metrics_token: str = field(
        default="", repr=False, metadata={"about": "bearer token for /metrics; empty = loopback only"}
    )
    log_level: str = field(default="info", metadata={"about": "debug, info, warning or error"})

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.data / 'loket.db').as_posix()}"

    @property
    def embedded(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def loopback(self) -> bool:
        return self.host in ("127.0.0.1", "localhost", "::1")

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"


def make_data_folder(settings: Settings) -> None:
    """The folder of the embedded database, for its user only. Raises LoketError when it cannot be made."""
    if not settings.embedded:
        return
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LoketError(
            f"the data folder {settings.data} cannot be made: {error.strerror}; set LOKET_DATA to a folder of yours"
        ) from None


def name_of(setting: str) -> str:
    return PREFIX + setting.upper()


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read all settings. Raises SettingsInvalid with every complaint."""
    environment = os.environ if environment is None else environment
    known = {name_of(one.name): one for one in fields(Settings)}
    complaints: list[tuple[str, str]] = []
    values: dict[str, object] = {}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and name not in ELSEWHERE:
            complaints.append((name, f"is not a setting. {did_you_mean(name, known)}".strip()))
    for name, one in known.items():
        raw = environment.get(name, "").strip()
        if not raw:
            continue
        try:
            values[one.name] = _CONVERT.get(one.name, str)(raw)
        except ValueError as error:
            complaints.append((name, str(error)))
    complaints += _together(values, environment)
    if complaints:
        raise SettingsInvalid(sorted(complaints))
    return Settings(**values)  # type: ignore[arg-type]


def _together(values: Mapping[str, object], environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """What does not hold between settings."""
    found = []
    if values.get("oidc_issuer") and not values.get("oidc_client_id"):
        found.append(("LOKET_OIDC_CLIENT_ID", "is empty; the organisation's login knows this desk by it"))
    if values.get("password_login") == "off" and not environment.get("LOKET_OIDC_ISSUER", "").strip():
        found.append(("LOKET_PASSWORD_LOGIN", "is off without LOKET_OIDC_ISSUER: nobody could log in"))
    return found


def _port(raw: str) -> int:
    if not raw.isascii() or not raw.isdigit() or not 0 <= int(raw) <= 65535:
        raise ValueError(f"'{raw}' is not a port; use a number from 1 to 65535")
    return int(raw)


def _rate(raw: str) -> int:
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 1000:
        raise ValueError(f"'{raw}' is not a number from 1 to 1000")
    return int(raw)


def _database_url(raw: str) -> str:
    if raw.startswith(("postgres://", "postgresql://")):
        raise ValueError(f"'{raw.split(':', 1)[0]}://…' is not understood; did you mean 'postgresql+asyncpg://…'?")
    if not raw.startswith(("sqlite:///", "postgresql+asyncpg://", "memory:")):
        raise ValueError("is not understood; use 'sqlite:///path/loket.db' or 'postgresql+asyncpg://user:…@host/name'")
    return raw


def _folder(raw: str) -> Path:
    path = Path(raw)
    if not path.is_dir():
        raise ValueError(f"'{raw}' is not a folder; `loket new {raw}` makes one")
    return path


def _web_address(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"'{raw}' is not an address like https://loket.example.nl")
    return raw.rstrip("/")


def _https_address(raw: str) -> str:
    address = _web_address(raw)
    if not address.startswith("https://") and urlsplit(address).hostname not in ("127.0.0.1", "localhost"):
        raise ValueError("must start with https://; Telegram calls no other address")
    return address


def _issuer(raw: str) -> str:
    address = _web_address(raw)
    if not address.startswith("https://") and urlsplit(address).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("must start with https://; who is in between could log in as anybody")
    return raw  # a slash at the end is part of the name an issuer has for itself


def _group_roles(raw: str) -> tuple[str, ...]:
    for pair in raw.split():
        group, _, role = pair.rpartition("=")
        if not group or role not in ROLES:
            raise ValueError(f"'{pair}' is not group=role; the roles are {', '.join(ROLES)}")
    return tuple(raw.split())


def _api_keys(raw: str) -> tuple[str, ...]:
    for one in raw.split():
        if not re.fullmatch(r"(?:[a-z0-9-]{1,32}:)?[^\s:]{16,512}(?::[1-9]\d{0,5})?", one, re.ASCII):
            raise ValueError(
                "an entry is not KEY, name:KEY or name:KEY:calls-a-minute; a key has 16 characters or more"
            )
    return tuple(raw.split())


def _one_of(*known: str) -> Callable[[str], str]:
    def convert(raw: str) -> str:
        if raw.lower() not in known:
            raise ValueError(f"'{raw}' is not one of: {', '.join(known)}. {did_you_mean(raw, known)}".strip())
        return raw.lower()

    return convert


def _token(raw: str) -> str:
    if not re.fullmatch(r"\d{3,20}:[\w-]{20,80}", raw):
        raise ValueError("does not look like a bot token; copy it again from @BotFather")
    return raw


def _secret(raw: str) -> str:
    if not re.fullmatch(r"[\w-]{16,256}", raw, re.ASCII):
        raise ValueError("must be 16 to 256 letters, digits, '-' or '_'")
    return raw


def _smtp(raw: str) -> str:
    if urlsplit(raw).scheme not in ("smtp", "smtps") or not urlsplit(raw).hostname:
        raise ValueError("is not understood; use 'smtp://user:password@host:587?from=loket@example.nl'")
    return raw


_CONVERT: dict[str, Callable[[str], object]] = {
    "port": _port,
    "telegram_rate": _rate,
    "data": Path,
    "database_url": _database_url,
    "content": _folder,
    "public_url": _web_address,
    "embed_origins": lambda raw: tuple(_web_address(one) for one in raw.split()),
    "telegram_token": _token,
    "telegram_library": _one_of("aiogram", "ptb"),
    "telegram_receive": _one_of("auto", "polling", "webhook", "forwarded"),
    "telegram_api_base": _web_address,
    "telegram_webhook_url": _https_address,
    "telegram_webhook_secret": _secret,
    "smtp_url": _smtp,
    "oidc_issuer": _issuer,
    "oidc_roles": _group_roles,
    "oidc_strong": lambda raw: tuple(raw.split()),
    "password_login": _one_of("auto", "all", "off"),
    "second_factor": _one_of("optional", "required"),
    "api_keys": _api_keys,
    "log_level": _one_of("debug", "info", "warning", "error"),
}
