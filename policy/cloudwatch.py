"""Alarms and logs: somebody is told, and can look it up afterwards."""

from collections.abc import Iterator

from policy.load_balancing import LOAD_BALANCER
from policy.rule import IN_PROD, Finding, Rule, demands, shown
from policy.stack import Stack, is_known

METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE_ALARM = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
PROD_DAYS = 365
DEV_DAYS = range(14, 31)


def silent_alarms(stack: Stack) -> Iterator[Finding]:
    """Alarms that tell nobody, and an API without any."""
    alarms = stack.of_type(METRIC_ALARM, COMPOSITE_ALARM)
    for alarm in alarms:
        if alarm.lacks("alarmActions"):
            yield Finding("has no alarmActions", alarm)
        if alarm.differs("actionsEnabled", (True, None)):
            yield Finding("its actions are switched off", alarm)
    if not alarms and stack.of_type(LOAD_BALANCER):
        yield Finding("there is no alarm at all")


def retention(stack: Stack) -> Iterator[Finding]:
    """Logs that are kept too shortly, or for ever."""
    expected = f"{PROD_DAYS} or more" if stack.is_prod else f"{DEV_DAYS[0]} to {DEV_DAYS[-1]}"
    for group in stack.of_type(LOG_GROUP):
        days = group.value("retentionInDays")
        enough = (days or 0) >= PROD_DAYS if stack.is_prod and is_known(days) else days in DEV_DAYS
        if is_known(days) and not enough:
            yield Finding(f"retentionInDays is {shown(days or None)} instead of {expected}", group)


RULES = (
    Rule(
        name="alarm-actions",
        controls=("CloudWatch.15", "CloudWatch.17"),
        why="The first to know that the API is down are the customers.",
        fix="Add alarms, give each the ARN of the SNS topic in alarmActions, and leave actionsEnabled true.",
        levels=IN_PROD,
        check=silent_alarms,
    ),
    Rule(
        name="log-retention",
        controls=("CloudWatch.16",),
        why="Logs are gone before an incident is understood, or are kept and paid for ever.",
        fix=f"Set retentionInDays: at least {PROD_DAYS} in prod, {DEV_DAYS[0]} to {DEV_DAYS[-1]} elsewhere.",
        check=retention,
    ),
    Rule(
        name="log-encryption",
        controls=("CloudWatch.16",),
        why="Who may read logs cannot be decided, nor taken back, without a key of one's own.",
        fix="Set kmsKeyId to the environment's key, whose policy must let CloudWatch Logs use it for this log group.",
        check=demands(LOG_GROUP, "kmsKeyId"),
    ),
)
