"""What `priceguard local status` tells: the parts that run, and what the program has made, by kind."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from local.ecs_model import TaskStatus, task_state
from local.state import State

RUNNING = {"running", "healthy", "draining"}
SERVICES = {
    "acm": "ACM",
    "appautoscaling": "Auto Scaling",
    "budgets": "Budgets",
    "cloudwatch": "CloudWatch",
    "ec2": "EC2",
    "ecr": "ECR",
    "ecs": "ECS",
    "iam": "IAM",
    "kms": "KMS",
    "lb": "ELB",
    "rds": "RDS",
    "s3": "S3",
    "secretsmanager": "Secrets Manager",
    "sns": "SNS",
    "vpc": "EC2",
    "wafv2": "WAF",
}
"""How people call a service of AWS; the others are called as Pulumi calls them."""
PACKAGES = {"docker-build": "Docker", "pulumi-python": "Netlify", "random": "Random", "stripe": "Stripe"}
CAPITALS = {"acl", "dns", "eip", "ip", "nat", "vpc"}


def parts(
    rows: Iterable[tuple[str, bool, str | None, int | None]], tasks: Sequence[TaskStatus]
) -> list[dict[str, Any]]:
    """Every part as `name`, `state`, `address` and `pid`: those in `rows` with whether they run, then the tasks."""
    found: list[dict[str, Any]] = [
        {"name": name, "state": "running" if runs else "stopped", "address": address, "pid": pid}
        for name, runs, address, pid in rows
    ]
    found += [
        {"name": f"api/{task.id}", "state": task_state(task), "address": task.address, "pid": task.pid}
        for task in tasks
        if task.state != "STOPPED"
    ]
    return found


def made(state: State) -> dict[str, dict[str, int]]:
    """Service -> kind -> how many there are, in the order of the alphabet; Pulumi's own are left out."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in state.entries.values():
        if not entry.resource.type.startswith("pulumi:"):
            service, kind = spoken(entry.resource.type)
            found[service][kind] += 1
    return {service: dict(sorted(kinds.items())) for service, kinds in sorted(found.items())}


def spoken(type_: str) -> tuple[str, str]:
    """`aws:ecs/taskDefinition:TaskDefinition` -> `ECS`, `task definition`: as people say it."""
    package, module, name = type_.split(":")
    service = module.split("/")[0]
    words = re.findall(r"[A-Z][a-z0-9]*", name)
    kind = " ".join(word.upper() if word.lower() in CAPITALS else word.lower() for word in words)
    return PACKAGES.get(package) or SERVICES.get(service, service), kind
