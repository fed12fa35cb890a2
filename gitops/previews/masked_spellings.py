"""How a value may be written inside other text, and how what stands for it is put in its place."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

TOKEN = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
"""What may be base64 of something: of either alphabet, with padding or without."""
OTHER_ALPHABET = str.maketrans("+/", "-_")
ROUNDS = 2
"""How many notations may be around each other: a URL in JSON, JSON in JSON."""


def _json(text: str, *, ascii_only: bool) -> str:
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


def _html_safe(text: str) -> str:
    """As Go writes JSON, the engine and its providers."""
    return re.sub(r"[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", _json(text, ascii_only=False))


def _lower(text: str) -> str:
    """Percent signs with lower case digits."""
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quote(text, safe="", errors="replace"))


NOTATIONS: tuple[Callable[[str], str], ...] = (
    lambda text: quote(text, safe="", errors="replace"),
    lambda text: quote(text, errors="replace"),
    lambda text: quote_plus(text, errors="replace"),
    _lower,
    lambda text: _json(text, ascii_only=True),
    lambda text: _json(text, ascii_only=False),
    _html_safe,
)


class Replacement:
    """Puts something else in the place of texts, wherever and however they are written.

    Args:
        words: text -> what stands for it; that holds nothing but letters and digits, so every notation leaves it alone.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        plain = {spelling: word for text, word in words.items() for spelling in _spellings(text)} | dict(words)
        encoded = {spelling: word for text, word in words.items() for spelling in _encoded(text)}
        self._plain, self._all = plain, {**encoded, **plain}
        self._plain_pattern, self._pattern = _any_of(self._plain), _any_of(self._all)

    def __call__(self, text: str) -> str:
        """The text with everything replaced; what is encoded whole is encoded again, as a program would do it."""
        again = TOKEN.sub(self._token, text)
        return self._pattern.sub(lambda found: self._all[found[0]], again)

    def finds(self, text: str) -> bool:
        """Whether something is left to be replaced."""
        return self._pattern.search(text) is not None

    def _token(self, found: re.Match[str]) -> str:
        """Whole tokens keep their meaning: what a program encodes from a placeholder comes out the same."""
        token = found[0]
        other = not {"-", "_"}.isdisjoint(token)
        bare = token.rstrip("=")
        try:
            content = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_" if other else None, validate=True)
        except (binascii.Error, ValueError):
            return token
        # Byte by byte, since it need not be text; `_spellings` has what UTF-8 looks like then.
        read = content.decode("latin-1")
        changed = self._plain_pattern.sub(lambda inside: self._plain[inside[0]], read)
        if changed == read:
            return token
        written = base64.b64encode(changed.encode("latin-1"), altchars=b"-_" if other else None).decode()
        return written if token != bare or len(bare) % 4 == 0 else written.rstrip("=")


def _any_of(words: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda text: (-len(text), text))
    return re.compile("|".join(map(re.escape, longest_first)) or "(?!)")


def _spellings(text: str) -> set[str]:
    """The text itself, and in every notation."""
    found = {text}
    for _ in range(ROUNDS):
        found |= {notation(one) for one in found for notation in NOTATIONS}
    return found | {text.encode("utf-8", "replace").decode("latin-1")}


def _encoded(text: str) -> set[str]:
    """What base64 makes of it wherever it stands in what is encoded, without the ends, which its neighbours share."""
    content = text.encode("utf-8", "replace")
    found: set[str] = set()
    for before in range(3):
        first, last = (before * 8 + 5) // 6, (before + len(content)) * 8 // 6
        found.add(base64.b64encode(bytes(before) + content).decode()[first:last])
    return found | {one.translate(OTHER_ALPHABET) for one in found}
