"""What is listened for in any text, wherever the conversation stands.

Commands, greetings, thanks, a wish for a human, "ik snap het niet", "wat is dat?", the name of a flow, another
language: each is recognised by patterns of its own, and whatever those recognise holds one of the WORDS or PIECES that
stand beside them. A text that holds none of all these can only be an answer, so it is read as one at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from flows import commands, greeting, lost, overheard
from flows.content import Content
from knowledge import languages
from knowledge.text import bare_words

PIECES = (*commands.PIECES, *greeting.PIECES, *lost.PIECES)  # parts of words, also of misspelled and joined ones


class Ear:
    """All words that are listened for with this content."""

    def __init__(self, content: Content) -> None:
        phrases: Iterable[str] = (*commands.phrases(), *content.starts)
        longest = (max(reversed(words), key=len) for phrase in phrases if (words := bare_words(phrase)))
        self._words = frozenset((*longest, *greeting.WORDS, *lost.WORDS, *overheard.WORDS, *languages.TELLING_WORDS))

    @classmethod
    def of(cls, content: Content) -> Ear:
        """Made once for this content."""
        ear = content.said.get("ear")
        if ear is None:
            ear = content.said["ear"] = cls(content)
        return cast("Ear", ear)

    def hears(self, text: str) -> bool:
        """Whether a text may be more than an answer. True says little; False is certain."""
        if not text.isascii():
            return True  # accents, signs and other scripts are looked at closely
        said = text.lower()
        return any(map(said.__contains__, PIECES)) or not self._words.isdisjoint(bare_words(said))
