"""Keys: the key-encryption keys of the installation, and what is derived from them.

`LOKET_SECRET_KEY` (or the key file beside an embedded database) holds one or more secrets, newest first, separated by
commas or lines. The newest wraps; older ones only unwrap, until `loket keys rotate` has wrapped everything anew.
Never logged, never in a backup; `repr` shows identifiers only.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from knowledge.problems import LoketError
from storage.sealing import PersonKey

CLASSES = ("personal", "special")
SHORTEST = 32  # characters of a secret
BELONGS = "the data folder and what is in it must belong to the user that runs the desk (chown), or set LOKET_DATA"
KEPT_OPEN = 512  # keys of people, in memory


class KeyLost(LoketError):
    """The key that this database was sealed with is not at hand, so nothing was opened.

    Put the secret it was made with back into LOKET_SECRET_KEY, or the key file beside the database.
    """


class KeyWeak(LoketError):
    """LOKET_SECRET_KEY is too short; use at least 32 characters, for example from `openssl rand -base64 32`."""


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"ontwikkelloket|" + purpose.encode()).derive(secret)


@dataclass(frozen=True)
class _Kek:
    """One secret: its public identifier and the ciphers that wrap keys of each class."""

    id: str
    wrap: dict[str, AESGCMSIV] = field(repr=False)


class Keys:
    """All key-encryption keys, newest first."""

    def __init__(self, secrets_: Iterable[str]) -> None:
        """Raises KeyWeak for a secret under 32 characters."""
        self._keks: dict[str, _Kek] = {}
        for text in secrets_:
            if len(text) < SHORTEST:
                raise KeyWeak("a secret key is shorter than 32 characters; make one with `openssl rand -base64 32`")
            raw = text.encode()
            name = _derive(raw, "name").hex()[:12]
            ciphers = {purpose: AESGCMSIV(_derive(raw, "wrap|" + purpose)) for purpose in (*CLASSES, "secret")}
            self._keks[name] = _Kek(name, ciphers)
        if not self._keks:
            raise KeyWeak("no secret key is given; set LOKET_SECRET_KEY")
        self.current = next(iter(self._keks))
        self._open: dict[bytes, PersonKey] = {}  # of late, by how they are stored

    def __repr__(self) -> str:
        return f"Keys({', '.join(self._keks)})"

    @classmethod
    def from_text(cls, text: str) -> Keys:
        """Reads `LOKET_SECRET_KEY` or a key file: secrets separated by commas or lines, newest first."""
        return cls(part.strip() for part in text.replace("\n", ",").split(",") if part.strip())

    @classmethod
    def in_memory(cls) -> Keys:
        """Fresh keys that die with the process: for the memory store and for tests."""
        return cls([secrets.token_urlsafe(32)])

    @classmethod
    def beside(cls, database: Path) -> Keys:
        """The key file of an embedded database (`loket.db` -> `loket.key`), made with mode 0600 when both are absent.

        Raises KeyLost when the database is there and its key file is not: a new key could read nothing of it.
        """
        path = database.with_suffix(".key")
        try:
            return cls.from_text(path.read_text(encoding="ascii"))
        except KeyWeak:
            raise KeyLost(f"the key file {path} holds no whole key; put it back from where you keep it") from None
        except FileNotFoundError:
            if database.is_dir():
                return cls.in_memory()  # no database stands there; opening it says so
            if database.exists() and database.stat().st_size:
                raise KeyLost(
                    f"{database.name} is there, but its key file {path.name} is not; put it back from where you keep it"
                ) from None
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not text"
            raise LoketError(f"cannot read the key file {path}: {why}; {BELONGS}") from None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise LoketError(f"cannot make the key file {path}: {error.strerror}; {BELONGS}") from None
        fresh = secrets.token_urlsafe(32)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(fresh + "\n")
            file.flush()
            os.fsync(file.fileno())
        return cls.from_text(fresh)

    @property
    def names(self) -> tuple[str, ...]:
        """The public identifiers of all secrets at hand, newest first."""
        return tuple(self._keks)

    def known(self, kek: str) -> bool:
        return kek in self._keks

    def wrap(self, purpose: str, owner: str, key: bytes) -> bytes:
        """`key` encrypted under the newest key-encryption key, bound to its owner."""
        nonce = os.urandom(12)
        where = f"{purpose}|{owner}".encode()
        return nonce + self._keks[self.current].wrap[purpose].encrypt(nonce, key, where)

    def unwrap(self, purpose: str, owner: str, kek: str, wrapped: bytes) -> bytes:
        """Raises KeyLost when the key-encryption key is absent or not the one that wrapped this."""
        if kek not in self._keks:
            raise KeyLost(f"the secret with identifier {kek} is missing; add it to LOKET_SECRET_KEY")
        where = f"{purpose}|{owner}".encode()
        try:
            return self._keks[kek].wrap[purpose].decrypt(wrapped[:12], wrapped[12:], where)
        except InvalidTag:
            raise KeyLost(f"the secret with identifier {kek} does not open this key") from None

    def person(self, person: str, kek: str, wrapped: bytes, purpose: str = "personal") -> PersonKey:
        """The key of a person. The last few hundred stay open, for the next message of the same people."""
        known = self._open.get(wrapped)
        if known is None or known.person != person:
            if len(self._open) >= KEPT_OPEN:
                self._open.clear()
            known = self._open[wrapped] = PersonKey(person, self.unwrap(purpose, person, kek, wrapped))
        return known

    def forget(self, person: str) -> None:
        """Lets go of the keys of somebody who was erased."""
        for wrapped in [wrapped for wrapped, key in list(self._open.items()) if key.person == person]:
            self._open.pop(wrapped, None)

    def new_person(self, person: str, purpose: str = "personal") -> tuple[bytes, PersonKey]:
        """A fresh key for this person: wrapped, and ready to use."""
        key = AESGCMSIV.generate_key(256)
        return self.wrap(purpose, person, key), PersonKey(person, key)


class Index:
    """Blind index: finds a row by what it was made of, without the row telling what that was."""

    __slots__ = ("_base",)

    def __init__(self, key: bytes) -> None:
        self._base = hmac.new(key, digestmod=hashlib.sha256)

    def of(self, *parts: str) -> str:
        mac = self._base.copy()
        mac.update("\x1f".join(parts).encode("utf-8", "surrogatepass"))
        return urlsafe_b64encode(mac.digest()).decode()


def token(bits: int = 256) -> str:
    """A random token; `bits` of entropy at least."""
    return secrets.token_urlsafe((bits + 7) // 8)


_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no characters that are read or heard as another


def code(groups: int = 4) -> str:
    """A code people can type: groups of four from thirty characters (4.9 bits each; four groups are 78 bits)."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(groups))


def typed(text: str) -> str:
    """A typed code as it was made: capitals in groups of four, whatever blanks and dashes came along."""
    plain = "".join(character for character in text.upper() if character.isalnum())
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def hashed(text: str) -> str:
    """How tokens and codes are kept. They carry enough entropy to need no salt or slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()
