"""What the environment is configured to be: the only reader of `pulumi.Config`.

`load()` checks every key of the stack's configuration before any resource exists and reports all problems at
once. A field of `Settings` is the configuration key of the same name in camelCase, under `priceguard:`.
"""

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import config as runtime_config

from infra import checks
from infra.checks import camel, key, known_keys, read

ENVIRONMENTS = ("dev", "prod")


class SettingsError(pulumi.RunError):
    """The stack's configuration is refused; the message lists every key and what it must be."""


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """`priceguard:database`, an object."""

    instance_class: str = key(checks.one_of(*checks.INSTANCE_CLASSES))
    """RDS instance class; only Graviton classes, for which RDS for PostgreSQL 17 exists in every region."""
    allocated_storage: int = key(checks.whole_number(20, 65_536))
    """GiB of gp3 storage. RDS can grow it, never shrink it."""
    multi_az: bool = key(checks.flag)
    """A synchronous standby in the second availability zone."""
    backup_retention_days: int = key(checks.whole_number(7, 35))
    """Days that a point in time can be restored to."""
    tls: str = key(checks.one_of("verify-full", "require", "disable"), default="verify-full")
    """`sslmode` of the API's connections. Anything but verify-full is for a developer's own server."""
    root_certificates: str = key(checks.text, default="/app/api/certificates/rds-global-bundle.pem")
    """File in the API's image that holds the roots which verify-full trusts."""


@dataclass(frozen=True, kw_only=True)
class PlanSettings:
    """One plan of `priceguard:plans`, an object. Amounts are in the currency's smallest unit, such as cents."""

    monthly: int = key(checks.whole_number(50, 99_999_999))
    """What a month costs; Stripe takes nothing smaller or larger."""
    yearly: int = key(checks.whole_number(50, 99_999_999))
    """What a year costs."""


@dataclass(frozen=True, kw_only=True)
class PlansSettings:
    """`priceguard:plans`, an object. Another amount or currency makes new prices; subscribers keep their old one."""

    currency: str = key(checks.currency)
    """Currency of every price, three lower-case letters."""
    basic: PlanSettings = key(checks.settings_object(PlanSettings))
    premium: PlanSettings = key(checks.settings_object(PlanSettings))
    enterprise: PlanSettings = key(checks.settings_object(PlanSettings))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One environment's settings, all checked."""

    environment: str
    """The stack's name: dev or prod."""
    region: str
    """`aws:region`."""
    api_domain: str = key(checks.domain)
    """Host name of the API, without scheme, port or path."""
    certificate_arn: str = key(checks.certificate_arn)
    """ACM certificate of the HTTPS listener; covers `apiDomain`, lives in `aws:region`."""
    allowed_origins: tuple[str, ...] = key(checks.origins)
    """Origins that a browser may call the API from: https, or http on localhost."""
    image: str = key(checks.image)
    """The API's image: `repository@sha256:<digest>`; dev may also say `repository:<tag>`, but never `latest`."""
    revision: str = key(checks.revision)
    """Commit of program and image, 40 hex digits; dev may also say `unreleased`."""
    log_level: str = key(checks.one_of("DEBUG", "INFO", "WARNING", "ERROR"))
    """Least severity that the API writes."""
    log_retention_days: int = key(checks.one_of(7, 14, 30, 60, 90, 180, 365, 400, 731))
    """Days that CloudWatch keeps the logs; the values that CloudWatch knows."""
    min_count: int = key(checks.whole_number(1, 100))
    """Tasks that always run."""
    max_count: int = key(checks.whole_number(1, 100))
    """Tasks that autoscaling may start at the most."""
    capacity: str = key(checks.one_of("FARGATE", "FARGATE_SPOT"))
    """Where tasks run. Spot costs about a third and can be taken away with two minutes' notice: dev only."""
    vpc_cidr: str = key(checks.cidr)
    """IPv4 range of the network, a private /16. Fixed once the environment exists: RDS and the load balancer
    cannot move to another VPC."""
    egress: str = key(checks.one_of("public-ip", "single-nat", "nat-per-az"))
    """How tasks reach the internet. public-ip saves a NAT gateway's price (inbound stays closed): dev only."""
    protect: bool = key(checks.flag)
    """Whether network, database, key, load balancer, Stripe's products and its newest webhook endpoint refuse to be
    deleted or replaced. Always true in prod, so taking prod down begins with a reviewed change of that rule; in dev:
    set it to false, `up`, then go on."""
    database: DatabaseSettings = key(checks.settings_object(DatabaseSettings))
    stripe_publishable_key: str = key(checks.stripe_publishable_key)
    """Stripe's key for the browser; test mode in dev, live mode in prod."""
    plans: PlansSettings = key(checks.settings_object(PlansSettings))
    webhook_slots: tuple[str, ...] = key(checks.webhook_slots)
    """Which of the webhook endpoints `a` and `b` exist, the newest first; both only while one takes over from the
    other."""
    stripe_api_url: str = key(checks.stripe_api_url, default=checks.STRIPE_API)
    """Where the API reaches Stripe. Anything but the default is for a developer's own stand-in."""

    @property
    def account(self) -> str:
        """The AWS account, 12 digits: the certificate's own, since a listener takes no other account's."""
        return self.certificate_arn.split(":")[4]


