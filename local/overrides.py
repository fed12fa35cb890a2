"""The configuration of the local environment: the stack's own file, and what a laptop must have otherwise."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from render.configuration import ConfigurationError, as_text, read_configuration

ACCOUNT = "000000000000"
"""The account that the emulator plays, for every stack: nobody has it."""
COMMIT_DIGITS = 40
PUBLISHABLE_KEYS = {"dev": "pk_test_local", "prod": "pk_live_local"}
"""By stack; how keys begin that the Stripe stand-in alone takes."""


class OverrideError(Exception):
    """A `--set` that is not `key=value`."""


def parse_assignments(assignments: list[str], *, builds_image: bool = False) -> dict[str, str]:
    """`["priceguard:logLevel=WARNING"]` -> `{"priceguard:logLevel": "WARNING"}`; `priceguard:` may be left out.

    Raises:
        OverrideError: an assignment without `=`, or without a key, or of the image where one is built.
    """
    values: dict[str, str] = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals or not key.strip():
            raise OverrideError(f"--set {assignment!r}: write key=value, such as priceguard:logLevel=WARNING")
        key = key.strip()
        if key.count(":") > 1:
            raise OverrideError(f"--set {assignment!r}: a key has one colon at the most, as in priceguard:logLevel")
        values[key if ":" in key else f"priceguard:{key}"] = value
    if builds_image and "priceguard:image" in values:
        raise OverrideError("--image builds the image, and --set names another: leave one of them out")
    return values


def local_configuration(
    root: Path,
    *,
    stack: str,
    digest: str,
    database: Mapping[str, str],
    stripe_url: str,
    shop: str,
    assignments: Mapping[str, str],
) -> dict[str, str]:
    """Every configuration key of a stack on this machine, as text.

    Args:
        root: the checkout; its Pulumi.<stack>.yaml is read, never changed.
        stack: `dev` or `prod`.
        digest: of the image that tasks run in, `sha256:<64 hex digits>`.
        database: what of `priceguard:database` differs here: `tls`, `rootCertificates`.
        stripe_url: address of the Stripe stand-in.
        shop: origin of the demo shop's pages.
        assignments: what a person set for this run, on top; `priceguard:database.tls` reaches into an object.
    """
    config = read_configuration(stack, root)
    here = {
        "priceguard:account": ACCOUNT,
        # In place of a commit: a tag must not move, and what is checked out may change between two commits.
        "priceguard:revision": digest.removeprefix("sha256:")[:COMMIT_DIGITS],
        "priceguard:stripeApiUrl": stripe_url,
        # Pages that have a key of Stripe's own would ask Stripe itself, which knows nothing of what is here.
        "priceguard:stripePublishableKey": PUBLISHABLE_KEYS[stack],
        **with_origin(config, shop),
        **{f"priceguard:database.{name}": value for name, value in database.items()},
    }
    # A stack that builds builds here, too. One that is given an image has it in its own repository.
    if "/" in config.get("priceguard:image", ""):
        here["priceguard:image"] = image_here(config, stack, digest)
    # A certificate of another account is of no use; without one the program makes its own.
    config.pop("priceguard:certificateArn", None)
    for key, value in {**here, **assignments}.items():
        assign(config, key, value)
    return config


def with_origin(config: Mapping[str, str], origin: str) -> dict[str, str]:
    """The stack's own origins and one more; nothing where they are what the program will refuse."""
    key = "priceguard:allowedOrigins"
    try:
        given: Any = json.loads(config.get(key, ""))
    except ValueError:
        return {}
    return {key: as_text([*given, origin])} if isinstance(given, list) else {}


def image_here(config: Mapping[str, str], stack: str, digest: str) -> str:
    """The reference of an image in the stack's repository on this machine."""
    return f"{ACCOUNT}.dkr.ecr.{config.get('aws:region', '')}.amazonaws.com/priceguard-{stack}@{digest}"


def assign(config: dict[str, str], key: str, value: str) -> None:
    """Set one key; a dot in it leads into the object that the key before the dot holds.

    Raises:
        ConfigurationError: there is no object.
    """
    head, _, inner = key.partition(".")
    if not inner:
        config[key] = value
        return
    *path, last = inner.split(".")
    try:
        place = whole = json.loads(config.get(head) or "{}")
        for name in path:
            place = place.setdefault(name, {})
        place[last] = value
    except (ValueError, TypeError, AttributeError):
        raise ConfigurationError(f"{key}: {head} holds no object that it could reach into") from None
    config[head] = as_text(whole)
