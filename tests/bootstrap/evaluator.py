"""As much of IAM's evaluation as the bootstrap's policies use: an explicit deny wins, and nothing is allowed unasked.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Statement = Mapping[str, Any]
Context = Mapping[str, str | list[str]]
VARIABLE = re.compile(r"\$\{([^}]+)\}")


def allowed(statements: Iterable[Statement], action: str, resource: str = "*", context: Context | None = None) -> bool:
    """Whether a principal with these statements may carry out `action` on `resource`."""
    effects = {s["Effect"] for s in statements if applies(s, action, resource, context or {})}
    return effects == {"Allow"}


def applies(statement: Statement, action: str, resource: str, context: Context) -> bool:
    """Whether a statement speaks of this request; one without a resource (a trust policy) speaks of any."""
    named = any(like(pattern, action) for pattern in listed(statement.get("Action", statement.get("NotAction"))))
    targets = [substituted(pattern, context) for pattern in listed(statement.get("Resource", "*"))]
    return (
        named == ("Action" in statement)
        and any(target is not None and like_exactly(target, resource) for target in targets)
        and all(
            holds(operator, key, listed(wanted), context)
            for operator, tests in statement.get("Condition", {}).items()
            for key, wanted in tests.items()
        )
    )


def holds(operator: str, key: str, wanted: Sequence[str], context: Context) -> bool:
    """Whether one condition holds; a key that the request does not have fails every test but a negated one."""
    if operator == "Null":
        return (key not in context) == (wanted[0] == "true")
    operator, several = operator.removeprefix("ForAnyValue:"), operator.startswith("ForAnyValue:")
    given = listed(context[key]) if key in context else []
    values = [value for value in (substituted(value, context) for value in wanted) if value is not None]
    if len(values) < len(wanted):
        return False
    assert several or len(given) <= 1, f"{key} has several values"
    negated = "Not" in operator
    matches = MATCHES[operator.replace("Not", "")]
    found = any(matches(value, item) for value in values for item in given)
    return found != negated


def like(pattern: str, text: str) -> bool:
    """Whether `text` matches a pattern with `*` and `?`, letters of either case."""
    return like_exactly(pattern.lower(), text.lower())


def substituted(pattern: str, context: Context) -> str | None:
    """`pattern` with its policy variables replaced; none when the request lacks one."""
    names = VARIABLE.findall(pattern)
    if any(name not in context for name in names):
        return None
    return VARIABLE.sub(lambda match: str(context[match[1]]), pattern)


def listed(value: Any) -> list[str]:
    """One text is a list of one; what `AWS::NoValue` leaves out, moto leaves in as None."""
    return [value] if isinstance(value, str) else [item for item in value if item is not None]


def same(wanted: str, given: str) -> bool:
    """Letter by letter: `*` means nothing here."""
    return wanted == given


def like_exactly(pattern: str, text: str) -> bool:
    """As `like`, but the case counts."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text) is not None


MATCHES: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": same,
    "StringLike": like_exactly,
    "ArnEquals": like_exactly,
    "ArnLike": like_exactly,
    "Bool": same,
}
