"""The objects among the configuration keys: what belongs together stands together.

A field is a key of the object, in camelCase.
"""

from dataclasses import dataclass

from infra import checks
from infra.checks import key


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
    monitoring_interval: int = key(checks.one_of(0, 1, 5, 10, 15, 30, 60))
    """Seconds between measurements of the database's operating system (enhanced monitoring); 0 takes none."""
    snapshot: str | None = key(checks.snapshot, default=None)
    """Snapshot that the database is made from; read only when it is made (docs/cutover.md)."""


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
class DnsSettings:
    """`priceguard:dns`, an object: who writes the records of the API's names."""

    provider: str = key(checks.one_of("netlify", "manual"))
    """netlify: the program writes them. manual: a person enters what the output `dnsRecords` shows."""
    zone: str | None = key(checks.domain, default=None)
    """The zone at Netlify that holds the records."""
    take_over: tuple[str, ...] = key(checks.domains, default=())
    """Names whose record may be replaced although something else made it; empty again after the cutover."""
    entered: bool = key(checks.flag, default=False)
    """Whether a person has entered the certificate's records; until then manual makes the certificate only."""


@dataclass(frozen=True, kw_only=True)
class AlarmSettings:
    """`priceguard:alarms`, an object: who hears of trouble, and of money."""

    email: str = key(checks.email)
    """Address that alarms go to; it must confirm the subscription once."""
    monthly_budget: int = key(checks.whole_number(1, 1_000_000))
    """US dollars a month that the environment may cost; it is said when they will not suffice."""
