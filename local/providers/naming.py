"""Physical names that the program leaves to the provider, made as Pulumi and its AWS provider make them."""

import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.providers.errors import Refusal

_counter = itertools.count(1)
_RANDOM = 7  # hex digits that Pulumi appends to a logical name
_UNIQUE = 26  # characters that the AWS provider appends to a prefix: the time, then a counter
_COUNTER = 8


NAMES = ("name", "identifier", "hostname")
"""Properties that two resources of a type cannot share."""


def takes_the_name(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a replacement has its predecessor's name, so that this one must go first."""
    return any(name in new and new[name] == old.get(name) for name in NAMES)


@dataclass(frozen=True)
class Named:
    """A property that holds the physical name.

    Args:
        property: the property; `<property>Prefix` beside it may hold the start of a name instead.
        most: characters that AWS allows.
        start: what every name of this kind begins with.
    """

    property: str = "name"
    most: int = 255
    start: str = ""

    def check(self, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
        """Return the inputs with a name: the given one, the one it had, or `<logical name>-<7 hex digits>`.

        Raises:
            Refusal: the given name or prefix is longer than AWS allows.
        """
        prefix = f"{self.property}Prefix"
        for given, most in ((self.property, self.most), (prefix, self.most - _UNIQUE)):
            if len(inputs.get(given) or "") > most:
                raise Refusal(f"is longer than {most} characters", given)
        if inputs.get(self.property) or inputs.get(prefix):
            return dict(inputs)
        room = self.most - len(self.start) - _RANDOM - 1
        made = f"{self.start}{name[:room]}-{secrets.token_hex(_RANDOM)[:_RANDOM]}"
        return {**inputs, self.property: old.get(self.property) or made}

    def named(self, inputs: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the inputs with a name in place of its prefix: the one of the `old` outputs, or a new one."""
        rest = dict(inputs)
        prefix = rest.pop(f"{self.property}Prefix", None)
        if not prefix or rest.get(self.property):
            return rest
        time = f"{datetime.now(UTC):%Y%m%d%H%M%S%f}"[: _UNIQUE - _COUNTER]
        made = f"{prefix}{time}{next(_counter):0{_COUNTER}x}"
        return {**rest, self.property: (old or {}).get(self.property) or made}
