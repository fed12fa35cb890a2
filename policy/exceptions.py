"""Where an environment departs from a rule on purpose: each with its reason, and until when.

An exception that has ended stops the update, so that somebody decides again; one that covers nothing is reported, so
that it is taken out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from policy.secrets_manager import SECRET


@dataclass(frozen=True, kw_only=True)
class RuleException:
    """One exception.

    Args:
        rule: name of the rule.
        type: type token of the resource.
        name: its logical name.
        environment: where it holds.
        reason: why the rule does not fit here, and what stands in its place.
        until: the last day on which it holds.
        tag: key and value that the resource must carry, so that it says so itself.
    """

    rule: str
    type: str
    name: str
    environment: str
    reason: str
    until: date
    tag: tuple[str, str] | None = None


def in_force(environment: str, today: date) -> tuple[RuleException, ...]:
    """Those of an environment that have not ended."""
    return tuple(one for one in EXCEPTIONS if one.environment == environment and one.until >= today)


REVIEW = date(2027, 11, 30)
EXTERNAL = ("rotation", "external")
BEHIND_THE_LOAD_BALANCER = (
    "TLS ends at the load balancer: the target group's port is open to its security group alone, inside the VPC, and "
    "tasks have no certificate that it could verify."
)
COMPOSED_URL = (
    "The program composes the API's database URL from a random password; a password that RDS rotates every week would "
    "break that URL until the tasks are restarted (docs/adr/0003-composed-database-url.md)."
)
RENEWED_BY_AN_UPDATE = (
    "The program composes it, and a new version rolls the service: a new database password is a deliberate update "
    "(docs/adr/0003-composed-database-url.md), and origins change with the configuration."
)
ISSUED_BY_STRIPE = (
    "Stripe issues it and only Stripe can rotate it: operators do that as docs/stripe.md says, and a new version rolls "
    "the service."
)


def in_both(
    rule: str, type_: str, names: tuple[str, ...], reason: str, tag: tuple[str, str] | None = None
) -> Iterator[RuleException]:
    """The same exception for each of `names`, in either environment."""
    for environment in ("dev", "prod"):
        for name in names:
            yield RuleException(
                rule=rule, type=type_, name=name, environment=environment, reason=reason, until=REVIEW, tag=tag
            )


EXCEPTIONS = (
    RuleException(
        rule="task-public-address",
        type="aws:ecs/service:Service",
        name="api",
        environment="dev",
        reason="Tasks of dev leave through public addresses, which saves a NAT gateway; their security group lets "
        "nothing in but the load balancer (docs/adr/0002-dev-egress.md).",
        until=REVIEW,
    ),
    *in_both("target-group-tls", "aws:lb/targetGroup:TargetGroup", ("api",), BEHIND_THE_LOAD_BALANCER),
    *in_both("database-managed-password", "aws:rds/instance:Instance", ("database",), COMPOSED_URL),
    *in_both("secret-rotation", SECRET, ("database-url", "allowed-origins"), RENEWED_BY_AN_UPDATE),
    *in_both("secret-rotation", SECRET, ("stripe-secret-key", "stripe-webhook-secret"), ISSUED_BY_STRIPE, EXTERNAL),
)
