"""What people look at, and what an environment may cost."""

import json
from itertools import pairwise
from typing import Any

from render.configuration import read_configuration
from render.manifest import Manifest
from render.program import run

BUDGET = "aws:budgets/budget:Budget"
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
TOPIC = "${aws:sns/topic:Topic::alarms.arn}"


def widgets(stack: Manifest) -> list[dict[str, Any]]:
    """What is on the dashboard."""
    return json.loads(stack.one(DASHBOARD).inputs["dashboardBody"])["widgets"]


def shown(stack: Manifest) -> set[tuple[str, str]]:
    """Namespaces and names of the metrics on the dashboard."""
    graphs = [one["properties"] for one in widgets(stack) if one["type"] == "metric"]
    return {(line[0], line[1]) for graph in graphs for line in graph["metrics"]}


def test_the_dashboard_is_the_same_each_time(dev: Manifest) -> None:
    """Byte for byte: a body that differs would be an update."""
    assert run("dev").one(DASHBOARD).inputs == dev.one(DASHBOARD).inputs


def test_nothing_lies_over_anything_else(stack: Manifest) -> None:
    """Every place of the 24 columns is taken once at the most."""
    taken = [
        (x, y)
        for one in widgets(stack)
        for x in range(one["x"], one["x"] + one["width"])
        for y in range(one["y"], one["y"] + one["height"])
    ]

    assert len(set(taken)) == len(taken)
    assert {x for x, _ in taken} == set(range(24))


def test_what_the_log_tells_is_on_the_dashboard(stack: Manifest) -> None:
    """Every metric that a filter makes, and none that nothing makes."""
    of_filters = {one.inputs["metricTransformation"]["name"] for one in stack.of_type(FILTER)}

    assert {name for namespace, name in shown(stack) if namespace == f"priceguard-{stack.stack}"} == of_filters
    assert {namespace for namespace, _ in shown(stack)} == {
        *("AWS/ApplicationELB", "AWS/ECS", "AWS/RDS", f"priceguard-{stack.stack}"),
    }


def test_a_line_names_its_metric_its_dimensions_and_its_statistic(stack: Manifest) -> None:
    """In the order in which CloudWatch reads it: namespace, metric, name and value of each dimension, options."""
    graphs = {one["properties"]["title"]: one["properties"] for one in widgets(stack)}

    assert graphs["Tasks"]["metrics"][0] == [
        *("AWS/ApplicationELB", "HealthyHostCount"),
        *("TargetGroup", "${aws:lb/targetGroup:TargetGroup::api.arnSuffix}"),
        *("LoadBalancer", "${aws:lb/loadBalancer:LoadBalancer::api.arnSuffix}"),
        {"stat": "Minimum", "label": "HealthyHostCount Minimum"},
    ]
    assert {graph["region"] for title, graph in graphs.items() if title != "Alarms"} == {"us-east-1"}


def test_every_alarm_shows_its_state(stack: Manifest) -> None:
    """All of them, first."""
    first, *_ = widgets(stack)
    alarms = stack.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")

    assert first["type"] == "alarm"
    assert sorted(first["properties"]["alarms"]) == sorted(f"${{{one.type}::{one.name}.arn}}" for one in alarms)


def test_without_a_service_its_graph_is_left_out() -> None:
    """And the others close the gap."""
    stack = run("dev", {"priceguard:image": "none"})
    places = [(one["y"], one["x"]) for one in widgets(stack)]

    assert "AWS/ECS" not in {namespace for namespace, _ in shown(stack)}
    assert all(earlier < later for earlier, later in pairwise(places))
    assert places[1:4] == [(4, 0), (4, 8), (4, 16)]


def test_the_budget_is_the_configured_one_of_the_environments_tag(stack: Manifest) -> None:
    """US dollars a month, of what carries the tag that all resources carry."""
    budget = stack.one(BUDGET).inputs
    tags = [one.inputs["tags"] for one in stack.resources if one.type.startswith("aws:") and "tags" in one.inputs]

    assert (budget["budgetType"], budget["timeUnit"], budget["limitUnit"]) == ("COST", "MONTHLY", "USD")
    configured = json.loads(read_configuration(stack.stack)["priceguard:alarms"])
    assert budget["limitAmount"] == str(configured["monthlyBudget"])
    assert {each["Environment"] for each in tags} == {stack.stack}
    assert budget["costFilters"] == [{"name": "TagKeyValue", "values": [f"user:Environment${stack.stack}"]}]


def test_it_is_said_when_four_fifths_are_spent_and_when_the_rest_will_not_do(stack: Manifest) -> None:
    """To the topic of the alarms."""
    told = stack.one(BUDGET).inputs["notifications"]

    assert [(one["notificationType"], one["threshold"]) for one in told] == [("ACTUAL", 80), ("FORECASTED", 100)]
    assert {one["thresholdType"] for one in told} == {"PERCENTAGE"}
    assert {one["comparisonOperator"] for one in told} == {"GREATER_THAN"}
    assert [one["subscriberSnsTopicArns"] for one in told] == [[TOPIC], [TOPIC]]
