"""Alarms and dashboards: aws:cloudwatch/... The emulator keeps them; no alarm goes off by itself."""

from local.providers.naming import Named
from local.providers.rows import Call, Lookup, Read, Row, Service, Update, document, tagging

CLOUDWATCH = Service(
    "cloudwatch",
    tagging(
        Call("tag_resource", {"ResourceARN": "arn", "Tags": "added.tags"}),
        Call("untag_resource", {"ResourceARN": "arn", "TagKeys": "removed.tags"}),
    ),
    Lookup(Call("list_tags_for_resource", {"ResourceARN": "arn"}), {"tags": "pairs(Tags, 'Key', 'Value')"}),
)

_ALARM = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "dimensions": "pairs(Dimensions, 'Name', 'Value')",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData || 'missing'",
    "unit": "Unit",
}

ROWS = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": Row(
        service=CLOUDWATCH,
        create=Call("put_metric_alarm"),
        id="name",
        arn="alarm:{name}",
        defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        names={"name": "AlarmName", "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile"},
        read=Read(Call("describe_alarms", {"AlarmNames": "[name]"}), _ALARM, "MetricAlarms[0]"),
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
        read=Read(Call("get_dashboard", {"DashboardName": "dashboardName"}), {"dashboardBody": "DashboardBody"}),
        updates=(Update((Call("put_dashboard"),), whole=True),),
        replaces={"dashboardName"},
        delete=(Call("delete_dashboards", {"DashboardNames": "[dashboardName]"}),),
        normal={"dashboardBody": document},
    ),
}
