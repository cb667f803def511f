"""What holds for every request and every answer, errors included: headers, origin of posts, size of bodies, cookies.

Pure ASGI, outermost in the application, so that no page can forget it.
"""

from __future__ import annotations

import ipaddress
import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("loket.web")

MAX_BODY = 1024 * 1024  # bytes; a hundred thousand typed characters fit, a flood does not
EMBEDDABLE = ("/chat",)  # pages an allowed website may show in an iframe
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def new_token() -> str:
    """256 random bits, safe in a cookie."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is stored of a token: it has full entropy, so a plain digest cannot be searched."""
    return sha256(token.encode()).hexdigest()


def cookie_name(base: str, request: Request) -> str:
    """`__Host-` binds a cookie to https and this host; plain http on loopback cannot have it."""
    return f"__Host-{base}" if request.url.scheme == "https" else base


def set_cookie(response: Response, request: Request, base: str, value: str, max_age: int | None) -> None:
    response.set_cookie(
        cookie_name(base, request),
        value,
        max_age=max_age,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, request: Request, base: str) -> None:
    set_cookie(response, request, base, "", 0)


def client_prefix(request: Request) -> str:
    """The sender's network, not the sender: /24 or /56. Enough to slow guessing, too little to know a person."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "local"
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 56), strict=False))


def is_loopback(request: Request) -> bool:
    host = request.client.host if request.client else ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("testclient", "local")


def foreign_post(scope: Scope, headers: Headers, public_host: str) -> bool:
    """Whether a changing request comes from another website.

    Browsers send `Sec-Fetch-Site` or `Origin` with every post. A request with neither is no browser: it carries no
    ambient cookie of a visitor's browser, so there is nothing to forge.
    """
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return False
    allowed = {headers.get("host", ""), public_host}
    return urlsplit(origin).netloc not in allowed - {""}


class Guard:
    """ASGI middleware: refuses foreign posts and huge bodies, and puts the headers on every answer."""

    def __init__(
        self,
        app: ASGIApp,
        on_error: Callable[[Request, Exception], Awaitable[Response]],
        embed_origins: Callable[[], Sequence[str]] = tuple,
        public_url: str = "",
    ) -> None:
        self.app, self.on_error = app, on_error
        self.embed_origins = embed_origins
        self.public_host = urlsplit(public_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        path: str = scope["path"]
        embeddable = path in EMBEDDABLE
        ancestors = (" ".join(self.embed_origins()) if embeddable else "") or "'none'"
        https = scope["scheme"] == "https"

        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                out = MutableHeaders(scope=message)
                if "content-security-policy" not in out:
                    out["content-security-policy"] = CSP.format(ancestors=ancestors)
                for name, value in ALWAYS.items():
                    out[name] = value
                if "cache-control" not in out:
                    out["cache-control"] = "no-store"
                if not embeddable:
                    out["x-frame-options"] = "DENY"
                if https:
                    out["strict-transport-security"] = "max-age=31536000"
            await send(message)

        if (
            foreign_post(scope, headers, self.public_host)
            and not path.startswith("/api/")
            and not path.startswith("/tg/")
        ):
            await _plain(403, "Dat mag hier niet. Uw browser stuurde dit vanaf een andere website.")(
                scope, receive, with_headers
            )
            return
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY:
            await _plain(413, "Dit bericht is te groot.")(scope, receive, with_headers)
            return
        try:
            await self.app(scope, _bounded(receive), with_headers)
        except BodyTooLarge:
            if not started:
                await _plain(413, "Dit bericht is te groot.")(scope, receive, with_headers)
        except Exception as error:
            # The place and kind of an error help; its text may hold what a visitor wrote.
            last = traceback.extract_tb(error.__traceback__)[-1]
            log.error("page failed: %s at %s:%s", type(error).__name__, last.filename.rpartition("/")[2], last.lineno)
            if started:
                raise
            response = await self.on_error(Request(scope), error)
            await response(scope, receive, with_headers)


def _plain(status: int, text: str) -> Response:
    return Response(text, status, media_type="text/plain; charset=utf-8")


class BodyTooLarge(Exception):
    """A body without a length turned out to be larger than we read."""


def _bounded(receive: Receive) -> Receive:
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > MAX_BODY:
                raise BodyTooLarge
        return message

    return bounded
