"""The organisation's own login, as OpenID Connect: code flow with PKCE, state and nonce. No page, no cookie, no store.

Authlib knows the protocol (the address, PKCE, the claims of an id_token), joserfc the signatures, httpx the way there.
They are the extra `oidc` and are imported at the first login. Nothing the provider says is believed before it is
checked: issuer, audience, times, nonce and signature, with public keys only (`none` and shared secrets never count).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib.util
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from bot.web.security import hashed
from knowledge.problems import LoketError

if TYPE_CHECKING:
    from bot.settings import Settings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
PATIENCE = 5.0  # seconds for one call to the provider
REMEMBER = 3600.0  # seconds that its addresses and keys are kept
KEYS_AGAIN = 60.0  # seconds between two readings of its keys because of an unknown one
LEEWAY = 60  # seconds two clocks may differ
FRESH = timedelta(minutes=5)  # how long ago a proof may be that was asked for again
SCOPE = "openid profile email"


class OidcMissing(LoketError):
    """LOKET_OIDC_ISSUER is set, but the packages for it are not installed.

    Install them with: pip install 'ontwikkelloket[oidc]'
    """


class ProviderDown(LoketError):
    """The organisation's login does not answer, or not as it should. The text is for the operator's log."""


class NotProven(LoketError):
    """What came back from the provider proves nothing. The text is for the operator's log and holds no claims."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is according to the provider."""

    subject: str  # digest of issuer and subject: fits in a column and tells nobody anything
    login: str
    name: str
    groups: tuple[str, ...]
    strong: bool  # the provider asked a second factor
    proved_at: datetime | None  # when it last asked; None when it does not say


def require_packages(settings: Settings) -> None:
    """Raises OidcMissing when single sign-on is set and cannot work."""
    if settings.oidc_issuer and not all(map(importlib.util.find_spec, ("authlib", "httpx", "joserfc"))):
        raise OidcMissing("LOKET_OIDC_ISSUER needs packages that are not installed: pip install 'ontwikkelloket[oidc]'")


