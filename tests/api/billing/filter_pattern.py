"""CloudWatch's filter patterns for JSON lines, as far as the program uses them.

A pattern is `{ condition }`; a condition compares a field with a text or a whole number, or joins conditions in
parentheses by `&&` or `||`. A field that is missing equals nothing, and a text equals no number.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""

import re
from collections.abc import Callable
from typing import Any

Condition = Callable[[dict[str, Any]], bool]

_TOKEN = re.compile(r'\s*(\(|\)|&&|\|\||=|\$\.\w+|\d+|"[^"*\\]*")')


def parse(pattern: str) -> Condition:
    """What a pattern asks of a line.

    Raises:
        ValueError: CloudWatch would not take it, or it uses more than stands above.
    """
    whole = re.fullmatch(r"\{(.*)\}", pattern.strip(), re.DOTALL)
    if not whole:
        raise ValueError(f"not in braces: {pattern}")
    text, place, tokens = whole[1].strip(), 0, list[str]()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise ValueError(f"not understood: {text[place:]}")
        tokens.append(found[1])
        place = found.end()
    condition = _joined(tokens)
    if tokens:
        raise ValueError(f"left over: {tokens}")
    return condition


def _joined(tokens: list[str]) -> Condition:
    """Conditions with one operator between them; AWS wants parentheses where two are mixed, and so does this."""
    conditions, operators = [_condition(tokens)], set[str]()
    while tokens and tokens[0] in {"&&", "||"}:
        operators.add(tokens.pop(0))
        conditions.append(_condition(tokens))
    if len(operators) > 1:
        raise ValueError("&& and || without parentheses")
    joined = any if operators == {"||"} else all
    return lambda line: joined(condition(line) for condition in conditions)


def _condition(tokens: list[str]) -> Condition:
    """One comparison, or anything in parentheses."""
    if tokens[:1] == ["("]:
        tokens.pop(0)
        inner = _joined(tokens)
        _expect(tokens, ")")
        return inner
    field = tokens.pop(0)
    _expect(tokens, "=")
    value = tokens.pop(0)
    if not field.startswith("$."):
        raise ValueError(f"not a field: {field}")
    wanted: str | int = value[1:-1] if value.startswith('"') else int(value)
    return lambda line: line.get(field[2:]) == wanted


def _expect(tokens: list[str], token: str) -> None:
    if tokens[:1] != [token]:
        raise ValueError(f"{token} is missing before {tokens}")
    tokens.pop(0)
