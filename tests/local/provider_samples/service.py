"""Samples of what serves: load balancer and containers."""

import json

from tests.local.provider_samples.sample import Sample


def container(image: str) -> str:
    """A task definition's containers, as the program writes them."""
    return json.dumps(
        [
            {
                "name": "api",
                "image": image,
                "essential": True,
                "portMappings": [{"containerPort": 4000, "hostPort": 4000, "protocol": "tcp"}],
                "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                "linuxParameters": {"initProcessEnabled": True},
                "healthCheck": {"command": ["CMD", "true"], "interval": 30, "startPeriod": 30},
                "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "@logs.name"}},
            }
        ]
    )


TRACKING = {
    "targetValue": 60,
    "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
}


SAMPLES = {
    "balancer": Sample(
        "aws:lb/loadBalancer:LoadBalancer",
        {
            "name": "sample",
            "loadBalancerType": "application",
            "internal": False,
            "subnets": ["@subnet.id", "@other_subnet.id"],
            "securityGroups": ["@group.id"],
            "dropInvalidHeaderFields": True,
            "desyncMitigationMode": "defensive",
            "enableDeletionProtection": False,
            "idleTimeout": 60,
            "accessLogs": {"enabled": True, "bucket": "@bucket.bucket", "prefix": "sample"},
            "tags": {"Name": "a"},
        },
        {"idleTimeout": 61, "securityGroups": ["@default_group.id"]},
        (
            "elbv2",
            "describe_load_balancer_attributes",
            {"LoadBalancerArn": "@balancer.id"},
            "Attributes[?Key == 'idle_timeout.timeout_seconds'].Value == ['61']",
        ),
        {"internal": True},
    ),
    "targets": Sample(
        "aws:lb/targetGroup:TargetGroup",
        {
            "namePrefix": "pg-",
            "vpcId": "@vpc.id",
            "targetType": "ip",
            "protocol": "HTTP",
            "port": 4000,
            "deregistrationDelay": 20,
            "healthCheck": {"path": "/health", "protocol": "HTTP", "matcher": "200", "interval": 30, "timeout": 5},
            "tags": {"Name": "a"},
        },
        {
            "deregistrationDelay": 30,
            "healthCheck": {"path": "/healthy", "protocol": "HTTP", "matcher": "200-299", "interval": 30},
        },
        (
            "elbv2",
            "describe_target_groups",
            {"TargetGroupArns": ["@targets.arn"]},
            "TargetGroups[0] | HealthCheckPath == '/healthy' && Matcher.HttpCode == '200-299'",
        ),
        {"port": 4001},
    ),
    "redirect": Sample(
        "aws:lb/listener:Listener",
        {
            "loadBalancerArn": "@balancer.arn",
            "port": 80,
            "protocol": "HTTP",
            "defaultActions": [
                {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
            ],
        },
        {
            "defaultActions": [
                {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "404"}}
            ],
        },
        (
            "elbv2",
            "describe_listeners",
            {"ListenerArns": ["@redirect.arn"]},
            "Listeners[0].DefaultActions[0].Type == 'fixed-response'",
        ),
    ),
    "https": Sample(
        "aws:lb/listener:Listener",
        {
            "loadBalancerArn": "@balancer.arn",
            "port": 443,
            "protocol": "HTTPS",
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-00000000de00",
            "defaultActions": [{"type": "forward", "targetGroupArn": "@targets.arn"}],
            "tags": {"Name": "a"},
        },
        {
            "defaultActions": [
                {"type": "forward", "forward": {"targetGroups": [{"arn": "@targets.arn", "weight": 1}]}},
            ],
            "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-00000000de01",
        },
        (
            "elbv2",
            "describe_listeners",
            {"ListenerArns": ["@https.arn"]},
            "Listeners[0].DefaultActions[0].ForwardConfig.TargetGroups[0].Weight == `1`",
        ),
    ),
    "cluster": Sample(
        "aws:ecs/cluster:Cluster",
        {"name": "sample", "settings": [{"name": "containerInsights", "value": "disabled"}], "tags": {"Name": "a"}},
        {"settings": [{"name": "containerInsights", "value": "enabled"}]},
        (
            "ecs",
            "describe_clusters",
            {"clusters": ["sample"], "include": ["SETTINGS"]},
            "clusters[0].settings[0].value == 'enabled'",
        ),
        {"name": "other"},
    ),
    "capacity": Sample(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        {"clusterName": "@cluster.name", "capacityProviders": ["FARGATE", "FARGATE_SPOT"]},
        {"capacityProviders": ["FARGATE"]},
        ("ecs", "describe_clusters", {"clusters": ["sample"]}, "clusters[0].capacityProviders == ['FARGATE']"),
    ),
    "task": Sample(
        "aws:ecs/taskDefinition:TaskDefinition",
        {
            "family": "sample",
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
            "executionRoleArn": "@role.arn",
            "containerDefinitions": container("api:1"),
            "tags": {"Name": "a"},
        },
        replaced_by={"containerDefinitions": container("api:2")},
    ),
    "other_task": Sample(
        "aws:ecs/taskDefinition:TaskDefinition",
        {"family": "sample", "memory": "512", "containerDefinitions": container("api:2"), "skipDestroy": True},
    ),
    "service": Sample(
        "aws:ecs/service:Service",
        {
            "name": "sample",
            "cluster": "@cluster.arn",
            "taskDefinition": "@task.arn",
            "desiredCount": 1,
            "capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
            "platformVersion": "LATEST",
            "networkConfiguration": {
                "subnets": ["@subnet.id"],
                "securityGroups": ["@group.id"],
                "assignPublicIp": True,
            },
            "loadBalancers": [{"targetGroupArn": "@targets.arn", "containerName": "api", "containerPort": 4000}],
            "deploymentMinimumHealthyPercent": 100,
            "deploymentMaximumPercent": 200,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "healthCheckGracePeriodSeconds": 60,
            "forceNewDeployment": True,
            "waitForSteadyState": True,
            "enableExecuteCommand": False,
            "propagateTags": "SERVICE",
            "tags": {"Name": "a"},
        },
        {"taskDefinition": "@other_task.arn", "healthCheckGracePeriodSeconds": 90},
        (
            "ecs",
            "describe_services",
            {"cluster": "sample", "services": ["sample"]},
            "services[0].taskDefinition == '@other_task.arn'",
        ),
        {"name": "other"},
    ),
    "scaling": Sample(
        "aws:appautoscaling/target:Target",
        {
            "serviceNamespace": "ecs",
            "scalableDimension": "ecs:service:DesiredCount",
            "resourceId": "service/sample/sample",
            "minCapacity": 2,
            "maxCapacity": 4,
            "tags": {"Name": "a"},
        },
        {"minCapacity": 3},
        (
            "ecs",
            "describe_services",
            {"cluster": "sample", "services": ["sample"]},
            "services[0].desiredCount == `3`",
        ),
        {"resourceId": "service/sample/other"},
    ),
    "scaling_policy": Sample(
        "aws:appautoscaling/policy:Policy",
        {
            "name": "cpu",
            "policyType": "TargetTrackingScaling",
            "serviceNamespace": "@scaling.serviceNamespace",
            "scalableDimension": "@scaling.scalableDimension",
            "resourceId": "@scaling.resourceId",
            "targetTrackingScalingPolicyConfiguration": TRACKING,
        },
        {"targetTrackingScalingPolicyConfiguration": {**TRACKING, "targetValue": 70}},
        (
            "application-autoscaling",
            "describe_scaling_policies",
            {"ServiceNamespace": "ecs"},
            "ScalingPolicies[0].TargetTrackingScalingPolicyConfiguration.TargetValue == `70`",
        ),
        {"name": "other"},
    ),
    "other_scaling_policy": Sample(
        "aws:appautoscaling/policy:Policy",
        {
            "name": "other",
            "policyType": "TargetTrackingScaling",
            "serviceNamespace": "@scaling.serviceNamespace",
            "scalableDimension": "@scaling.scalableDimension",
            "resourceId": "@scaling.resourceId",
            "targetTrackingScalingPolicyConfiguration": {**TRACKING, "targetValue": 80},
        },
    ),
}
