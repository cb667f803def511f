"""Sealing: encrypt one value so that it can only be read in its own row.

AES-256-GCM-SIV with the key of the person it is about; the associated data names table, column, row and person, so a
value moved to another row does not open. Always called explicitly: nothing is sealed or opened behind your back.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from knowledge.problems import LoketError

FORMAT = b"\x01"
NONCE = 12


class SealBroken(LoketError):
    """A stored value does not open with the key of its row.

    It was changed, moved from another row, or its person was erased. Run `loket doctor`.
    """


class PersonKey:
    """The key of one person for one class of data. Holds the cipher only; the key bytes are not kept."""

    __slots__ = ("_cipher", "person")

    def __init__(self, person: str, key: bytes) -> None:
        self.person = person
        self._cipher = AESGCMSIV(key)

    def seal(self, table: str, column: str, row: str, data: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        where = f"{table}|{column}|{row}|{self.person}|v1".encode()
        return FORMAT + nonce + self._cipher.encrypt(nonce, data, where)

    def unseal(self, table: str, column: str, row: str, sealed: bytes) -> bytes:
        """Raises SealBroken when the value was changed or belongs to another row or person."""
        where = f"{table}|{column}|{row}|{self.person}|v1".encode()
        if sealed[:1] != FORMAT:
            raise SealBroken(f"{table}.{column}: unknown format of a sealed value")
        try:
            return self._cipher.decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], where)
        except InvalidTag:
            raise SealBroken(f"{table}.{column}: a sealed value does not open") from None
