"""The previews: results as the engine gives them, with prices of a month that stays."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gitops.engine_result import UNKNOWN, Change, Diagnostic, PolicyResult, PropertyChange, Result, Timing
from gitops.previews.preview import Preview
from policy.exceptions import REVIEW, RuleException
from policy.pack import policy
from policy.rules import RULES
from render.cost import Cost, difference
from tests.gitops.engine_states import changed
from tests.render.test_cost import DATABASE, cost_of, resource

HERE = Path(__file__).parent
ENVIRONMENT = "priceguard:environment:Environment"
TASK, SERVICE = "aws:ecs/taskDefinition:TaskDefinition", "aws:ecs/service:Service"
INSTANCE, BALANCER = "aws:rds/instance:Instance", "aws:lb/loadBalancer:LoadBalancer"
KEY = "arn:aws:kms:us-east-1:123456789012:key/c4408ed5-2d57-4acb-a096-c812c409"
KINDS = {
    "aws:ec2/subnet:Subnet": 6,
    "aws:ec2/routeTable:RouteTable": 6,
    "aws:ec2/vpc:Vpc": 1,
    "aws:cloudwatch/metricAlarm:MetricAlarm": 16,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 4,
    INSTANCE: 1,
    "stripe:index/price:Price": 6,
    "pulumi-python:dynamic/netlify:DnsRecord": 2,
    "pulumi:providers:aws": 1,
    "docker-build:index:Image": 1,
    ENVIRONMENT: 1,
}
"""What a first update makes of each type."""
SMALL = cost_of(resource(INSTANCE, "database", **DATABASE), resource("aws:kms/key:Key", "environment"))
LARGE = cost_of(
    resource(INSTANCE, "database", **{**DATABASE, "allocatedStorage": 50, "multiAz": True}),
    *(resource("aws:cloudwatch/metricAlarm:MetricAlarm", name) for name in ("cpu", "memory")),
    resource("aws:glue/job:Job", "report"),
)


def urn(type_: str, name: str) -> str:
    """As the engine makes it, below the environment."""
    return f"urn:pulumi:dev::priceguard::{ENVIRONMENT}${type_}::{name}"


def change(op: str, type_: str, name: str, *diff: PropertyChange, **more: Any) -> Change:
    """What happens to one resource."""
    reasons = tuple(one.path for one in diff if one.replaces)
    return Change(op=op, urn=urn(type_, name), type=type_, name=name, diff=diff, reasons=reasons, **more)


def violation(rule: str, type_: str, name: str, what: str) -> PolicyResult:
    """As the engine tells what a rule of the pack found in dev: its description first."""
    found = next(one for one in RULES if one.name == rule)
    said = f"{policy(found, 'dev').description}\n{name}: {what}. {found.why} {found.fix}"
    return PolicyResult(policy=rule, mandatory=found.level("dev") == "mandatory", urn=urn(type_, name), message=said)


ADVICE = (
    violation("database-multi-az", INSTANCE, "database", "multiAz is false instead of true"),
    violation("database-enhanced-monitoring", INSTANCE, "database", "monitoringInterval is 0"),
    violation("database-enhanced-monitoring", INSTANCE, "database", "monitoringRoleArn is not set"),
    violation(
        "load-balancer-deletion-protection", BALANCER, "api", "enableDeletionProtection is false instead of true"
    ),
)
EXCEPTION = RuleException(
    rule="target-group-tls", type="t", name="api", environment="dev", reason="It ends before.", until=REVIEW
)


def preview(
    *changes: Change,
    unchanged: int = 0,
    policy: tuple[PolicyResult, ...] = ADVICE,
    said: tuple[Diagnostic, ...] = (),
    before: Cost | None = SMALL,
    after: Cost | None = SMALL,
) -> Preview:
    """One preview of dev."""
    month: Any = {"as_of": "2026-01"}
    known = difference(replace(before, **month), replace(after, **month)) if before and after else None
    return Preview(
        stack="dev",
        result=Result(
            changes=changes,
            unchanged=unchanged,
            policy=policy,
            diagnostics=said,
            before=(),
            after=(),
            timing=Timing(total=20.5, start=1.5, program=3.25, resources=13, end=2.75),
        ),
        cost=known,
        cost_missing="" if known else "aws:rds/instance:Instance::database: no price is known for postgres db.x.large",
        exceptions=(EXCEPTION,),
        ours_seconds=0.5,
    )


def containers(environment: Mapping[str, str], image: str = "sha256:5314fd90") -> str:
    """What a task runs, as the program writes it: one long JSON text."""
    variables = [{"name": name, "value": value} for name, value in environment.items()]
    return json.dumps([{"name": "api", "image": f"priceguard@{image}", "cpu": 0, "environment": variables}])


LEVEL = (
    change(
        "replace",
        TASK,
        "api",
        changed(
            "containerDefinitions",
            containers({"ENVIRONMENT": "dev", "LOG_LEVEL": "INFO", "PORT": "4000"}),
            containers({"DEBUG": "1", "ENVIRONMENT": "dev", "LOG_LEVEL": "DEBUG", "PORT": "4000"}),
            replaces=True,
        ),
        retained=True,
    ),
    change(
        "update",
        SERVICE,
        "api",
        changed("taskDefinition", "arn:aws:ecs:us-east-1:123456789012:task-definition/priceguard-dev:41", UNKNOWN),
    ),
)
REPLACEMENT = (
    change("create", "aws:budgets/budget:Budget", "monthly"),
    change("delete", "aws:budgets/budget:Budget", "yearly"),
    change(
        "replace",
        INSTANCE,
        "database",
        changed("kmsKeyId", f"{KEY}31a6", f"{KEY}77fe", replaces=True),
        changed("username", "priceguard", "owner", replaces=True),
        changed("password", "[secret]", "[secret]"),
        changed("tags.Owner", None, "platform"),
        changed("vpcSecurityGroupIds", ["sg-1", "sg-2"], ["sg-2", "sg-3"]),
        protect=True,
    ),
)
REFUSAL = (
    Diagnostic(
        severity="error",
        message=f'unable to replace resource "{urn(INSTANCE, "database")}"\nas it is currently marked for protection.',
        urn=urn(INSTANCE, "database"),
    ),
    Diagnostic(severity="error", message="preview failed", urn=""),
    Diagnostic(severity="info#err", message="a line of the program", urn=""),
)
PREVIEWS = {
    "nothing_changes": preview(unchanged=161),
    "log_level": preview(*LEVEL, unchanged=159),
    "protected_database": preview(*REPLACEMENT, unchanged=158, said=REFUSAL, before=None),
    "first_update": preview(
        *(change("create", type_, f"{place}") for type_, number in KINDS.items() for place in range(number)),
        before=cost_of(),
        after=LARGE,
    ),
    "refused_by_policy": preview(
        change(
            "update",
            INSTANCE,
            "database",
            changed("enabledCloudwatchLogsExports", ["postgresql", "upgrade"], ["postgresql"]),
            changed("multiAz", before=False, after=True),
        ),
        unchanged=160,
        policy=(
            violation("database-logs", INSTANCE, "database", "enabledCloudwatchLogsExports lacks upgrade"),
            PolicyResult(policy="of-another-pack", mandatory=True, urn="", message="Whatever it says."),
            *ADVICE,
        ),
        after=LARGE,
    ),
}
