"""What an operation of the API is, and what lists have in common."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from local.stripe.errors import Object, StripeError, invalid
from local.stripe.parameters import EXPAND, PAGE, Table
from local.stripe.work import Work

Params = dict[str, Any]
Handler = Callable[..., Object]


@dataclass(frozen=True)
class Operation:
    """One operation.

    Args:
        method: of the HTTP request.
        path: its address below `/v1`; `{}` stands for an id, which the handler gets after the parameters.
        handler: takes the work, the parameters and the ids; returns the object or the list to answer.
        accepts: the parameters, beside `expand`.
        required: those that must be there.
        page: whether a page may do it, with a publishable key.
        expands: whether it takes `expand`; what answers that something was deleted does not.
    """

    method: str
    path: str
    handler: Handler
    accepts: Table = field(default_factory=dict[str, Any])
    required: tuple[str, ...] = ()
    page: bool = False
    expands: bool = True

    @property
    def parameters(self) -> Table:
        """All parameters that it accepts."""
        return {**self.accepts, **EXPAND} if self.expands else self.accepts


def retrieve(kind: str) -> Handler:
    """Make the handler that answers the object of the address."""
    return lambda work, _, identifier: work.get(kind, identifier)


def listing(path: str, handler: Handler, accepts: Table, required: tuple[str, ...] = ()) -> Operation:
    """Make a list's operation: the filters, and the parameters of every list."""
    return Operation("GET", path, handler, {**accepts, **PAGE}, required)


def page(
    work: Work,
    params: Params,
    kind: str,
    index: tuple[str, Any] = ("", None),
    keep: Callable[[Object], bool] = lambda _: True,
) -> Object:
    """Make one page of a list, newest first.

    Args:
        work: the transaction.
        params: with `limit`, `starting_after`, `ending_before`, `created`.
        kind: what is listed.
        index: an indexed member and its value, to look only at those.
        keep: the remaining filter.
    """
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("Invalid limit: between 1 and 100", "limit", "parameter_invalid_integer")
    bounds: Params = {"created": params.get("created")}
    for cursor in ("starting_after", "ending_before"):
        if params.get(cursor):
            work.named(kind, params[cursor], cursor)
    if params.get("starting_after"):
        bounds["before_id"] = params["starting_after"]
    found = (stored for stored in work.world.store.newest(kind, *index, **bounds) if _listed(stored) and keep(stored))
    if params.get("ending_before"):
        return _before(found, params["ending_before"], limit)
    chosen = list(islice(found, limit + 1))
    return as_list(chosen[:limit], has_more=len(chosen) > limit)


def as_list(data: list[Object], url: str = "", *, has_more: bool = False) -> Object:
    """Make a list object; without an address it gets the one of the request."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def checked(operation: Operation, params: Params) -> Params:
    """Return the parameters when all required ones are there.

    Raises:
        StripeError: one is missing.
    """
    for name in operation.required:
        if not params.get(name):
            raise StripeError(400, f"Missing required param: {name}.", code="parameter_missing", param=name)
    return params


def _listed(stored: Object) -> bool:
    return not stored.get("deleted")


def _before(found: Iterable[Object], cursor: str, limit: int) -> Object:
    """The page that ends just before (that is, is just newer than) the cursor."""
    newer: list[Object] = []
    for stored in found:
        if stored["id"] == cursor:
            break
        newer.append(stored)
    return as_list(newer[-limit:], has_more=len(newer) > limit)
