"""What is watched, from when on it is trouble, and why: an alarm a row.

Silence is no trouble where there is nothing to count, such as errors without requests. One metric of each thing that
must always speak stands for its life, so that an outage is one mail and not five: `missing-targets` for the tasks,
`reconciliation-missing` for their background work, `database-cpu` for the database.
"""

from dataclasses import dataclass

GIB = 2**30

# Where CloudWatch keeps each thing's metrics; those of the log have the environment's own namespace.
NAMESPACES = {
    "balancer": "AWS/ApplicationELB",
    "targets": "AWS/ApplicationELB",
    "service": "AWS/ECS",
    "database": "AWS/RDS",
    "certificate": "AWS/CertificateManager",
}
# GiB that an RDS instance of size `large` has, and what another size has of that.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
LARGE = {"t4g": 8, "m7g": 8, "r7g": 16}
SHARES = {"micro": 1 / 8, "small": 1 / 4, "medium": 1 / 2, "large": 1, "xlarge": 2, "2xlarge": 4, "4xlarge": 8}


@dataclass(frozen=True)
class Alarm:
    """One alarm.

    Args:
        name: logical name, end of the physical one, and heading in docs/runbook.md.
        of: what it watches: `balancer`, `targets`, `service`, `database`, `certificate` or `log`.
        metric: CloudWatch's name of what is measured.
        statistic: of a period's values: Sum, Average, Minimum, Maximum, or a percentile such as p95.
        when: `>=` or `<`.
        threshold: in the metric's unit: a count, seconds, percent, bytes or days.
        why: what it means, for the mail.
        minutes: length of a period.
        periods: how many in a row must be like that.
        missing: what a period without data is: trouble (`breaching`), none (`notBreaching`), like the one before
            (`ignore`), or nothing that anybody knows (`missing`).
    """

    name: str
    of: str
    metric: str
    statistic: str
    when: str
    threshold: float
    why: str
    minutes: int = 5
    periods: int = 1
    missing: str = "notBreaching"


REQUESTS = (
    # A deployment loses none, and a failover of the database a few; ten in five minutes are an outage or a mistake.
    Alarm("target-errors", "targets", "HTTPCode_Target_5XX_Count", "Sum", ">=", 10, "The API answers with 5xx."),
    # The load balancer's own: no task took the request, or the task broke off.
    Alarm("balancer-errors", "balancer", "HTTPCode_ELB_5XX_Count", "Sum", ">=", 10, "No task answers requests."),
    # A payment waits for Stripe for a second or so; after three, people press the button again.
    Alarm("latency", "targets", "TargetResponseTime", "p95", ">=", 3, "One answer in twenty is slow.", periods=3),
)
TASKS = (
    # ECS replaces a task that fails within two or three minutes; in three windows in a row it is more than that task.
    Alarm(
        *("unhealthy-targets", "targets", "UnHealthyHostCount", "Maximum", ">=", 1),
        why="Tasks keep failing their health check.",
        periods=3,
    ),
    # Autoscaling adds tasks above 60 %: where it helps, nobody need know.
    Alarm(
        *("task-cpu", "service", "CPUUtilization", "Average", ">=", 85),
        why="The tasks' processors are busy, and autoscaling does not keep up.",
        periods=3,
    ),
    # Nothing scales with memory, and a task that runs out of it is killed in the middle of requests.
    Alarm(
        *("task-memory", "service", "MemoryUtilization", "Average", ">=", 80),
        why="The tasks run out of memory.",
        periods=3,
    ),
)
MONEY = (
    # The fifth attempt of an event comes after half a minute; what mends itself has done so by then.
    Alarm(
        *("webhook-failures", "log", "webhook-failures", "Sum", ">=", 5),
        why="Webhook events cannot be booked, and are tried again.",
        minutes=15,
    ),
    Alarm("webhook-dead-letters", "log", "dead-letters", "Sum", ">=", 1, "Webhook events were given up."),
    # Anybody can post nonsense there; three in an hour are Stripe, with a signature that the API does not accept.
    Alarm(
        *("webhook-refusals", "log", "webhook-refusals", "Sum", ">=", 3),
        why="The API refuses what is posted to the webhook.",
        minutes=60,
    ),
    Alarm("stripe-key-refused", "log", "stripe-key-refusals", "Sum", ">=", 1, "Stripe refuses the API's key."),
    # A turn comes every ten minutes. The first that fails may be a short outage of Stripe, the next is more.
    Alarm(
        *("reconciliation-failures", "log", "reconciliation-failures", "Sum", ">=", 1),
        why="Customers' states cannot be compared with Stripe's.",
        minutes=15,
        periods=2,
    ),
    # Five turns are missing.
    Alarm(
        *("reconciliation-missing", "log", "reconciliations", "Sum", "<", 1),
        why="The API's background work stands still: no reconciliation for an hour.",
        minutes=15,
        periods=4,
        missing="breaching",
    ),
    # The firewall stops one address at a hundred; as many from several are a list of stolen passwords being tried.
    Alarm("login-failures", "log", "login-failures", "Sum", ">=", 100, "Somebody is trying passwords."),
)
CERTIFICATE = (
    # ACM renews well before; at thirty days there is time left to see why it did not. Once ended, a certificate is
    # measured no more, and the alarm stays what it was. A new one is measured after hours only.
    Alarm(
        *("certificate-expiry", "certificate", "DaysToExpiry", "Minimum", "<", 30),
        why="The certificate was not renewed, and ends soon.",
        minutes=24 * 60,
        missing="ignore",
    ),
)


