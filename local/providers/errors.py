"""What a provider refuses, and how it says so without giving a secret away.

ProviderError            what callers see: the resource's type and name, the property if one is to blame, the reason
Refusal                  how the inside says it; never leaves this package
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

T = TypeVar("T")

_NO_SUCH_THING = ("NotFound", "NoSuch", "Nonexistent", "resource_missing")


class ProviderError(Exception):
    """A resource cannot be checked, made, changed, deleted or looked up.

    Args:
        type: type token of the resource, or the token of the function.
        name: logical name of the resource; empty for a function.
        reason: what is wrong, free of secrets.
        property: the Pulumi property to blame, with dots inside an object; empty when none is.
    """

    def __init__(self, type: str, name: str, reason: str, property: str = "") -> None:  # noqa: A002 - Pulumi's word
        super().__init__(": ".join(filter(None, (f"{type} {name}".strip(), property, reason))))
        self.type = type
        self.name = name
        self.property = property
        self.reason = reason


class Refusal(Exception):  # noqa: N818 - it is caught before anybody sees it
    """What is wrong with an operation that does not know which resource it is for.

    Args:
        reason: what is wrong; may hold secrets.
        property: as in ProviderError.
        code: AWS's or Stripe's own word for it; empty when neither refuses.
    """

    def __init__(self, reason: str, property: str = "", code: str = "") -> None:  # noqa: A002 - Pulumi's word
        super().__init__(reason)
        self.reason = reason
        self.property = property
        self.code = code

    @property
    def gone(self) -> bool:
        """Whether there is no such thing: each service has codes of its own for that, all with one of few words."""
        return any(word in self.code for word in _NO_SUCH_THING)


def unless_gone(ask: Callable[[], T]) -> T | None:
    """Return what `ask` finds; None where it is refused because there is no such thing."""
    try:
        return ask()
    except Refusal as refusal:
        if refusal.gone:
            return None
        raise


def without_secrets(text: str, properties: Mapping[str, Any], sensitive: Iterable[str]) -> str:
    """Return `text` with the values of the sensitive properties blotted out."""
    for name in sensitive:
        for secret in _texts(properties.get(name)):
            text = text.replace(secret, "[secret]")
    return text


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, which is more than one where the program gave a wrong type."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str) and value:
        yield value
