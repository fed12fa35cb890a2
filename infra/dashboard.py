"""The dashboard: how the environment is, on one page of CloudWatch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.naming import Naming

# CloudWatch's grid is 24 columns wide.
COLUMNS = 24
STATUS_HEIGHT, WIDTH, HEIGHT = 4, 8, 6
SECONDS = 300


@dataclass(frozen=True)
class Panel:
    """One graph.

    Args:
        title: with the unit where it is no count.
        of: what is shown: `balancer`, `targets`, `service`, `database` or `log`.
        lines: (metric, statistic of five minutes), in the order of the legend.
    """

    title: str
    of: str
    lines: tuple[tuple[str, str], ...]


PANELS = (
    Panel(
        "Requests",
        "balancer",
        (("RequestCount", "Sum"), ("HTTPCode_Target_2XX_Count", "Sum"), ("HTTPCode_Target_4XX_Count", "Sum")),
    ),
    Panel("Errors", "balancer", (("HTTPCode_Target_5XX_Count", "Sum"), ("HTTPCode_ELB_5XX_Count", "Sum"))),
    Panel("Latency, seconds", "balancer", tuple(("TargetResponseTime", s) for s in ("p50", "p95", "p99"))),
    Panel("Tasks", "targets", (("HealthyHostCount", "Minimum"), ("UnHealthyHostCount", "Maximum"))),
    Panel("Tasks, percent", "service", (("CPUUtilization", "Average"), ("MemoryUtilization", "Average"))),
    Panel("Webhook events", "log", tuple((f"webhook-{s}", "Sum") for s in ("bookings", "failures", "refusals"))),
    Panel(
        "Billing trouble",
        "log",
        tuple((name, "Sum") for name in ("dead-letters", "stripe-key-refusals", "reconciliation-failures")),
    ),
    Panel("Background work and logins", "log", (("reconciliations", "Sum"), ("login-failures", "Sum"))),
    Panel("Database processor, percent", "database", (("CPUUtilization", "Average"),)),
    Panel("Database connections", "database", (("DatabaseConnections", "Maximum"),)),
    Panel("Database, free bytes", "database", (("FreeStorageSpace", "Minimum"), ("FreeableMemory", "Minimum"))),
)


@dataclass(frozen=True, kw_only=True)
class DashboardArgs:
    """What the dashboard is made from.

    Args:
        naming: names of the environment.
        region: region of what is shown.
        load_balancer_arn_suffix, target_group_arn_suffix: what CloudWatch knows them by.
        cluster_name, service_name: the service; None while there is none, and then its graph is left out.
        database_identifier: the instance's name at RDS.
        log_namespace: namespace of the metrics of the API's log.
        alarm_arns: alarms whose state is shown.
    """

    naming: Naming
    region: str
    load_balancer_arn_suffix: Input[str]
    target_group_arn_suffix: Input[str]
    cluster_name: Input[str] | None
    service_name: Input[str] | None
    database_identifier: Input[str]
    log_namespace: str
    alarm_arns: list[Output[str]]


class Dashboard(ComponentResource):
    """priceguard:dashboard:Dashboard. Makes the dashboard.

    Attributes:
        name: of the dashboard, as the console's address has it.
    """

    def __init__(self, name: str, args: DashboardArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:dashboard:Dashboard", name, None, opts)
        dashboard = aws.cloudwatch.Dashboard(
            "environment",
            dashboard_name=args.naming.physical(),
            dashboard_body=Output.json_dumps(body(args)),
            opts=ResourceOptions(parent=self),
        )
        self.name: Output[str] = dashboard.dashboard_name
        self.register_outputs({"name": self.name})


def body(args: DashboardArgs) -> dict[str, Any]:
    """The dashboard in CloudWatch's JSON: the alarms above, then three graphs a row.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    status = widget("alarm", (0, 0), (COLUMNS, STATUS_HEIGHT), {"title": "Alarms", "alarms": args.alarm_arns})
    known = sources(args)
    shown = [panel for panel in PANELS if panel.of in known]
    graphs = [graph(panel, place, known[panel.of], args.region) for place, panel in enumerate(shown)]
    return {"widgets": [status, *graphs]}


def sources(args: DashboardArgs) -> dict[str, tuple[str, Mapping[str, Input[str]]]]:
    """What is shown -> namespace and dimensions of its metrics."""
    balancer = {"LoadBalancer": args.load_balancer_arn_suffix}
    found: dict[str, tuple[str, Mapping[str, Input[str]]]] = {
        "balancer": ("AWS/ApplicationELB", balancer),
        "targets": ("AWS/ApplicationELB", {"TargetGroup": args.target_group_arn_suffix, **balancer}),
        "database": ("AWS/RDS", {"DBInstanceIdentifier": args.database_identifier}),
        "log": (args.log_namespace, {}),
    }
    if args.cluster_name is not None and args.service_name is not None:
        found["service"] = ("AWS/ECS", {"ClusterName": args.cluster_name, "ServiceName": args.service_name})
    return found


def graph(panel: Panel, place: int, source: tuple[str, Mapping[str, Input[str]]], region: str) -> dict[str, Any]:
    """One graph, at the `place`-th place under the alarms."""
    namespace, dimensions = source
    row, column = divmod(place, COLUMNS // WIDTH)
    by = [text for pair in dimensions.items() for text in pair]
    properties = {
        "title": panel.title,
        "region": region,
        "view": "timeSeries",
        "period": SECONDS,
        "metrics": [
            [namespace, metric, *by, {"stat": statistic, "label": f"{metric} {statistic}"}]
            for metric, statistic in panel.lines
        ],
    }
    return widget("metric", (column * WIDTH, STATUS_HEIGHT + row * HEIGHT), (WIDTH, HEIGHT), properties)


def widget(type_: str, place: tuple[int, int], size: tuple[int, int], properties: dict[str, Any]) -> dict[str, Any]:
    """A widget at a place (column, row) and of a size (width, height) of the grid."""
    (x, y), (width, height) = place, size
    return {"type": type_, "x": x, "y": y, "width": width, "height": height, "properties": properties}
