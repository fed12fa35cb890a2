"""What the emulator has of topics, alarms, metrics of logs and budgets, once they are made, changed and removed."""

from pathlib import Path
from typing import Any

from local.providers import Providers, Resource
from local.runner import Applier
from local.state import State
from render.monitor import run_program
from tests.local.conftest import AskAws
from tests.local.provider_samples import SAMPLES, resolved

PROGRAM = """
import pulumi_aws as aws
from infra.alarms import Alarms, AlarmsArgs
from infra.budget import Budget, BudgetArgs
from infra.dashboard import Dashboard, DashboardArgs
from infra.log_metrics import LogMetrics, LogMetricsArgs
from infra.naming import Naming

naming = Naming("program", "owner", "centre")
key = aws.kms.Key("key")
group = aws.cloudwatch.LogGroup("api", name=naming.path("api"))
metrics = LogMetrics("log-metrics", LogMetricsArgs(naming=naming, log_group_name=group.name))
watched = {
    "naming": naming,
    "region": "us-east-1",
    "load_balancer_arn_suffix": "app/a/1",
    "target_group_arn_suffix": "targetgroup/a/1",
    "cluster_name": "cluster",
    "service_name": "service",
    "database_identifier": "database",
    "log_namespace": metrics.namespace,
}
alarms = Alarms(
    "alarms",
    AlarmsArgs(
        account="123456789012",
        key_arn=key.arn,
        email="alarms",
        min_count=MIN_COUNT,
        database_class="db.t4g.micro",
        database_storage_gib=20,
        certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/a",
        **watched,
    ),
)
Dashboard("dashboard", DashboardArgs(alarm_arns=alarms.arns, **watched))
Budget("budget", BudgetArgs(naming=naming, monthly_limit=100, topic_arn=alarms.topic_arn))
"""
BUDGET = "aws:budgets/budget:Budget"
NAMES = ("key", "logs", "topic", "topic_policy", "subscription", "log_metric", "alarm", "dashboard", "budget")


def make(providers: Providers) -> dict[str, Resource]:
    """The samples of what watches, and what they need, under names of this file's own."""
    made: dict[str, Resource] = {}
    for name in NAMES:
        sample = SAMPLES[name]
        own = {k: f"watching-{v}" for k, v in sample.inputs.items() if k in {"name", "dashboardName"}}
        inputs: dict[str, Any] = {**resolved(sample.inputs, made), **own}
        made[name] = providers.create(sample.type, name, providers.check(sample.type, name, inputs, None))
    return made


def found(ask_aws: AskAws, account: str) -> list[int]:
    """How many topics, subscriptions, filters, alarms, dashboards and budgets of this file there are."""
    topics = [t["TopicArn"] for t in ask_aws("sns", "list_topics")["Topics"] if ":watching-" in t["TopicArn"]]
    subscriptions = [s for s in ask_aws("sns", "list_subscriptions")["Subscriptions"] if s["TopicArn"] in topics]
    filters = ask_aws("logs", "describe_metric_filters", filterNamePrefix="watching-")["metricFilters"]
    alarms = ask_aws("cloudwatch", "describe_alarms", AlarmNamePrefix="watching-")["MetricAlarms"]
    dashboards = ask_aws("cloudwatch", "list_dashboards", DashboardNamePrefix="watching-")["DashboardEntries"]
    budgets = ask_aws("budgets", "describe_budgets", AccountId=account)["Budgets"]
    mine = [budget for budget in budgets if budget["BudgetName"].startswith("watching-")]
    return [len(each) for each in (topics, subscriptions, filters, alarms, dashboards, mine)]


def test_what_watches_is_there_once_and_then_gone(providers: Providers, ask_aws: AskAws) -> None:
    """Also a filter and a budget, which are made anew when they change."""
    made = make(providers)
    account = made["budget"].outputs["accountId"]
    assert found(ask_aws, account) == [1, 1, 1, 1, 1, 1]

    for name in ("log_metric", "budget"):
        made[name] = providers.update(made[name], {**made[name].inputs, **SAMPLES[name].change})
    assert found(ask_aws, account) == [1, 1, 1, 1, 1, 1]

    for name in reversed(NAMES):
        providers.delete(made[name])
    assert found(ask_aws, account) == [0, 0, 0, 0, 0, 0]


def test_a_budget_tells_its_subscribers(providers: Providers, ask_aws: AskAws) -> None:
    """Topics and addresses are one list at AWS; a change of the tags alone leaves the budget as it is."""
    topic = "arn:aws:sns:us-east-1:000000000000:elsewhere"
    notification = {
        "notificationType": "FORECASTED",
        "comparisonOperator": "GREATER_THAN",
        "threshold": 100,
        "thresholdType": "PERCENTAGE",
        "subscriberSnsTopicArns": [topic],
    }
    inputs = {**SAMPLES["budget"].inputs, "name": "told", "notifications": [notification]}
    budget = providers.create(BUDGET, "budget", inputs)
    budget = providers.update(budget, {**inputs, "tags": {"Name": "c"}})

    where = {"AccountId": budget.outputs["accountId"], "BudgetName": "told"}
    (told,) = ask_aws("budgets", "describe_notifications_for_budget", **where)["Notifications"]
    assert (told["NotificationType"], told["Threshold"]) == ("FORECASTED", 100)
    assert budget.outputs["tagsAll"] == {"Name": "c"}

    providers.delete(budget)
    remaining = ask_aws("budgets", "describe_budgets", AccountId=where["AccountId"])["Budgets"]
    assert "told" not in {one["BudgetName"] for one in remaining}


def test_the_programs_own_are_made_once_and_changed_in_place(
    providers: Providers, ask_aws: AskAws, tmp_path: Path
) -> None:
    """All that watches, as the program says it; a second run does nothing, another count changes one alarm."""

    def run(min_count: int) -> list[tuple[str, str]]:
        operations: list[dict[str, Any]] = []
        (tmp_path / "__main__.py").write_text(PROGRAM.replace("MIN_COUNT", str(min_count)))
        applier = Applier(providers, State.load(tmp_path / "state.json"), operations.append)
        run_program("dev", {}, applier, tmp_path)
        applier.remove_the_rest()
        return [(o["op"], o["name"]) for o in operations if o["op"] != "same"]

    made = run(1)
    alarms = ask_aws("cloudwatch", "describe_alarms", AlarmNamePrefix="priceguard-program-")["MetricAlarms"]

    assert {operation for operation, _ in made} == {"create"}
    assert len(alarms) == 19
    assert len({alarm["AlarmActions"][0] for alarm in alarms}) == 1
    (topic,) = [t["TopicArn"] for t in ask_aws("sns", "list_topics")["Topics"] if "priceguard-program" in t["TopicArn"]]
    attributes = ask_aws("sns", "get_topic_attributes", TopicArn=topic)["Attributes"]
    assert "aws:SecureTransport" in attributes["Policy"]
    assert attributes["KmsMasterKeyId"].startswith("arn:aws:kms:")
    assert run(1) == []
    assert run(2) == [("update", "missing-targets")]
