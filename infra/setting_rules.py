"""What configuration values must be together, and what only one environment may do."""

import json
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra import checks
from infra.checks import camel

LOCAL_ACCOUNT = "000000000000"
"""No AWS account has this number; the local platform's emulator does."""


@dataclass(frozen=True)
class Rule:
    """What values that are each allowed must be together.

    Args:
        of: the fields of `Settings` that it is about; the first one is named.
        holds: whether those values are as they must be.
        says: end of the sentence "<key>: ...".
        only: the environment that it holds for; None for both.
    """

    of: tuple[str, ...]
    holds: Callable[..., bool]
    says: str
    only: str | None = None


def named_dev(domain: str) -> bool:
    """Whether a host name says that it is dev's: by its names alone, no environment can touch another's records."""
    return "dev" in domain.split(".")


def own_repository(image: str, account: str, region: str) -> bool:
    """Whether an image that is named by its digest comes from prod's repository."""
    repository, _, digest = image.partition("@")
    return not digest or repository == f"{account}.dkr.ecr.{region}.amazonaws.com/priceguard-prod"


def in_zone(dns: Any, domain: str, names: tuple[str, ...]) -> bool:
    """Whether the zone holds every name that the program writes."""
    return dns.provider == "manual" or not dns.zone or all(f".{n}".endswith(f".{dns.zone}") for n in (domain, *names))


RULES = (
    Rule(("min_count", "max_count"), operator.le, "must not be greater than maxCount"),
    Rule(
        ("certificate_arn", "region", "account"),
        lambda arn, region, account: not arn or arn.split(":")[3:5] == [region, account],
        "the certificate must be in aws:region and in priceguard:account, where the load balancer is",
    ),
    Rule(
        ("certificate_arn", "certificate_names"),
        lambda arn, names: not (arn and names),
        "is a certificate that exists, so certificateNames, for one that the program makes, must be empty",
    ),
    Rule(
        ("dns",),
        lambda dns: dns.provider == "manual" or bool(dns.zone),
        "zone must be given where Netlify holds the records",
    ),
    Rule(("dns", "api_domain", "certificate_names"), in_zone, "zone must hold apiDomain and each of certificateNames"),
    Rule(
        ("dns", "api_domain", "certificate_names"),
        lambda dns, domain, names: {*dns.take_over} <= {domain, *names},
        "takeOver must name nothing but apiDomain and certificateNames",
    ),
    Rule(
        ("api_domain", "certificate_names"),
        lambda domain, names: all(map(named_dev, (domain, *names))),
        "and certificateNames must have the label dev, as in api.dev.example.com,",
        "dev",
    ),
    Rule(
        ("api_domain", "certificate_names"),
        lambda domain, names: not any(map(named_dev, (domain, *names))),
        "and certificateNames must not have the label dev",
        "prod",
    ),
    Rule(
        ("stripe_api_url", "account"),
        lambda url, account: url == checks.STRIPE_API or account == LOCAL_ACCOUNT,
        f"must be {checks.STRIPE_API} in every account but {LOCAL_ACCOUNT}, the local platform's",
    ),
    Rule(
        ("image",),
        lambda image: image == "none" or "@sha256:" in image,
        "must be none or name a digest (repository@sha256:...), not build or a tag",
        "prod",
    ),
    Rule(
        ("image", "account", "region"),
        own_repository,
        "must come from prod's own repository, <account>.dkr.ecr.<aws:region>.amazonaws.com/priceguard-prod",
        "prod",
    ),
    Rule(("revision",), lambda revision: revision != "unreleased", "must be a commit", "prod"),
    Rule(("min_count",), lambda count: count >= 2, "must be at least 2, one task per availability zone", "prod"),
    Rule(
        ("capacity",), lambda capacity: capacity == "FARGATE", "must be FARGATE; Spot tasks can be taken away", "prod"
    ),
    Rule(("egress",), lambda egress: egress != "public-ip", "must keep the tasks in private subnets", "prod"),
    Rule(("protect",), operator.truth, "must be true", "prod"),
    Rule(
        ("log_level", "account"),
        lambda level, account: level in {"DEBUG", "INFO"} or account == LOCAL_ACCOUNT,
        "must be DEBUG or INFO: alarms count what is logged at INFO, and a deployment is proven by a line of it",
    ),
    Rule(("firewall_mode",), lambda mode: mode == "block", "must be block", "prod"),
    Rule(("database",), lambda database: database.multi_az, "multiAz must be true", "prod"),
    Rule(("database",), lambda database: database.tls == "verify-full", "tls must be verify-full", "prod"),
    Rule(("database",), lambda d: d.monitoring_interval > 0, "monitoringInterval must be greater than 0", "prod"),
)


def contradictions(values: Mapping[str, Any]) -> list[str]:
    """Rules that are broken, of those whose values are all there."""
    return [
        f"priceguard:{camel(rule.of[0])}: {rule.says}" + (f" in {rule.only}" if rule.only else "")
        for rule in RULES
        if rule.only in {None, values["environment"]}
        and all(name in values for name in rule.of)
        and not rule.holds(*(values[name] for name in rule.of))
    ]


def stripe_mode_problems(raw: Mapping[str, Any], stack: str) -> list[str]:
    """Stripe's test and live mode must match the environment, wherever in the configuration a key stands."""
    wrong, right = ("test", "live") if stack == "prod" else ("live", "test")
    return [
        f"{name}: holds a Stripe {wrong} key, and {stack} takes {right} keys only"
        for name, value in sorted(raw.items())
        if checks.stripe_keys(json.dumps(value), wrong)
    ]
