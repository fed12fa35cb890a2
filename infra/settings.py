"""What the environment is configured to be: the only reader of `pulumi.Config`.

`load()` checks every key of the stack's configuration before any resource exists and reports all problems at
once. A field of `Settings` is the configuration key of the same name in camelCase, under `priceguard:`.
"""

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import config as runtime_config

from infra import checks
from infra.checks import key, known_keys, read
from infra.setting_objects import AlarmSettings, DatabaseSettings, DnsSettings, PlansSettings
from infra.setting_rules import LOCAL_ACCOUNT, contradictions, stripe_mode_problems

ENVIRONMENTS = ("dev", "prod")


class SettingsError(pulumi.RunError):
    """The stack's configuration is refused; the message lists every key and what it must be."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One environment's settings, all checked."""

    environment: str
    """The stack's name: dev or prod."""
    region: str
    """`aws:region`."""
    account: str = key(checks.account)
    """AWS account that everything is made in; with another account's credentials nothing happens."""
    owner: str = key(checks.tag)
    """Who answers for the environment: the tag Owner of every resource."""
    cost_centre: str = key(checks.tag)
    """Who pays for it: the tag CostCentre of every resource."""
    api_domain: str = key(checks.domain)
    """Host name of the API, without scheme, port or path."""
    certificate_names: tuple[str, ...] = key(checks.domains)
    """Further host names of the certificate that the program makes for `apiDomain`."""
    certificate_arn: str | None = key(checks.certificate_arn, default=None)
    """An ACM certificate that exists, instead of one that the program makes; it must cover `apiDomain`."""
    dns: DnsSettings = key(checks.settings_object(DnsSettings))
    allowed_origins: tuple[str, ...] = key(checks.origins)
    """Origins that a browser may call the API from: https, or http on localhost."""
    image: str = key(checks.image)
    """The API's image: `repository@sha256:<digest>`; dev may also say `build`, which builds and pushes what is checked
    out, or `repository:<tag>`, but never `latest`. `none` makes everything but the service: the first time, before
    there is an image or a Stripe key."""
    revision: str = key(checks.revision)
    """Commit of program and image, 40 hex digits; dev may also say `unreleased`, and builds the commit that is checked
    out."""
    source: str | None = key(checks.source, default=None)
    """Address of the repository that `revision` is a commit of, for the label of an image that is built."""
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
    firewall_mode: str = key(checks.one_of("count", "block"))
    """What the firewall does with a request that a rule matches; count only shows it, to try rules in dev."""
    alarms: AlarmSettings = key(checks.settings_object(AlarmSettings))
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
    def local(self) -> bool:
        """Whether this is the local platform, which is no AWS account."""
        return self.account == LOCAL_ACCOUNT

    @property
    def certificate_only(self) -> bool:
        """Whether this is the first phase of manual DNS: the certificate's records must be entered before it counts."""
        return self.dns.provider == "manual" and not self.dns.entered and self.certificate_arn is None


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
