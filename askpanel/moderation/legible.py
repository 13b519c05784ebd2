"""A text as its reader takes it, character by character, so that what is found in it can be told
and mended in the words in which it was written."""

from __future__ import annotations

from askpanel.moderation.unmasked import unmasked


class Legible:
    """`plain` is the text unmasked; every place in it leads back to one in `text`."""

    def __init__(self, text: str) -> None:
        self.text = text
        characters: list[str] = []
        self._at: list[int] = []
        for index, character in enumerate(text):
            for plain in character if character.isascii() else unmasked(character):
                characters.append(plain)
                self._at.append(index)
        self.plain = "".join(characters)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in `text` the part of `plain` from `start` to `end` stands; it is not empty."""
        return self._at[start], self._at[end - 1] + 1
