"""All operations, and which one an address means."""

from collections import defaultdict
from collections.abc import Iterator

from local.stripe import (
    charges,
    customers,
    events,
    payment_methods,
    payment_operations,
    prices,
    products,
    setup_intents,
    subscription_changes,
    subscriptions,
    webhook_endpoints,
)
from local.stripe.operations import Operation

OPERATIONS = (
    *customers.OPERATIONS,
    *payment_methods.OPERATIONS,
    *setup_intents.OPERATIONS,
    *products.OPERATIONS,
    *prices.OPERATIONS,
    *subscriptions.OPERATIONS,
    *subscription_changes.OPERATIONS,
    *payment_operations.OPERATIONS,
    *charges.OPERATIONS,
    *events.OPERATIONS,
    *webhook_endpoints.OPERATIONS,
)


def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/"))


_BY_SHAPE: defaultdict[tuple[str, int], list[tuple[tuple[str, ...], Operation]]] = defaultdict(list)
for _operation in OPERATIONS:
    _BY_SHAPE[_operation.method, len(_steps(_operation.path))].append((_steps(_operation.path), _operation))


def find(method: str, path: str) -> tuple[Operation, list[str]] | None:
    """Return the operation of an address below `/v1`, and the ids in it; None when there is none."""
    return next(_matching(method, path), None)


def _matching(method: str, path: str) -> Iterator[tuple[Operation, list[str]]]:
    steps = _steps(path)
    for pattern, operation in _BY_SHAPE[method, len(steps)]:
        if all(wanted in {"{}", step} for wanted, step in zip(pattern, steps, strict=True)):
            yield operation, [step for wanted, step in zip(pattern, steps, strict=True) if wanted == "{}"]
