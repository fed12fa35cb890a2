"""Prices of what keeps, watches and counts: secrets, keys, alarms, dashboards, images."""

from decimal import Decimal
from typing import Any

from render.cost_inputs import (
    Charge,
    Charges,
    Context,
    Note,
    Pricing,
    Unpriced,
    Usage,
    key,
    nested,
    several,
    times,
    whole,
    word,
)
from render.manifest import ManifestResource

FREE_DASHBOARDS = 3
ALARMS_OF_A_POLICY = 2
"""Alarms that a target tracking policy makes on ECS: one to add tasks, one to take them away."""
COARSE = 60
"""Seconds of the shortest period that a standard alarm looks at."""


def fixed(part: str, what: str, item: str) -> Pricing:
    """One of `item` for each resource."""

    def pricing(_resource: ManifestResource, _context: Context) -> Charges:
        yield Charge(part=part, what=what, item=item, quantity=Decimal(1))

    return pricing


def secret(resource: ManifestResource, _: Context) -> Charges:
    """A secret, and each of its replicas in other regions."""
    copies = 1 + len(several(resource, "replicas"))
    what = "secret" if copies == 1 else f"secret and {times(copies - 1, 'replica')}"
    yield Charge(part="secret", what=what, item="secrets_manager_secret", quantity=Decimal(copies))


def metric_alarm(resource: ManifestResource, _: Context) -> Charges:
    """An alarm, by the metrics that it looks at; on an anomaly at that price."""
    queries = several(resource, "metricQueries")
    metrics = [query["metric"] for query in queries if "metric" in query]
    periods = [whole(resource, "period", COARSE), *(metric.get("period", COARSE) for metric in metrics)]
    if any(str(period).isdecimal() and int(period) < COARSE for period in periods):
        yield Unpriced("alarm on a metric of high resolution")
    elif "thresholdMetricId" in resource.inputs:
        yield Charge(part="alarm", what="anomaly alarm", item="cloudwatch_alarm_anomaly", quantity=Decimal(1))
    else:
        count = len(metrics) or 1
        what = "alarm" if count == 1 else f"alarm on {count} metrics"
        yield Charge(part="alarm", what=what, item="cloudwatch_alarm_standard", quantity=Decimal(count))


def log_metric(resource: ManifestResource, _: Context) -> Charges:
    """A metric of a log, as if there were something to count in every hour; with dimensions there are many."""
    if "dimensions" in nested(resource, "metricTransformation"):
        yield Usage("custom metrics")
    else:
        yield Charge(
            part="metric",
            what="metric of a log, in every hour",
            item="cloudwatch_custom_metric",
            quantity=Decimal(1),
            sure=False,
        )
        yield Note("a metric of a log is billed by the hours in which it counts something; here by all of them")


def scaling_policy(resource: ManifestResource, _: Context) -> Charges:
    """The alarms that a target tracking policy makes; their number is AWS's, so it is only near."""
    if word(resource, "policyType", "StepScaling") == "TargetTrackingScaling":
        yield Charge(
            part="alarms",
            what="alarms that target tracking makes",
            item="cloudwatch_alarm_standard",
            quantity=Decimal(ALARMS_OF_A_POLICY),
            sure=False,
        )


def dashboard(resource: ManifestResource, context: Context) -> Charges:
    """The first three of an account are free; no price is known for more."""
    made_here = [key(one) for one in context.manifest.of_type(resource.type)]
    if made_here.index(key(resource)) >= FREE_DASHBOARDS:
        yield Unpriced(f"dashboard beyond the first {FREE_DASHBOARDS}")
    else:
        yield Note(f"CloudWatch dashboards: free, being of the first {FREE_DASHBOARDS} of the account")


def repository(resource: ManifestResource, context: Context) -> Charges:
    """An assumed amount of images."""
    yield Charge(part="images", what="GB of images, assumed", item="ecr_storage", quantity=context.image_gb)
    yield Note(f"{resource.name}: {context.image_gb.normalize():f} GB of images is assumed")


def cluster(resource: ManifestResource, _: Context) -> Charges:
    """Free; Container Insights is billed by metrics, which depend on what runs."""
    settings: list[dict[str, Any]] = several(resource, "settings")
    if any(one.get("name") == "containerInsights" and one.get("value") != "disabled" for one in settings):
        yield Usage("metrics and logs of Container Insights")


def nothing(_resource: ManifestResource, _context: Context) -> Charges:
    """Free, or billed by usage alone."""
    yield from ()
