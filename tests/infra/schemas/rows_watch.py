"""What watches: logs, alarms, dashboard, budget."""

from tests.infra.schemas.conversion import Conversion, document, each, inside, pairs
from tests.infra.schemas.row import Row, Rows


def subscribers(kind: str) -> Conversion:
    """Who is told of a budget, by one way."""
    return lambda _, to: {"Subscribers": [{"SubscriptionType": kind, "Address": address} for address in to]}


METRIC = {"name": "MetricName", "namespace": "MetricNamespace", "value": "MetricValue"}
NOTIFICATION = {
    name: inside("Notification", name)
    for name in ("comparisonOperator", "notificationType", "threshold", "thresholdType")
} | {"subscriberSnsTopicArns": subscribers("SNS"), "subscriberEmailAddresses": subscribers("EMAIL")}

WATCH: Rows = {
    "aws:budgets/budget:Budget": Row(
        "AWS::Budgets::Budget",
        {
            "name": inside("Budget", "BudgetName"),
            "budgetType": inside("Budget", "BudgetType"),
            "timeUnit": inside("Budget", "TimeUnit"),
            "limitAmount": inside("Budget", "BudgetLimit", "Amount"),
            "limitUnit": inside("Budget", "BudgetLimit", "Unit"),
            "costFilters": lambda _, filters: {"Budget": {"CostFilters": {f["name"]: f["values"] for f in filters}}},
            "notifications": each("NotificationsWithSubscribers", NOTIFICATION),
            "tags": pairs("ResourceTags", "Key", "Value"),
        },
    ),
    "aws:cloudwatch/dashboard:Dashboard": Row("AWS::CloudWatch::Dashboard"),
    "aws:cloudwatch/logGroup:LogGroup": Row("AWS::Logs::LogGroup", {"name": "LogGroupName"}),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": Row(
        "AWS::Logs::MetricFilter",
        {
            "name": "FilterName",
            "pattern": "FilterPattern",
            "metricTransformation": lambda names, one: each("MetricTransformations", METRIC)(names, [one]),
        },
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Row(
        "AWS::CloudWatch::Alarm", {"name": "AlarmName", "dimensions": pairs("Dimensions", "Name", "Value")}
    ),
    "aws:sns/topic:Topic": Row("AWS::SNS::Topic", {"name": "TopicName"}),
    "aws:sns/topicPolicy:TopicPolicy": Row(
        "AWS::SNS::TopicPolicy", {"arn": inside("Topics[]"), "policy": document("PolicyDocument")}
    ),
    "aws:sns/topicSubscription:TopicSubscription": Row("AWS::SNS::Subscription", {"topic": "TopicArn"}),
}