def memory_gib(instance_class: str) -> float:
    """GiB of memory of an RDS instance class such as db.t4g.micro."""
    _, family, size = instance_class.split(".")
    return LARGE[family] * SHARES[size]


def most_connections(memory: float) -> int:
    """What RDS sets `max_connections` to for so many GiB, at the most: it keeps some memory for itself.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
    """
    return min(int(memory * GIB) // 9_531_392, 5000)


def missing_targets(min_count: int) -> Alarm:
    """The alarm on tasks that should be there; also when none is left, which the load balancer does not measure."""
    # Replacing a task takes about two minutes.
    return Alarm(
        *("missing-targets", "targets", "HealthyHostCount", "Minimum", "<", min_count),
        why="Fewer healthy tasks than the environment must have.",
        minutes=1,
        periods=5,
        missing="breaching",
    )


def of_database(storage_gib: int, memory: float) -> tuple[Alarm, ...]:
    """The alarms of a database with so many GiB of storage and of memory."""
    return (
        # The classes of T4g have credits for less than that; above, requests queue for the processor.
        Alarm(
            *("database-cpu", "database", "CPUUtilization", "Average", ">=", 80),
            why="The database's processor is busy, or the database is gone.",
            periods=3,
            missing="breaching",
        ),
        # At this pace of a shop a fifth is weeks, and growing the storage takes hours.
        Alarm(
            *("database-storage", "database", "FreeStorageSpace", "Minimum", "<", storage_gib * GIB // 5),
            why="The database's storage is four fifths full.",
            missing="missing",
        ),
        # What caches hold counts as free, so little that is free is little indeed.
        Alarm(
            *("database-memory", "database", "FreeableMemory", "Average", "<", int(memory * GIB) // 20),
            why="The database runs out of memory.",
            periods=3,
            missing="missing",
        ),
        # Not more than 60 %, because the formula leaves out what RDS keeps for itself.
        Alarm(
            *(
                "database-connections",
                "database",
                "DatabaseConnections",
                "Maximum",
                ">=",
                most_connections(memory) * 0.6,
            ),
            why="The database runs out of connections.",
            periods=2,
            missing="missing",
        ),
    )


def alarms(*, min_count: int, storage_gib: int, instance_class: str) -> tuple[Alarm, ...]:
    """Every alarm of an environment.

    Args:
        min_count: tasks that must always be healthy.
        storage_gib: the database's storage.
        instance_class: the database's class.
    """
    database = of_database(storage_gib, memory_gib(instance_class))
    return (*REQUESTS, missing_targets(min_count), *TASKS, *MONEY, *CERTIFICATE, *database)
