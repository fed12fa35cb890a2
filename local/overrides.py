"""The configuration of the local environment: the dev stack's own file, and what a laptop must have otherwise."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from local.git import git
from render.configuration import ConfigurationError, as_text, read_configuration

STACK = "dev"


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
        values[key if ":" in key else f"priceguard:{key}"] = value
    if builds_image and "priceguard:image" in values:
        raise OverrideError("--image builds the image, and --set names another: leave one of them out")
    return values


def local_configuration(
    root: Path,
    *,
    certificate_arn: str,
    database: Mapping[str, str],
    stripe_url: str,
    image: str | None,
    assignments: Mapping[str, str],
) -> dict[str, str]:
    """Every configuration key of the local environment, as text.

    Args:
        root: the checkout; its Pulumi.dev.yaml is read, never changed.
        certificate_arn: certificate of the local ACM.
        database: what of `priceguard:database` differs here: `tls`, `rootCertificates`.
        stripe_url: address of the Stripe stand-in.
        image: reference of a built image; None for the files of the checkout.
        assignments: what a person set for this run, on top of everything; `priceguard:database.tls` reaches into an
            object.
    """
    config = read_configuration(STACK, root)
    here = {
        "priceguard:certificateArn": certificate_arn,
        "priceguard:image": image or f"localhost/priceguard-api:checkout-{fingerprint(root)}",
        "priceguard:revision": revision(root),
        "priceguard:stripeApiUrl": stripe_url,
        **{f"priceguard:database.{name}": value for name, value in database.items()},
        **assignments,
    }
    for key, value in here.items():
        assign(config, key, value)
    return config


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


def fingerprint(root: Path) -> str:
    """Twelve hex digits of what the image would hold: changed code is a changed image, and rolls the service."""
    digest = hashlib.sha256((root / "requirements" / "api.txt").read_bytes())
    for path in sorted((root / "api").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def revision(root: Path) -> str:
    """The commit that is checked out, or `unreleased` where there is none."""
    return git(root, "rev-parse", "--verify", "--quiet", "HEAD") or "unreleased"
