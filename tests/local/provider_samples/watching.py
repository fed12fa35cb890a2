"""Samples of what watches: topics, alarms, metrics of logs, dashboards, budgets."""

import json

from tests.local.provider_samples.keys import POLICY
from tests.local.provider_samples.sample import Sample

BY_TLS = json.dumps(POLICY).replace("logs:*", "sns:Publish")
BODY = {"widgets": [{"type": "text", "x": 0, "y": 0, "width": 24, "height": 2, "properties": {"markdown": "a"}}]}

SAMPLES = {
    "topic": Sample(
        "aws:sns/topic:Topic",
        {"name": "sample", "kmsMasterKeyId": "@key.arn", "tags": {"Name": "a"}},
        {"displayName": "the topic", "tags": {"Name": "b"}},
        ("sns", "get_topic_attributes", {"TopicArn": "@topic.arn"}, "Attributes.DisplayName == 'the topic'"),
        {"name": "other"},
    ),
    "topic_policy": Sample(
        "aws:sns/topicPolicy:TopicPolicy",
        {"arn": "@topic.arn", "policy": json.dumps(POLICY)},
        {"policy": BY_TLS},
        (
            "sns",
            "get_topic_attributes",
            {"TopicArn": "@topic.arn"},
            "contains(Attributes.Policy, 'sns:Publish')",
        ),
        {"arn": "arn:aws:sns:us-east-1:123456789012:other"},
    ),
    "subscription": Sample(
        "aws:sns/topicSubscription:TopicSubscription",
        {"topic": "@topic.arn", "protocol": "email", "endpoint": "alarms"},
        replaced_by={"endpoint": "others"},
    ),
    "log_metric": Sample(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        {
            "name": "sample",
            "logGroupName": "@logs.name",
            "pattern": '{ $.event = "a" }',
            "metricTransformation": {"name": "a", "namespace": "sample", "value": "1"},
        },
        {"pattern": '{ $.event = "b" }'},
        (
            "logs",
            "describe_metric_filters",
            {"logGroupName": "@logs.name"},
            "length(metricFilters) == `1` && contains(metricFilters[0].filterPattern, 'b')",
        ),
        {"logGroupName": "/other"},
    ),
    "alarm": Sample(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "name": "sample",
            "alarmDescription": "errors",
            "namespace": "AWS/ApplicationELB",
            "metricName": "HTTPCode_ELB_5XX_Count",
            "dimensions": {"LoadBalancer": "app/sample/1"},
            "statistic": "Sum",
            "comparisonOperator": "GreaterThanOrEqualToThreshold",
            "threshold": 10,
            "period": 300,
            "evaluationPeriods": 1,
            "treatMissingData": "notBreaching",
            "alarmActions": ["@topic.arn"],
            "okActions": ["@topic.arn"],
            "tags": {"Name": "a"},
        },
        {"threshold": 20, "tags": {"Name": "b"}},
        (
            "cloudwatch",
            "describe_alarms",
            {"AlarmNames": ["sample"]},
            (
                "MetricAlarms[0].Threshold == `20` && MetricAlarms[0].Dimensions[0].Value == 'app/sample/1' "
                "&& MetricAlarms[0].OKActions[0] == '@topic.arn'"
            ),
        ),
        {"name": "other"},
    ),
    "dashboard": Sample(
        "aws:cloudwatch/dashboard:Dashboard",
        {"dashboardName": "sample", "dashboardBody": json.dumps(BODY)},
        {"dashboardBody": json.dumps(BODY).replace('"a"', '"b"')},
        ("cloudwatch", "get_dashboard", {"DashboardName": "sample"}, "contains(DashboardBody, '\"b\"')"),
        {"dashboardName": "other"},
    ),
    "budget": Sample(
        "aws:budgets/budget:Budget",
        {
            "name": "sample",
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "100",
            "limitUnit": "USD",
            "costFilters": [{"name": "TagKeyValue", "values": ["user:Environment$dev"]}],
            "notifications": [
                {
                    "notificationType": "ACTUAL",
                    "comparisonOperator": "GREATER_THAN",
                    "threshold": 80,
                    "thresholdType": "PERCENTAGE",
                    "subscriberSnsTopicArns": ["@topic.arn"],
                }
            ],
            "tags": {"Name": "a"},
        },
        {"limitAmount": "200", "tags": {"Name": "b"}},
        (
            "budgets",
            "describe_budget",
            {"AccountId": "@budget.accountId", "BudgetName": "sample"},
            "Budget.BudgetLimit.Amount == '200' && Budget.CostFilters.TagKeyValue[0] == 'user:Environment$dev'",
        ),
        {"name": "other"},
    ),
}