def load() -> Settings:
    """Read and check the configuration of the selected stack.

    Raises:
        SettingsError: one message with every problem: missing and unknown keys, values that are not allowed,
            values that do not go together.
    """
    raw = all_config()
    problems: list[str] = []
    stack = pulumi.get_stack()
    if stack not in ENVIRONMENTS:
        problems.append(f"stack {stack!r}: must be one of {', '.join(ENVIRONMENTS)}; `pulumi stack select dev`")
    region = str(raw.get("aws:region", ""))
    if not checks.REGION.fullmatch(region):
        problems.append("aws:region: must be an AWS region such as us-east-1")
    values = read(Settings, raw, prefix="priceguard:", problems=problems, given=("environment", "region"))
    problems += unknown_keys(raw)
    problems += stripe_mode_problems(raw, stack)
    problems += contradictions({**values, "environment": stack, "region": region})
    if problems:
        raise SettingsError(
            f"The configuration of stack {stack!r} is refused; nothing was changed.\n"
            + "\n".join(f"  - {problem}" for problem in problems)
            + f"\nCorrect Pulumi.{stack}.yaml (`pulumi config set <key> <value>`) and run again."
        )
    return Settings(environment=stack, region=region, **values)


def all_config() -> dict[str, Any]:
    """Every key that the engine handed over; objects arrive as JSON text."""
    return {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}


def unknown_keys(raw: dict[str, Any]) -> list[str]:
    """A key that nothing reads is a misspelt one: refuse it, and name the nearest that exists."""
    known = known_keys(Settings, "priceguard:", given=("environment", "region"))
    return [
        f"{name}: no such key{checks.nearest(name, known)}"
        for name in sorted(raw)
        if name.startswith("priceguard:") and name not in known
    ]


def stripe_mode_problems(raw: dict[str, Any], stack: str) -> list[str]:
    """Stripe's test and live mode must match the environment, wherever in the configuration a key stands."""
    wrong, right = ("test", "live") if stack == "prod" else ("live", "test")
    return [
        f"{name}: holds a Stripe {wrong} key, and {stack} takes {right} keys only"
        for name, value in sorted(raw.items())
        if checks.stripe_keys(json.dumps(value), wrong)
    ]


@dataclass(frozen=True)
class Rule:
    """What values that are each allowed must be together; `only` names the environment that it holds for."""

    of: tuple[str, ...]
    holds: Callable[..., bool]
    says: str
    only: str | None = None


RULES = (
    Rule(("min_count", "max_count"), operator.le, "must not be greater than maxCount"),
    Rule(
        ("certificate_arn", "region"),
        lambda arn, region: arn.split(":")[3] == region,
        "the certificate must be in aws:region, where the load balancer is",
    ),
    Rule(
        ("image",), lambda image: "@sha256:" in image, "must name a digest (repository@sha256:...), not a tag", "prod"
    ),
    Rule(
        ("image", "certificate_arn", "region"),
        lambda image, arn, region: (
            re.split("[@:]", image)[0] == f"{arn.split(':')[4]}.dkr.ecr.{region}.amazonaws.com/priceguard-prod"
        ),
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
    Rule(("database",), lambda database: database.multi_az, "multiAz must be true", "prod"),
    Rule(("database",), lambda database: database.tls == "verify-full", "tls must be verify-full", "prod"),
    Rule(("stripe_api_url",), lambda url: url == checks.STRIPE_API, f"must be {checks.STRIPE_API}", "prod"),
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
