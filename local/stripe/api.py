"""One request of the API: who asks, what for, has it been asked before, and one transaction."""

import base64
import binascii
import hashlib
import json
import logging
from dataclasses import dataclass, field

from local.stripe import billing, catalog
from local.stripe.errors import Object, StripeError, invalid
from local.stripe.expansion import expanded
from local.stripe.form import decode
from local.stripe.operations import Operation, Params, checked
from local.stripe.parameters import read
from local.stripe.work import API_VERSION, Work, World, new_id, shown

_LOG = logging.getLogger(__name__)

TEST_KEYS = ("sk_test_", "pk_test_")
LIVE_KEYS = ("sk_live_local", "pk_live_")
"""How keys begin: the secret one and a page's. A real live key never begins like ours, and is refused in both modes."""


@dataclass(frozen=True)
class Asked:
    """A request as it came.

    Attributes:
        path: below `/v1`, e.g. `/customers`.
        body: of a GET and a DELETE empty; their parameters are in `query`.
        key: the idempotency key.
    """

    method: str
    path: str
    query: str = ""
    body: str = ""
    authorization: str = ""
    version: str = API_VERSION
    key: str | None = None
    id: str = field(default_factory=lambda: new_id("req"))

    @property
    def fingerprint(self) -> str:
        """What must be the same when the idempotency key is."""
        asked = [self.method, self.path, decode(self.query), decode(self.body)]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    @property
    def remembered(self) -> str | None:
        """The id under which the answer is remembered; None for what is not."""
        return f"idempotency:{self.key}" if self.key and self.method == "POST" else None


@dataclass(frozen=True)
class Answer:
    """What goes back; `replayed` if it is the answer to an earlier request with the same key."""

    status: int
    body: Object
    replayed: bool = False


def respond(world: World, asked: Asked) -> Answer:
    """Answer a request; when it returns, what the request did is on disk."""
    try:
        billing.catch_up(world, world.clock.now)
        page = _is_page(asked.authorization, live=world.live)
        operation, identifiers, params = _understood(asked, page=page)
        if before := _answered_before(world, asked):
            return before
        with world.clock.at(world.clock.now):
            return _done(world, asked, Work(world, asked.id, asked.key, page), operation, params, identifiers)
    except StripeError as error:
        return Answer(error.status, error.body)
    except Exception:  # noqa: BLE001 - whatever it was, half of a request must not stay
        world.undo()
        _LOG.exception("%s /v1%s failed", asked.method, asked.path)
        error = StripeError(500, "This stand-in has a bug; its log says more.", kind="api_error")
        return Answer(error.status, error.body)


def _understood(asked: Asked, *, page: bool) -> tuple[Operation, list[str], Params]:
    if asked.version != API_VERSION:
        raise invalid(f"Invalid Stripe API version: {asked.version}. This stand-in speaks {API_VERSION}.")
    found = catalog.find(asked.method, asked.path)
    if not found:
        message = (
            f"Unrecognized request URL ({asked.method}: /v1{asked.path}). "
            "Either Stripe has no such operation, or this stand-in does not need it yet: see local.stripe.catalog."
        )
        raise StripeError(404, message)
    operation, identifiers = found
    if page and not operation.page:
        raise StripeError(403, "This API call cannot be made with a publishable API key. Please use a secret API key.")
    given = decode(asked.query)
    given.update(decode(asked.body))
    return operation, identifiers, checked(operation, read(given, operation.parameters))


def _answered_before(world: World, asked: Asked) -> Answer | None:
    known = world.store.objects.get(asked.remembered or "")
    if known is None:
        return None
    if known["fingerprint"] != asked.fingerprint:
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            f"Try using a key other than '{asked.key}' if you meant to execute a different request."
        )
        raise StripeError(400, message, kind="idempotency_error")
    return Answer(known["status"], known["body"], replayed=True)


def _done(
    world: World, asked: Asked, work: Work, operation: Operation, params: Params, identifiers: list[str]
) -> Answer:
    try:
        result = operation.handler(work, params, *identifiers)
        answer = Answer(200, expanded(work, _shown(result, asked), params.get("expand", [])))
    except StripeError as error:
        if not error.keep:
            world.undo()
        answer = Answer(error.status, error.body)
    if asked.remembered:
        remembered = {"fingerprint": asked.fingerprint, "status": answer.status, "body": answer.body}
        work.add("", "idempotency_key", id=asked.remembered, **remembered)
    world.commit()
    return answer


def _shown(result: Object, asked: Asked) -> Object:
    if result.get("object") != "list":
        return shown(result)
    return {**result, "data": [shown(one) for one in result["data"]], "url": result["url"] or f"/v1{asked.path}"}


def _is_page(authorization: str, *, live: bool) -> bool:
    """Whether the key is a publishable one.

    Raises:
        StripeError: there is no key, or none that this stand-in takes.
    """
    scheme, _, given = authorization.partition(" ")
    key = given.strip() if scheme.lower() == "bearer" else ""
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(given).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    if not key:
        raise StripeError(401, "You did not provide an API key. Send one as `Authorization: Bearer sk_test_...`.")
    secret, publishable = LIVE_KEYS if live else TEST_KEYS
    if not key.startswith((secret, publishable)):
        advice = " Take the live key out of this environment." if "_live_" in key else ""
        takes = "keys of its own" if live else "test keys"
        raise StripeError(401, f"Invalid API Key provided: this stand-in takes {takes} only ({secret}...).{advice}")
    return key.startswith(publishable)
