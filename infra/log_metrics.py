"""Metrics of the API's log: how often a line says that something went wrong with money, or with logins.

The patterns are in CloudWatch's language for JSON lines:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Input, ResourceOptions

from infra.naming import Naming

# Metric -> the lines that it counts; docs/runbook.md says what each event means. `reconciled` comes every ten minutes
# and shows by its absence that the API's background work has stopped. What is no error, as it is and every request that
# is refused, needs the log level INFO or finer.
PATTERNS: Mapping[str, str] = {
    "webhook-failures": '{ ($.event = "webhook_failed") || ($.event = "webhook_worker_failed") }',
    "dead-letters": '{ $.event = "webhook_dead" }',
    "webhook-refusals": '{ ($.event = "request") && ($.path = "/api/stripe/webhook") && ($.status = 400) }',
    "webhook-bookings": '{ $.event = "webhook_booked" }',
    "stripe-key-refusals": '{ $.event = "stripe_key_refused" }',
    "reconciliation-failures": '{ ($.event = "reconciliation_gave_up") || ($.event = "reconciliation_stopped") }',
    "reconciliations": '{ $.event = "reconciled" }',
    "login-failures": (
        '{ ($.event = "request") && ($.path = "/api/auth/login") && (($.status = 401) || ($.status = 429)) }'
    ),
}


@dataclass(frozen=True, kw_only=True)
class LogMetricsArgs:
    """What the metrics are made from.

    Args:
        naming: names of the environment.
        log_group_name: where the API's lines are.
    """

    naming: Naming
    log_group_name: Input[str]


class LogMetrics(ComponentResource):
    """priceguard:log_metrics:LogMetrics. Makes a metric filter for each of PATTERNS, with a metric of the same name.

    Attributes:
        namespace: of the metrics; they have no dimensions.
    """

    def __init__(self, name: str, args: LogMetricsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:log_metrics:LogMetrics", name, None, opts)
        self.namespace = args.naming.physical()
        for metric, pattern in PATTERNS.items():
            aws.cloudwatch.LogMetricFilter(
                metric,
                name=args.naming.physical(metric),
                log_group_name=args.log_group_name,
                pattern=pattern,
                # Without a default value: CloudWatch bills a metric by the hours in which it has data.
                metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                    name=metric, namespace=self.namespace, value="1"
                ),
                opts=ResourceOptions(parent=self),
            )
        self.register_outputs({"namespace": self.namespace})
