"""How a configuration value becomes a checked value.

A check takes the raw value (text from the engine, or what JSON holds inside an object) and returns the value that
the program uses; it raises ValueError with the end of the sentence "<key>: must be ...".
"""

import difflib
import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, field, fields
from typing import Any

Check = Callable[[Any], Any]

INSTANCE_CLASSES = (
    *(f"db.t4g.{size}" for size in ("micro", "small", "medium", "large", "xlarge", "2xlarge")),
    *(f"db.{family}.{size}" for family in ("m7g", "r7g") for size in ("large", "xlarge", "2xlarge", "4xlarge")),
)
PRIVATE_NETWORKS = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))  # RFC 1918
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
DOMAIN = re.compile(rf"({LABEL}\.)+[a-z]{{2,63}}")
# As a browser sends it; plain http only for a page on the developer's own machine.
ORIGIN = re.compile(rf"https://{DOMAIN.pattern}(:\d{{1,5}})?|http://(localhost|127\.0\.0\.1)(:\d{{1,5}})?")
CERTIFICATE = re.compile(r"arn:aws:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]{36}")
REPOSITORY = r"[a-z0-9][a-z0-9.-]*(:\d+)?(/[a-z0-9][a-z0-9._-]*)*"
IMAGE = re.compile(rf"build|none|{REPOSITORY}(@sha256:[0-9a-f]{{64}}|:(?!latest$)[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})")
WEBHOOK_SLOTS = ("a", "b", "a,b", "b,a")
STRIPE_API = "https://api.stripe.com"
STRIPE_KEY = r"\b(?:sk|rk|pk)_{mode}_\w+"


def key(check: Check, *, default: Any = MISSING) -> Any:
    """A dataclass field that is read from the configuration through `check`; without a default it is required."""
    return field(metadata={"check": check}, default=default)


def camel(name: str) -> str:
    """`min_count` -> `minCount`, as configuration keys are spelt."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def known_keys(settings: type, prefix: str, given: tuple[str, ...] = ()) -> list[str]:
    """Every key that the fields of `settings` are read from."""
    return [prefix + camel(f.name) for f in fields(settings) if f.name not in given]


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` when a known key looks like `name`, else nothing."""
    found = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {found[0]}?" if found else ""


