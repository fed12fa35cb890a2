"""The Stripe account of an environment: whether the key fits it, and whether events reach the API once.

Neither the key nor what Stripe says of it, which repeats its end, is ever shown.
"""

import re
from collections.abc import Iterator
from typing import Any

from gitops.doctor.errors import MissingError, NotAskedError, UnreadError
from gitops.doctor.http import Http
from gitops.doctor.place import configuration
from gitops.doctor.report import Row, advice, good, judged, wrong
from gitops.doctor.service import Service, Setting, objects, part
from gitops.doctor.subject import Case
from gitops.stored_secrets.stripe_key import MODES, STRIPE_API, StripeKeyError, check_form

KEY = "STRIPE_API_KEY"
WEBHOOK_PATH = "/api/stripe/webhook"
_MODE = re.compile(r"[sr]k_(test|live)_")
_RIGHTS = {"/v1/account": "to read the account", "/v1/webhook_endpoints?limit=100": "to read webhook endpoints"}


def check_stripe(case: Case) -> Iterator[Row]:
    """Rows about each environment that the key may be of; a key is of one mode, so it is of one of them.

    Raises:
        NotAskedError: there is no key.
        DoctorError: Stripe does not know it, or does not answer.
    """
    key = case.environ.get(KEY, "").strip()
    if not key:
        raise NotAskedError(f"no {KEY}; export the key that the environment's deployments use")
    mode = _MODE.match(key)
    for environment in case.environments:
        others = [other for other in case.environments if other != environment]
        if mode and any(mode[1] == MODES[other] for other in others) and mode[1] != MODES[environment]:
            how = NotAskedError(f"{KEY} is of {mode[1]} mode; export a key of {MODES[environment]} mode")
            yield how.row(f"stripe-{environment}")
        else:
            yield from _check(case, environment, key)


def _check(case: Case, environment: str, key: str) -> Iterator[Row]:
    check, expected = f"stripe-{environment}.key", f"a key of {MODES[environment]} mode"
    try:
        check_form(key, environment)
    except StripeKeyError as error:
        found, _, fix = str(error).partition("; ")
        yield wrong(check, expected=expected, found=found, fix=f"{KEY}: {fix}")
        return
    if key.startswith("rk_"):
        fix = "see in Stripe's dashboard that the key may write webhook endpoints, products and prices"
        yield advice(check, expected=expected, found="a restricted key: what it lacks, a deployment will miss", fix=fix)
    else:
        yield good(check, expected)
    values = configuration(environment, case.root)
    with Http(case, values.get("priceguard:stripeApiUrl", STRIPE_API), KEY, **{"Stripe-Version": _version()}) as http:
        stripe = http.service("Stripe", lambda path: f"the right {_RIGHTS[path]}")
        yield _account(stripe, environment)
        yield from _endpoints(stripe, environment, values)


def _account(stripe: Service, environment: str) -> Row:
    """Whether it may take money; in test mode every account may."""
    return Setting(
        id=f"stripe-{environment}.charges_enabled",
        path="/v1/account",
        read=lambda found: part(found, "charges_enabled") is True or environment != "prod",
        wanted=True,
        words="the account may take payments",
        fix="https://dashboard.stripe.com/account/onboarding: Stripe says what it still wants",
    ).row(stripe)


def _endpoints(stripe: Service, environment: str, values: dict[str, str]) -> Iterator[Row]:
    """Whether there are as many endpoints of ours as the stack's file has slots, and each delivers what we read."""
    check, path = f"stripe-{environment}.webhook_endpoints", "/v1/webhook_endpoints?limit=100"
    url = f"https://{values.get('priceguard:apiDomain', '')}{WEBHOOK_PATH}"
    slots = values.get("priceguard:webhookSlots", "a").split(",")
    expected = f"{len(slots)} for {url}"
    try:
        found = [each for each in objects(stripe.get(path), "data") if each.get("url") == url]
    except MissingError:
        found = []
    except UnreadError as error:
        yield error.row(check, expected)
        return
    fix = f"priceguard deploy {environment} # makes it"
    if len(found) > len(slots):
        fix = (
            "delete in Stripe's dashboard, under Developers, Webhooks, what is not the stack output webhookEndpoints: "
            "every event comes as often as there are endpoints"
        )
    yield judged(check, expected, str(len(found)), fix, holds=len(found) == len(slots))
    for name, wanted, fix in (
        ("status", "enabled", "enable it in Stripe's dashboard, under Developers, Webhooks, and see why it failed"),
        ("api_version", _version(), "rotate the endpoint: docs/stripe.md, Signing secrets"),
    ):
        odd = {str(each.get(name)) for each in found if each.get(name) != wanted}
        yield judged(f"stripe-{environment}.{name}", wanted, ", ".join(sorted(odd)), fix, holds=not odd)


def _version() -> str:
    """The version of Stripe's API that everything here speaks."""
    import stripe  # noqa: PLC0415 - a third of a second, which other commands need not wait for

    found: Any = stripe.api_version
    return str(found)
