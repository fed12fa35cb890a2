"""Events: what has happened, and whether all receivers know."""

from fnmatch import fnmatchcase

from local.stripe.errors import Object
from local.stripe.operations import Operation, Params, listing, page, retrieve
from local.stripe.parameters import BOOLEAN, TEXT, TIMES, WORD, many
from local.stripe.work import Work


def _list(work: Work, params: Params) -> Object:
    types = set(params.get("types") or ()) | ({params["type"]} if params.get("type") else set())
    success = params.get("delivery_success")

    def wanted(event: Object) -> bool:
        named = not types or any(fnmatchcase(event["type"], one) for one in types)
        return named and success in {None, event["_delivered"]}

    # Most events are delivered, so those that are not are the smaller set.
    if success is False:
        return page(work, params, "event", ("_delivered", False), wanted)
    exact = len(types) == 1 and "*" not in "".join(types)
    index = ("type", next(iter(types))) if exact else ("", None)
    return page(work, params, "event", index, wanted)


OPERATIONS = (
    listing("/events", _list, {"created": TIMES, "delivery_success": BOOLEAN, "type": TEXT, "types": many(WORD)}),
    Operation("GET", "/events/{}", retrieve("event")),
)
