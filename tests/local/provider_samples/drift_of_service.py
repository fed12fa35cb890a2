"""What is done by hand to what serves and watches, and at Stripe."""

import json

from tests.local.provider_samples.keys import POLICY
from tests.local.provider_samples.sample import Drift
from tests.local.provider_samples.service import TRACKING
from tests.local.provider_samples.watching import BODY

OPEN = json.dumps(POLICY, separators=(",", ":")).replace("logs:*", "*")
BALANCER = {"LoadBalancerArn": "@balancer.arn"}
SERVICE = {"cluster": "sample", "service": "sample"}
ACL = {"Name": "sample", "Scope": "REGIONAL", "Id": "@web_acl.id", "LockToken": "@web_acl.lockToken"}
SEEN = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": True, "MetricName": "sample"}
SCALED = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/sample/sample",
    "ScalableDimension": "ecs:service:DesiredCount",
}
CPU = {
    "TargetValue": 90,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
}
ALARM = {
    "AlarmName": "sample",
    "AlarmDescription": "errors",
    "Namespace": "AWS/ApplicationELB",
    "MetricName": "HTTPCode_ELB_5XX_Count",
    "Dimensions": [{"Name": "LoadBalancer", "Value": "app/sample/1"}],
    "Statistic": "Sum",
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Period": 300,
    "EvaluationPeriods": 1,
    "TreatMissingData": "notBreaching",
    "OKActions": ["@topic.arn"],
}

DRIFT = (
    Drift(
        "balancer",
        "elbv2",
        "modify_load_balancer_attributes",
        {
            **BALANCER,
            "Attributes": [
                {"Key": "deletion_protection.enabled", "Value": "true"},
                {"Key": "access_logs.s3.prefix", "Value": "elsewhere"},
            ],
        },
        {
            "enableDeletionProtection": True,
            "accessLogs": {"enabled": True, "bucket": "@bucket.bucket", "prefix": "elsewhere"},
        },
    ),
    Drift(
        "balancer",
        "elbv2",
        "set_security_groups",
        {**BALANCER, "SecurityGroups": ["@default_group.id"]},
        {"securityGroups": ["@default_group.id"]},
    ),
    Drift(
        "targets",
        "elbv2",
        "modify_target_group",
        {"TargetGroupArn": "@targets.arn", "HealthCheckPath": "/"},
        {"healthCheck": {"path": "/", "protocol": "HTTP", "matcher": "200", "interval": 30, "timeout": 5}},
    ),
    Drift(
        "redirect",
        "elbv2",
        "modify_listener",
        {
            "ListenerArn": "@redirect.arn",
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": "@targets.arn"}],
        },
        {"defaultActions": [{"type": "forward", "targetGroupArn": "@targets.arn"}]},
    ),
    Drift(
        "https",
        "elbv2",
        "modify_listener",
        {
            "ListenerArn": "@https.arn",
            "Certificates": [{"CertificateArn": "@certificate.arn"}],
            "SslPolicy": "ELBSecurityPolicy-2016-08",
        },
        {"certificateArn": "@certificate.arn", "sslPolicy": "ELBSecurityPolicy-2016-08"},
    ),
    Drift(
        "cluster",
        "ecs",
        "update_cluster",
        {"cluster": "sample", "settings": [{"name": "containerInsights", "value": "enabled"}]},
        {"settings": [{"name": "containerInsights", "value": "enabled"}]},
    ),
    Drift(
        "capacity",
        "ecs",
        "put_cluster_capacity_providers",
        {"cluster": "sample", "capacityProviders": ["FARGATE"], "defaultCapacityProviderStrategy": []},
        {"capacityProviders": ["FARGATE"]},
    ),
    Drift(
        "service",
        "ecs",
        "update_service",
        {**SERVICE, "taskDefinition": "@other_task.arn", "desiredCount": 7},
        {"taskDefinition": "@other_task.arn"},
    ),
    Drift(
        "service",
        "ecs",
        "update_service",
        {
            **SERVICE,
            "networkConfiguration": {
                "awsvpcConfiguration": {
                    "subnets": ["@subnet.id"],
                    "securityGroups": ["@group.id"],
                    "assignPublicIp": "DISABLED",
                }
            },
        },
        {
            "networkConfiguration": {
                "subnets": ["@subnet.id"],
                "securityGroups": ["@group.id"],
                "assignPublicIp": False,
            }
        },
    ),
    Drift(
        "scaling",
        "application-autoscaling",
        "register_scalable_target",
        {**SCALED, "MinCapacity": 1},
        {"minCapacity": 1},
    ),
    Drift(
        "scaling_policy",
        "application-autoscaling",
        "put_scaling_policy",
        {
            **SCALED,
            "PolicyName": "cpu",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": CPU,
        },
        {"targetTrackingScalingPolicyConfiguration": {**TRACKING, "targetValue": 90}},
    ),
    Drift(
        "web_acl",
        "wafv2",
        "update_web_acl",
        {**ACL, "DefaultAction": {"Block": {}}, "Description": "a firewall", "VisibilityConfig": SEEN},
        {"defaultAction": {"block": {}}},
    ),
    Drift(
        "web_acl_logging",
        "wafv2",
        "put_logging_configuration",
        {"LoggingConfiguration": {"ResourceArn": "@web_acl.arn", "LogDestinationConfigs": ["@logs.arn"]}},
        {"redactedFields": None},
    ),
    Drift(
        "topic",
        "sns",
        "set_topic_attributes",
        {"TopicArn": "@topic.arn", "AttributeName": "KmsMasterKeyId", "AttributeValue": ""},
        {"kmsMasterKeyId": None},
    ),
    Drift(
        "topic_policy",
        "sns",
        "set_topic_attributes",
        {"TopicArn": "@topic.arn", "AttributeName": "Policy", "AttributeValue": OPEN},
        {"policy": OPEN},
    ),
    Drift("alarm", "cloudwatch", "disable_alarm_actions", {"AlarmNames": ["sample"]}, {"actionsEnabled": False}),
    Drift(
        "alarm", "cloudwatch", "put_metric_alarm", {**ALARM, "Threshold": 1000}, {"threshold": 1000, "alarmActions": []}
    ),
    Drift(
        "dashboard",
        "cloudwatch",
        "put_dashboard",
        {"DashboardName": "sample", "DashboardBody": json.dumps({**BODY, "start": "-P1D"})},
        {"dashboardBody": json.dumps({**BODY, "start": "-P1D"})},
    ),
    Drift("webhook_endpoint", "stripe.webhook_endpoints", "update", {"disabled": True}, {"disabled": True}),
    Drift(
        "webhook_endpoint",
        "stripe.webhook_endpoints",
        "update",
        {"enabled_events": ["invoice.paid"], "metadata": {"slot": ""}},
        {"enabledEvents": ["invoice.paid"], "metadata": {"environment": "dev"}},
    ),
    Drift("product", "stripe.products", "update", {"name": "Renamed"}, {"name": "Renamed"}),
    Drift("price", "stripe.prices", "update", {"active": False}, {"active": False}),
)
