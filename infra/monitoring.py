"""Monitoring: who is told of trouble and of money, and what they look at; wired here from the parts it watches."""

from dataclasses import dataclass
from typing import Any

from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.alarms import Alarms, AlarmsArgs
from infra.budget import Budget, BudgetArgs
from infra.dashboard import Dashboard, DashboardArgs
from infra.database import Database
from infra.fargate_service import FargateService
from infra.load_balancer import LoadBalancer
from infra.log_metrics import LogMetrics, LogMetricsArgs
from infra.naming import Naming
from infra.settings import Settings


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """What is watched.

    Args:
        naming: names and tags of the environment.
        settings: its settings.
        key_arn: KMS key that encrypts messages.
        certificate_arn: certificate of the HTTPS listener.
        log_group_name: where the API's lines are.
        load_balancer, database: those of the environment.
        service: the service; None while there is none, and then nothing that the API does is watched.
    """

    naming: Naming
    settings: Settings
    key_arn: Input[str]
    certificate_arn: Input[str]
    log_group_name: Input[str]
    load_balancer: LoadBalancer
    database: Database
    service: FargateService | None


class Monitoring(ComponentResource):
    """priceguard:monitoring:Monitoring. Makes metrics of the log, alarms, the dashboard and the budget.

    Attributes:
        topic_arn: where alarms are published.
        dashboard_name: of the dashboard, as the console's address has it.
    """

    def __init__(self, name: str, args: MonitoringArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:monitoring:Monitoring", name, None, opts)
        naming, s, child = args.naming, args.settings, ResourceOptions(parent=self)
        metrics = LogMetrics("log-metrics", LogMetricsArgs(naming=naming, log_group_name=args.log_group_name), child)
        watched: dict[str, Any] = {
            "naming": naming,
            "region": s.region,
            "load_balancer_arn_suffix": args.load_balancer.arn_suffix,
            "target_group_arn_suffix": args.load_balancer.target_group_arn_suffix,
            "cluster_name": args.service and args.service.cluster_name,
            "service_name": args.service and args.service.name,
            "database_identifier": args.database.identifier,
            "log_namespace": metrics.namespace,
        }
        alarms = AlarmsArgs(
            **watched,
            account=s.account,
            key_arn=args.key_arn,
            email=s.alarms.email,
            min_count=s.min_count,
            database_class=s.database.instance_class,
            database_storage_gib=s.database.allocated_storage,
            certificate_arn=args.certificate_arn,
        )
        made = Alarms("alarms", alarms, child)
        dashboard = Dashboard("dashboard", DashboardArgs(**watched, alarm_arns=made.arns), child)
        budget = BudgetArgs(naming=naming, monthly_limit=s.alarms.monthly_budget, topic_arn=made.topic_arn)
        Budget("budget", budget, child)
        self.topic_arn: Output[str] = made.topic_arn
        self.dashboard_name: Output[str] = dashboard.name
        self.register_outputs({"topicArn": self.topic_arn, "dashboardName": self.dashboard_name})