def read(
    settings: type, raw: Mapping[str, Any], *, prefix: str, problems: list[str], given: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The checked values of the fields of `settings`; what is wrong is added to `problems`."""
    values: dict[str, Any] = {}
    for f in fields(settings):
        name = prefix + camel(f.name)
        if f.name in given:
            continue
        if name not in raw:
            if f.default is MISSING:
                problems.append(f"{name}: is missing")
            continue
        try:
            values[f.name] = f.metadata["check"](raw[name])
        except ValueError as error:
            problems.extend(f"{name}{'' if text.startswith('.') else ': must be '}{text}" for text in error.args)
    return values


def settings_object(settings: type) -> Check:
    """A JSON object whose keys are the fields of the dataclass `settings`."""

    def check(raw: Any) -> Any:
        value = as_json(raw, "an object")
        if not isinstance(value, dict):
            raise ValueError("an object")
        problems: list[str] = []
        values = read(settings, value, prefix="", problems=problems)
        known = known_keys(settings, "")
        problems += [f"{name}: no such key{nearest(name, known)}" for name in sorted(value) if name not in known]
        if problems:
            raise ValueError(*(f".{problem}" for problem in problems))
        return settings(**values)

    return check


def as_json(raw: Any, expected: str) -> Any:
    """Structured configuration arrives as JSON text."""
    if not isinstance(raw, str):
        return raw
    try:
        return json.loads(raw)
    except json.JSONDecodeError:
        raise ValueError(expected) from None


def one_of(*allowed: Any) -> Check:
    """Exactly one of the given values; numbers may be written as text."""

    def check(raw: Any) -> Any:
        for value in allowed:
            if str(raw) == str(value):
                return value
        raise ValueError(f"one of {', '.join(map(str, allowed))}")

    return check


def whole_number(least: int, most: int) -> Check:
    """A whole number between `least` and `most`, both included."""

    def check(raw: Any) -> int:
        if not re.fullmatch(r"\d{1,9}", str(raw)) or not least <= int(raw) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(raw)

    return check


def flag(raw: Any) -> bool:
    """`true` or `false`."""
    if str(raw).lower() not in {"true", "false"}:
        raise ValueError("true or false")
    return str(raw).lower() == "true"


def matching(pattern: re.Pattern[str], expected: str) -> Check:
    """Text that matches `pattern` from end to end."""

    def check(raw: Any) -> str:
        if not isinstance(raw, str) or not pattern.fullmatch(raw):
            raise ValueError(expected)
        return raw

    return check


text = matching(re.compile(r"\S.*"), "text")
domain = matching(DOMAIN, "a host name in lower case such as api.example.com, without scheme, port or path")
account = matching(re.compile(r"\d{12}"), "an AWS account of 12 digits, in quotes")
email = matching(re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}"), "an e-mail address")
tag = matching(re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/=+@-]{0,127}"), "text that a tag may hold, such as platform")
snapshot = matching(
    re.compile(r"[a-z](-?[a-z0-9]){0,254}|rds:[a-z0-9-]+|arn:aws:rds:\S+"), "name or ARN of an RDS snapshot"
)
certificate_arn = matching(
    CERTIFICATE, "the ARN of an ACM certificate (arn:aws:acm:<region>:<account>:certificate/<id>)"
)
image = matching(
    IMAGE, "none, repository@sha256:<64 hex digits> or, in dev, build or repository:<tag>, and never the tag latest"
)
revision = matching(re.compile(r"[0-9a-f]{40}|unreleased"), "a commit of 40 hex digits or, in dev, unreleased")
source = matching(
    re.compile(r"https://[a-z0-9.-]+/[\w.-]+/[\w.-]+"), "the address of a repository, https://<host>/<owner>/<name>"
)
stripe_publishable_key = matching(re.compile(r"pk_(test|live)_\w+"), "a publishable key, pk_test_... or pk_live_...")
stripe_api_url = matching(
    re.compile(rf"{re.escape(STRIPE_API)}|http://127\.0\.0\.1:\d{{1,5}}"),
    f"{STRIPE_API} or, on a laptop, http://127.0.0.1:<port>",
)
currency = matching(re.compile(r"[a-z]{3}"), "a currency of three lower-case letters such as usd")


def webhook_slots(raw: Any) -> tuple[str, ...]:
    """One slot, or both in either order."""
    if raw not in WEBHOOK_SLOTS:
        raise ValueError("one slot, a or b, or both, a,b or b,a, the newest first")
    return tuple(raw.split(","))


def origins(raw: Any) -> tuple[str, ...]:
    """A JSON list of origins: scheme and host, perhaps a port, and nothing behind it."""
    expected = "a list of origins such as https://app.example.com (http for localhost only, no path, no *)"
    value = as_json(raw, expected)
    if not isinstance(value, list) or not value or not all(isinstance(o, str) and ORIGIN.fullmatch(o) for o in value):
        raise ValueError(expected)
    return tuple(value)


def domains(raw: Any) -> tuple[str, ...]:
    """A JSON list of different host names, which may be empty."""
    expected = "a list of different host names in lower case such as [api.example.com]"
    value = as_json(raw, expected)
    if not isinstance(value, list) or not all(isinstance(name, str) and DOMAIN.fullmatch(name) for name in value):
        raise ValueError(expected)
    if len(set(value)) < len(value):
        raise ValueError(expected)
    return tuple(value)


def cidr(raw: Any) -> str:
    """A private IPv4 /16, which leaves room for six subnets of the sizes that the network uses."""
    expected = "a private IPv4 range of size /16 such as 10.20.0.0/16"
    try:
        network = ipaddress.IPv4Network(str(raw))
    except ValueError:
        raise ValueError(expected) from None
    if network.prefixlen != 16 or not any(network.subnet_of(private) for private in PRIVATE_NETWORKS):
        raise ValueError(expected)
    return str(network)


def stripe_keys(raw: str, mode: str) -> list[str]:
    """The Stripe keys of `mode` (test or live) that stand anywhere in `raw`."""
    return re.findall(STRIPE_KEY.replace("{mode}", mode), raw)
