"""A small OpenID provider over real HTTP on loopback, with real RS256 keys: strict where a real one is strict.

It checks the client, the redirect address and PKCE, gives each code out once, and signs what `says` holds. Tests bend
single claims with `bend`, or the whole token with `forge`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

FIRST_KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})  # takes a while, so once
CLIENT, SECRET = "coachdesk", "een-geheim-van-de-desk-0123456789"


class OidcProvider:
    """Who is logged in there stands in `says`; `None` means that somebody pressed "cancel"."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.key = FIRST_KEY
        self.says: dict[str, Any] | None = {"sub": "s-1", "preferred_username": "sanne", "name": "Sanne"}
        self.bend: dict[str, Any] = {}  # claims that differ from the right ones; None leaves one out
        self.forge: Callable[[dict[str, Any]], str] = self.sign
        self.broken = ""  # path that answers with an error, as a page of a proxy would
        self.asked: list[dict[str, str]] = []  # what came to the authorization endpoint
        self._codes: dict[str, dict[str, str]] = {}
        self.url = ""

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/logout",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def keys(self) -> dict[str, Any]:
        other = {"kty": "oct", "k": "AAAA", "kid": "shared"}  # a key that must never be used for a signature
        return {"keys": [other, self.key.as_dict(private=False)]}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        self.asked.append(query)
        back = query["redirect_uri"]
        if query["client_id"] != CLIENT or query["response_type"] != "code" or query["code_challenge_method"] != "S256":
            return f"{back}?{urlencode({'error': 'invalid_request', 'state': query['state']})}"
        if self.says is None:
            return f"{back}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return f"{back}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        if authorization != "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode():
            return 401, {"error": "invalid_client"}
        begun = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            begun is None
            or form.get("redirect_uri") != begun["redirect_uri"]
            or challenge != begun["code_challenge"]
            or self.says is None
        ):
            return 400, {"error": "invalid_grant"}
        at = int(self.now().timestamp())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": at,
            "exp": at + 300,
            "auth_time": at,
            "nonce": begun["nonce"],
            **self.says,
            **self.bend,
        }
        told = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": self.forge(told)}


def _handler(provider: OidcProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == provider.broken:
                self._answer(502, b"<html>Bad gateway</html>", "text/html")
            elif parts.path == "/.well-known/openid-configuration":
                self._json(200, provider.discovery())
            elif parts.path == "/keys":
                self._json(200, provider.keys())
            elif parts.path == "/authorize":
                self.send_response(302)
                self.send_header("location", provider.authorize(query))
                self.end_headers()
            else:
                self._answer(404, b"", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            if self.path == provider.broken:
                self._answer(502, b"<html>Bad gateway</html>", "text/html")
                return
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._json(*provider.token(form, self.headers.get("authorization", "")))

        def _json(self, status: int, found: dict[str, Any]) -> None:
            self._answer(status, json.dumps(found).encode(), "application/json")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet: what matters is asserted."""

    return Handler


@contextmanager
def provider_running(now: Callable[[], datetime]) -> Iterator[OidcProvider]:
    provider = OidcProvider(now)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
