"""JMESPath, the language of `aws --query`, which the rows use to say where a value comes from.

Four functions are added to its own: `after(text, mark)`, what follows the first `mark`; `before(text, mark)`, what
comes before the last one; `json(text)`, what JSON says; `base64(text)`, the text that is encoded so.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jmespath
from jmespath import exceptions, functions

from local.providers.errors import Refusal


class _Functions(functions.Functions):
    @functions.signature({"types": ["string"]}, {"types": ["string"]})
    def _func_after(self, text: str, mark: str) -> str:
        return text.partition(mark)[2]

    @functions.signature({"types": ["string"]}, {"types": ["string"]})
    def _func_before(self, text: str, mark: str) -> str:
        return text.rpartition(mark)[0]

    @functions.signature({"types": ["string"]})
    def _func_base64(self, text: str) -> str:
        return base64.b64decode(text).decode()

    @functions.signature({"types": ["string"]})
    def _func_json(self, text: str) -> Any:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            raise Refusal("is not JSON") from None


_OPTIONS = jmespath.Options(custom_functions=_Functions())

# What the rows may ask for beside the properties: the state before an update, and what it adds and takes away.
_VIEWS = frozenset({"old", "added", "removed"})


def evaluate(expression: str, values: Mapping[str, Any]) -> Any:
    """Return what `expression` finds in `values`; None when it finds nothing.

    Raises:
        Refusal: a function of the expression does not take such a value.
    """
    try:
        return jmespath.search(expression, values, options=_OPTIONS)
    except exceptions.JMESPathTypeError:  # its own message repeats the value
        raise Refusal(f"{expression}: not the right type of value") from None


@cache
def reads(expression: str) -> frozenset[str]:
    """Return the properties that `expression` uses, whichever view of them it uses."""
    return frozenset(_fields(jmespath.compile(expression).parsed))


def _fields(node: Mapping[str, Any]) -> Iterator[str]:
    kind, children = node["type"], node["children"]
    if kind == "field":
        yield node["value"]
    elif kind == "subexpression" and children[0].get("value") in _VIEWS:
        yield from _fields(children[1])
    elif kind in {"subexpression", "projection", "filter_projection", "index_expression", "pipe", "flatten"}:
        yield from _fields(children[0])  # the others apply to what the first has found
    else:
        for child in children:
            yield from _fields(child)