class Provider:
    """One organisation's login. Remembers its addresses and keys for an hour."""

    def __init__(self, settings: Settings) -> None:
        self.issuer, self.client_id = settings.oidc_issuer, settings.oidc_client_id
        self._secret = settings.oidc_client_secret
        self._claims = settings.oidc_login_claim, settings.oidc_groups_claim
        self._strong = frozenset(settings.oidc_strong)
        self._addresses: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, Any] | None = None

    async def address(self, *, redirect: str, state: str, seed: str, again: bool) -> str:
        """Where the browser goes to log in; `again` = even when it is logged in there, ask for a proof."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        about = await self._discover()
        more = {"prompt": "login", "max_age": "0"} if again else {}
        return str(
            prepare_grant_uri(
                about["authorization_endpoint"],
                self.client_id,
                "code",
                redirect,
                SCOPE,
                state,
                nonce=derived("nonce", seed),
                code_challenge=create_s256_code_challenge(derived("verifier", seed)),
                code_challenge_method="S256",
                **more,
            )
        )

    async def identity(self, *, code: str, redirect: str, seed: str, now: datetime) -> Identity:
        """Who came back with this code. Raises ProviderDown or NotProven."""
        about = await self._discover()
        answer = await self._exchange(about, code, redirect, derived("verifier", seed))
        token, access = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str):
            raise ProviderDown("the answer to the code holds no id_token; is the scope openid allowed for this client?")
        claims = await self._proven(about, token, str(access or ""), derived("nonce", seed), now)
        return self._read(claims)

    async def farewell(self, back: str) -> str:
        """Where somebody also logs out there; '' when the provider has no such page, or does not answer now."""
        try:
            page = str((await self._discover()).get("end_session_endpoint") or "")
        except ProviderDown:
            return ""
        if not page:
            return ""
        mark = "&" if urlsplit(page).query else "?"
        return page + mark + urlencode({"client_id": self.client_id, "post_logout_redirect_uri": back})

    # ---- what the provider says ----

    async def _discover(self) -> dict[str, Any]:
        if self._addresses is not None and time.monotonic() - self._addresses[0] < REMEMBER:
            return self._addresses[1]
        about = await self._get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if about.get("issuer") != self.issuer:
            raise ProviderDown(f"calls itself {about.get('issuer')!r}; LOKET_OIDC_ISSUER must be exactly that")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not _safe(about.get(name)):
                raise ProviderDown(f"names no safe {name}")
        if not _safe(about.get("end_session_endpoint")):
            about.pop("end_session_endpoint", None)
        self._addresses = (time.monotonic(), about)
        return about

    async def _exchange(self, about: Mapping[str, Any], code: str, redirect: str, verifier: str) -> dict[str, Any]:
        import httpx
        from authlib.oauth2.auth import ClientAuth

        known = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = "client_secret_basic" in known
        method = "none" if not self._secret else "client_secret_basic" if basic else "client_secret_post"
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier,
        }  # fmt: skip
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        url, headers, body = ClientAuth(self.client_id, self._secret, method).prepare(
            "POST", about["token_endpoint"], headers, urlencode(form)
        )
        try:
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                answer = await client.post(url, headers=headers, content=body)
        except httpx.HTTPError as error:
            raise ProviderDown(f"no answer to the code: {type(error).__name__}") from None
        if answer.status_code == 400 and b"invalid_grant" in answer.content:
            raise NotProven("the provider does not know this code (any more)")
        if answer.status_code in (400, 401, 403):
            raise ProviderDown(f"refuses this desk ({answer.status_code}); check LOKET_OIDC_CLIENT_ID and _SECRET")
        if answer.status_code != 200:
            raise ProviderDown(f"answers the code with {answer.status_code}")
        return _object(answer.content)

    async def _proven(
        self, about: Mapping[str, Any], token: str, access: str, nonce: str, now: datetime
    ) -> Mapping[str, Any]:
        """The claims of an id_token, after everything about it was checked."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            try:
                signed = jwt.decode(token, await self._keyset(about), algorithms=ALGORITHMS)
            except (JoseError, ValueError):  # perhaps by a key that is newer than our copy
                signed = jwt.decode(token, await self._keyset(about, newer=True), algorithms=ALGORITHMS)
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                    "sub": {"essential": True},
                },
                {"nonce": nonce, "client_id": self.client_id, "access_token": access},
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError) as error:
            raise NotProven(f"id_token refused: {type(error).__name__} {getattr(error, 'claim', '')}".strip()) from None
        return dict(claims)

    async def _keyset(self, about: Mapping[str, Any], *, newer: bool = False) -> Any:
        from joserfc.jwk import KeySet

        age = None if self._keys is None else time.monotonic() - self._keys[0]
        if self._keys is None or age is None or age > (KEYS_AGAIN if newer else REMEMBER):
            keys = (await self._get(about["jwks_uri"])).get("keys")
            usable = [one for one in keys if _signs(one)] if isinstance(keys, list) else []
            if not usable:
                raise ProviderDown("publishes no key that could sign")
            self._keys = (time.monotonic(), KeySet.import_key_set({"keys": usable}))
        return self._keys[1]

    async def _get(self, url: str) -> dict[str, Any]:
        import httpx

        try:
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                answer = await client.get(url, headers={"accept": "application/json"})
        except httpx.HTTPError as error:
            raise ProviderDown(f"does not answer: {type(error).__name__}") from None
        if answer.status_code != 200:
            raise ProviderDown(f"answers {urlsplit(url).path} with {answer.status_code}")
        return _object(answer.content)

    def _read(self, claims: Mapping[str, Any]) -> Identity:
        login_claim, groups_claim = self._claims
        login = claims.get(login_claim)
        if not isinstance(login, str) or not login.strip():
            raise NotProven(f"the id_token has no {login_claim}; see LOKET_OIDC_LOGIN_CLAIM")
        if login_claim == "email" and claims.get("email_verified") is False:
            raise NotProven("the provider did not verify this e-mail address")
        groups = claims.get(groups_claim) or ()
        asked = claims.get("amr") or ()
        proofs = {str(one) for one in asked} if isinstance(asked, list) else set()
        name = claims.get("given_name") or claims.get("name")
        return Identity(
            subject=hashlib.sha256(f"{self.issuer}\n{claims['sub']}".encode()).hexdigest(),
            login=login.strip(),
            name=name.strip() if isinstance(name, str) and name.strip() else login.strip(),
            groups=tuple(map(str, groups)) if isinstance(groups, list | tuple) else (str(groups),),
            strong=bool(self._strong & (proofs | {str(claims.get("acr", ""))})),
            proved_at=_moment(claims.get("auth_time")),
        )


def derived(purpose: str, seed: str) -> str:
    """Nonce and verifier come from the one secret the browser keeps, so that nothing of them is stored."""
    digest = hmac.new(seed.encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def mark_of(seed: str) -> str:
    """What the store remembers of the browser that began a login."""
    return hashed(seed)


def _object(body: bytes) -> dict[str, Any]:
    import json

    try:
        found = json.loads(body)
    except ValueError:
        raise ProviderDown("answers with something that is no JSON") from None
    if not isinstance(found, dict):
        raise ProviderDown("answers with JSON that is no object")
    return found


def _moment(seconds: object) -> datetime | None:
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds < 10**11:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _signs(key: object) -> bool:
    """Whether this is a public key for signatures: providers also publish others."""
    return isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"


def _safe(url: object) -> bool:
    """Https, or a provider on this very machine."""
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return bool(parts.netloc) and (parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1"))
