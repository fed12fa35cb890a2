"""Alarms and dashboards: aws:cloudwatch/... The emulator keeps them; no alarm goes off by itself."""

from local.providers.naming import Named
from local.providers.rows import Call, Row, Service, Update, document, tagging

CLOUDWATCH = Service(
    "cloudwatch",
    tagging(
        Call("tag_resource", {"ResourceARN": "arn", "Tags": "added.tags"}),
        Call("untag_resource", {"ResourceARN": "arn", "TagKeys": "removed.tags"}),
    ),
)

ROWS = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": Row(
        service=CLOUDWATCH,
        create=Call("put_metric_alarm"),
        id="name",
        arn="alarm:{name}",
        defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        names={"name": "AlarmName", "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile"},
        updates=(Update((Call("put_metric_alarm"),), whole=True),),
        replaces={"name"},
        delete=(Call("delete_alarms", {"AlarmNames": "[name]"}),),
        named=Named(),
    ),
    "aws:cloudwatch/dashboard:Dashboard": Row(
        service=Service("cloudwatch"),
        create=Call("put_dashboard"),
        id="dashboardName",
        outputs={"dashboardArn": "join('', ['arn:aws:cloudwatch::', account, ':dashboard/', dashboardName])"},
        updates=(Update((Call("put_dashboard"),), whole=True),),
        replaces={"dashboardName"},
        delete=(Call("delete_dashboards", {"DashboardNames": "[dashboardName]"}),),
        normal={"dashboardBody": document},
    ),
}
