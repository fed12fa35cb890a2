"""Form-encoded parameters as Stripe nests them: `items[0][price]=x`."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from local.stripe.errors import invalid

_NAME = re.compile(r"[^\[\]]+(\[[^\[\]]*\])*")


def decode(encoded: str) -> dict[str, Any]:
    """Turn a query string or a body into nested dictionaries; lists have the keys "0", "1", ...

    Raises:
        StripeError: a name is not well formed.
    """
    return nest(parse_qsl(encoded, keep_blank_values=True))


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nest pairs of name and value; of the same name the last one counts."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        if not _NAME.fullmatch(name):
            raise invalid(f"Invalid parameter name: {name}")
        first, *rest = name.replace("]", "").split("[")
        into, key = result, first
        for part in rest:
            inner = into.setdefault(key, {})
            if not isinstance(inner, dict):
                raise invalid(f"Invalid {key}: both a value and an object", param=key)
            into, key = inner, part or str(len(inner))
        into[key] = value
    return result
