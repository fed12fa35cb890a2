"""A state without its secrets, from which a program still computes what the state holds.

A value that a provider has made, such as a password, becomes a placeholder, the same one wherever it occurs. A secret
that the program has composed from one, such as the database's URL, keeps its text around the placeholder: a preview
composes it from the placeholder, and finds what is there.
"""

import itertools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gitops.previews.masked_spellings import Replacement
from render.registration import SECRET_SIGNATURE, SIGNATURE, type_and_name

PROVIDERS = "secrets_providers"
"""Part of a deployment: what its secrets are encrypted with."""
SHORTEST = 6
"""Characters of a secret that is looked for everywhere; a shorter one is masked where it is marked."""
PLACEHOLDER = "masked{:06}"
MASKED = re.compile(r"masked\d{6}")
PLAIN: Mapping[str, frozenset[str]] = {
    "aws:secretsmanager/secretVersion:SecretVersion::allowed-origins": frozenset({"secretString"}),
    "docker-build:index:Image": frozenset({"registries.address", "registries.username"}),
}
"""`type::name`, or the type -> properties that are marked, and that everybody may know: the program composes them
from settings, and a placeholder would differ from that."""


class MaskError(Exception):
    """The state cannot be masked; the message says why, without any value."""


def mask(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """The deployment with every secret replaced, each still marked as one, and without its secrets provider.

    A text of `SHORTEST` characters or more is replaced wherever it occurs, in other texts and in other notations too.
    Shorter ones, and words of the engine's own names, are replaced only where they are marked; a number becomes 0 and
    a boolean false. Masking what is masked changes nothing.

    Args:
        deployment: as `Engine.export` gives it, secrets laid open.

    Raises:
        MaskError: a secret is not laid open, or would still be there.
    """
    kept = {name: value for name, value in deployment.items() if name != PROVIDERS}
    masking = _Masking(_read(kept))
    masked = _walked(kept, masking.leaf)
    _walked(masked, masking.prove)
    return masked


@dataclass(frozen=True)
class _At:
    """Where in a deployment something stands.

    Args:
        resource: that it is a part of; empty outside of resources.
        side: its part, such as `inputs` or `dependencies`.
        path: names of properties below, joined by dots.
        secret: whether it is marked.
    """

    resource: Mapping[str, Any] = field(default_factory=dict[str, Any])
    side: str = ""
    path: str = ""
    secret: bool = False

    def below(self, name: str) -> "_At":
        return replace(self, path=f"{self.path}.{name}" if self.path else name)

    @property
    def plain(self) -> bool:
        if not self.resource:
            return False
        kind, name = type_and_name(self.resource["urn"])
        return any(self.path in PLAIN.get(key, ()) for key in (kind, f"{kind}::{name}"))


_Leaf = Callable[[_At, Any], Any]


def _walked(value: Any, leaf: _Leaf, at: _At | None = None) -> Any:
    """`value` with `leaf(where, value)` in place of everything that is neither an object nor a list."""
    at = at or _At()
    if isinstance(value, list):
        return [_walked(item, leaf, at) for item in value]
    if not isinstance(value, Mapping):
        return leaf(at, value)
    if value.get(SIGNATURE) == SECRET_SIGNATURE:
        inside = _walked(_opened(value, at), leaf, replace(at, secret=True))
        return {**value, "plaintext": json.dumps(inside)}
    if "urn" in value and "type" in value and not at.resource:
        return {name: _walked(item, leaf, _At(value, name)) for name, item in value.items()}
    return {_key(name, leaf, at): _part(name, item, leaf, at) for name, item in value.items()}


def _part(name: str, item: Any, leaf: _Leaf, at: _At) -> Any:
    return item if name == SIGNATURE else _walked(item, leaf, at.below(name))


def _key(name: str, leaf: _Leaf, at: _At) -> str:
    """A property's own name stays; below it, names may be anything."""
    return leaf(replace(at, secret=False), name) if at.resource and at.path and name != SIGNATURE else name


def _opened(secret: Mapping[str, Any], at: _At) -> Any:
    where = at.resource.get("urn", "the deployment")
    if not isinstance(secret.get("plaintext"), str):
        raise MaskError(f"a secret of {where} is not laid open: export the stack with its secrets shown")
    try:
        return json.loads(secret["plaintext"])
    except ValueError:
        raise MaskError(f"a secret of {where} is not JSON: export the stack again") from None


@dataclass(frozen=True)
class _Secrets:
    """What is marked in a deployment.

    Args:
        made: text of each secret, in order -> whether a provider made it, rather than the program.
        names: those of the engine, and of the properties: whoever reads a preview knows them.
    """

    made: dict[str, bool]
    names: str


def _read(deployment: Mapping[str, Any]) -> _Secrets:
    made: dict[str, bool] = {}
    names = {SIGNATURE, SECRET_SIGNATURE, *deployment}
    said: dict[str, set[str]] = {}

    def take_inputs(at: _At, value: Any) -> Any:
        if at.side == "inputs" and isinstance(value, str):
            said.setdefault(at.resource["urn"], set()).add(value)
        if at.resource:
            names.update((at.resource["urn"], at.resource["type"], at.side, at.path.split(".")[0]))
        return value

    def take(at: _At, value: Any) -> Any:
        if at.secret and isinstance(value, str) and value and not at.plain:
            given = at.side == "outputs" and bool(at.resource.get("custom"))
            made[value] = made.get(value, False) or (given and value not in said.get(at.resource["urn"], ()))
        return value

    _walked(deployment, take_inputs)
    _walked(deployment, take)
    names.update(PLACEHOLDER.format(number) for number in range(1, len(made) + 1))
    return _Secrets(made, "\0".join(names))


class _Masking:
    """What becomes of each value."""

    def __init__(self, secrets: _Secrets) -> None:
        free = map(PLACEHOLDER.format, itertools.count(1))
        given = [text for text, by_provider in secrets.made.items() if by_provider]
        words = {text: text if MASKED.fullmatch(text) else next(free) for text in given}
        inside = Replacement(_everywhere(words, secrets.names))
        for text in secrets.made:
            if MASKED.fullmatch(text):
                words[text] = text
            elif text not in words and not MASKED.search(text) and inside(text) == text:
                words[text] = next(free)
        self._words = words
        self._replacement = Replacement(_everywhere(words, secrets.names))

    def leaf(self, at: _At, value: Any) -> Any:
        """The value, or what stands for it."""
        if isinstance(value, str):
            marked = at.secret and not at.plain
            return self._words.get(value, self._replacement(value)) if marked else self._replacement(value)
        if at.secret and not at.plain and value is not None:
            return type(value)()
        return value

    def prove(self, at: _At, value: Any) -> Any:
        """Refuse what still holds a secret."""
        if isinstance(value, str) and self._replacement.finds(value):
            where = at.resource.get("urn", "the deployment")
            raise MaskError(f"a secret would still be in {at.side or 'a part'} of {where}: nothing was written")
        return value


def _everywhere(words: Mapping[str, str], names: str) -> dict[str, str]:
    """Those that are looked for everywhere; a placeholder stands for itself."""
    return {
        text: word
        for text, word in words.items()
        if len(text) >= SHORTEST and text not in names and not MASKED.fullmatch(text)
    }
