"""JMESPath, the language of `aws --query`, which the rows use to say where a value comes from.

Functions are added to its own:

after(text, mark)          what follows the first `mark`
before(text, mark)         what comes before the last one
json(text)                 what JSON says
base64(text)               the text that is encoded so
where(list, name, value)   the first object whose member `name` has the value
pairs(list, key, value)    map of a list of objects, such as AWS's tags: the member `key` of each -> its member `value`
listed(map, key, value)    the way back, list of objects of a map
plain(text)                the number or boolean that a text spells; any other text as it is
spelt(value)               what AWS says, by Pulumi's names: `SSEAlgorithm` is `sseAlgorithm`

Where there is nothing, `pairs` finds an empty map, and the others of the last five nothing.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jmespath
from jmespath import exceptions, functions

from local.providers.errors import Refusal

# The words of a name: a run of capitals is one, such as SSE in SSEAlgorithm.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z]+")
_ANYTHING: Any = {"types": []}
_TEXT: Any = {"types": ["string"]}
_LIST: Any = {"types": ["array", "null"]}


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

    @functions.signature(_LIST, _TEXT, _ANYTHING)
    def _func_where(self, objects: list[Any] | None, name: str, value: Any) -> Any:
        return next((one for one in objects or () if one.get(name) == value), None)

    @functions.signature(_LIST, _TEXT, _TEXT)
    def _func_pairs(self, objects: list[Any] | None, key: str, value: str) -> dict[str, Any]:
        return {one[key]: one.get(value) for one in objects or ()}

    @functions.signature({"types": ["object", "null"]}, _TEXT, _TEXT)
    def _func_listed(self, items: dict[str, Any] | None, key: str, value: str) -> list[Any] | None:
        return None if items is None else [{key: k, value: v} for k, v in items.items()]

    @functions.signature({"types": ["string", "null"]})
    def _func_plain(self, text: str | None) -> Any:
        try:
            return json.loads(text) if text else text
        except json.JSONDecodeError:
            return text

    @functions.signature(_ANYTHING)
    def _func_spelt(self, value: Any) -> Any:
        return _spelt(value)


def _spelt(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_camel_case(name): _spelt(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_spelt(inner) for inner in value]
    return value.decode() if isinstance(value, bytes) else value


def _camel_case(name: str) -> str:
    words = _WORD.findall(name.replace("CloudWatch", "Cloudwatch"))  # one word to Terraform, whose names Pulumi's are
    return words[0].lower() + "".join(word.capitalize() for word in words[1:])


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
