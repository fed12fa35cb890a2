"""The deploying roles may make, and unmake, everything that the program declares."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.bootstrap.account import ACCOUNT, REGION, Account
from tests.bootstrap.evaluator import allowed
from tests.manifests import rendered

ROLES = {"dev": "priceguard-deploy-dev", "prod": "priceguard-promote-prod"}
NOT_OF_AWS = ("awsx:", "priceguard:", "pulumi:", "pulumi-python:", "random:", "stripe:")
# Type of resource -> service, actions that make and delete it, and its ARN's last part. {name} is an input,
# {env} the environment; `tag` stands where only the tag says whose it is. With a plus, the resource is there already.
MADE: dict[str, tuple[str, tuple[str, ...], str]] = {
    "aws:acm/certificate:Certificate": ("acm", ("RequestCertificate", "+DeleteCertificate"), "certificate/tag"),
    "aws:acm/certificateValidation:CertificateValidation": ("acm", (), ""),  # nothing is made: it waits
    "aws:appautoscaling/policy:Policy": (
        "application-autoscaling",
        ("PutScalingPolicy", "DeleteScalingPolicy"),
        "scalable-target/1",
    ),
    "aws:appautoscaling/target:Target": (
        "application-autoscaling",
        ("RegisterScalableTarget", "DeregisterScalableTarget"),
        "scalable-target/1",
    ),
    "aws:budgets/budget:Budget": ("budgets", ("ModifyBudget", "TagResource"), "budget/{name}"),
    "aws:cloudwatch/dashboard:Dashboard": (
        "cloudwatch",
        ("PutDashboard", "DeleteDashboards"),
        "dashboard/{dashboardName}",
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        "cloudwatch",
        ("PutMetricAlarm", "DeleteAlarms", "TagResource"),
        "alarm:{name}",
    ),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": (
        "logs",
        ("PutMetricFilter", "DeleteMetricFilter"),
        "log-group:{logGroupName}",
    ),
    "aws:cloudwatch/logGroup:LogGroup": ("logs", ("CreateLogGroup", "DeleteLogGroup"), "log-group:{name}"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": (
        "ec2",
        ("CreateTags", "+RevokeSecurityGroupIngress"),
        "security-group/tag",
    ),
    "aws:ec2/eip:Eip": ("ec2", ("AllocateAddress", "+ReleaseAddress"), "elastic-ip/tag"),
    "aws:ec2/flowLog:FlowLog": ("ec2", ("CreateFlowLogs", "+DeleteFlowLogs"), "vpc-flow-log/tag"),
    "aws:ec2/internetGateway:InternetGateway": (
        "ec2",
        ("CreateInternetGateway", "+DeleteInternetGateway"),
        "internet-gateway/tag",
    ),
    "aws:ec2/natGateway:NatGateway": ("ec2", ("CreateNatGateway", "+DeleteNatGateway"), "natgateway/tag"),
    "aws:ec2/route:Route": ("ec2", ("+CreateRoute", "+DeleteRoute"), "route-table/tag"),
    "aws:ec2/routeTable:RouteTable": ("ec2", ("CreateRouteTable", "+DeleteRouteTable"), "route-table/tag"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (
        "ec2",
        ("+AssociateRouteTable", "+DisassociateRouteTable"),
        "route-table/tag",
    ),
    "aws:ec2/securityGroup:SecurityGroup": (
        "ec2",
        ("CreateSecurityGroup", "+DeleteSecurityGroup"),
        "security-group/tag",
    ),
    "aws:ec2/subnet:Subnet": ("ec2", ("CreateSubnet", "+DeleteSubnet"), "subnet/tag"),
    "aws:ec2/vpc:Vpc": ("ec2", ("CreateVpc", "+DeleteVpc"), "vpc/tag"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("ec2", ("CreateVpcEndpoint", "+DeleteVpcEndpoints"), "vpc-endpoint/tag"),
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive": (
        "ec2",
        ("+RevokeSecurityGroupIngress", "+RevokeSecurityGroupEgress"),
        "security-group/tag",
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": (
        "ecr",
        ("PutLifecyclePolicy", "DeleteLifecyclePolicy"),
        "repository/{repository}",
    ),
    "aws:ecr/repository:Repository": (
        "ecr",
        ("CreateRepository", "DeleteRepository", "PutImageScanningConfiguration", "PutImageTagMutability"),
        "repository/{name}",
    ),
    "aws:ecs/cluster:Cluster": ("ecs", ("CreateCluster", "DeleteCluster"), "cluster/{name}"),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": (
        "ecs",
        ("PutClusterCapacityProviders",),
        "cluster/priceguard-{env}",
    ),
    "aws:ecs/service:Service": ("ecs", ("CreateService", "DeleteService"), "service/priceguard-{env}/{name}"),
    "aws:ecs/taskDefinition:TaskDefinition": ("ecs", ("RegisterTaskDefinition",), "task-definition/{family}:1"),
    "aws:iam/role:Role": ("iam", ("CreateRole", "DeleteRole", "PassRole"), "role{path}{name}"),
    "aws:iam/rolePolicy:RolePolicy": ("iam", ("PutRolePolicy", "DeleteRolePolicy"), "role/priceguard/{env}/x"),
    "aws:kms/alias:Alias": ("kms", ("CreateAlias", "DeleteAlias"), "{name}"),
    "aws:kms/key:Key": ("kms", ("CreateKey", "+ScheduleKeyDeletion"), "key/tag"),
    "aws:lb/listener:Listener": (
        "elasticloadbalancing",
        ("DeleteListener", "ModifyListener"),
        "listener/app/priceguard-{env}/1/2",
    ),
    "aws:lb/loadBalancer:LoadBalancer": (
        "elasticloadbalancing",
        ("CreateLoadBalancer", "DeleteLoadBalancer", "CreateListener"),
        "loadbalancer/app/{name}/1",
    ),
    "aws:lb/targetGroup:TargetGroup": (
        "elasticloadbalancing",
        ("CreateTargetGroup", "+DeleteTargetGroup"),
        "targetgroup/pg-1/2",
    ),
    "aws:rds/instance:Instance": ("rds", ("CreateDBInstance", "DeleteDBInstance"), "db:{identifier}"),
    "aws:rds/parameterGroup:ParameterGroup": (
        "rds",
        ("CreateDBParameterGroup", "DeleteDBParameterGroup", "CreateDBInstance"),
        "pg:{namePrefix}1",
    ),
    "aws:rds/subnetGroup:SubnetGroup": ("rds", ("CreateDBSubnetGroup", "DeleteDBSubnetGroup"), "subgrp:{name}"),
    "aws:s3/bucket:Bucket": ("s3", ("CreateBucket", "DeleteBucket", "PutBucketTagging"), "{bucket}"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        "s3",
        ("PutLifecycleConfiguration",),
        "priceguard-{env}-access-logs",
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (
        "s3",
        ("PutBucketOwnershipControls",),
        "priceguard-{env}-access-logs",
    ),
    "aws:s3/bucketPolicy:BucketPolicy": (
        "s3",
        ("PutBucketPolicy", "DeleteBucketPolicy"),
        "priceguard-{env}-access-logs",
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (
        "s3",
        ("PutBucketPublicAccessBlock",),
        "priceguard-{env}-access-logs",
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "s3",
        ("PutEncryptionConfiguration",),
        "priceguard-{env}-access-logs",
    ),
    "aws:s3/bucketVersioning:BucketVersioning": ("s3", ("PutBucketVersioning",), "priceguard-{env}-access-logs"),
    "aws:secretsmanager/secret:Secret": ("secretsmanager", ("CreateSecret", "DeleteSecret"), "secret:{name}-AbCdEf"),
    "aws:secretsmanager/secretVersion:SecretVersion": (
        "secretsmanager",
        ("PutSecretValue", "GetSecretValue", "UpdateSecretVersionStage"),
        "secret:priceguard/{env}/database-url-AbCdEf",
    ),
    "aws:sns/topic:Topic": ("sns", ("CreateTopic", "DeleteTopic", "SetTopicAttributes"), "{name}"),
    "aws:sns/topicPolicy:TopicPolicy": ("sns", ("SetTopicAttributes",), "priceguard-{env}-alarms"),
    "aws:sns/topicSubscription:TopicSubscription": ("sns", ("Subscribe", "Unsubscribe"), "priceguard-{env}-alarms"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (
        "ec2",
        ("AuthorizeSecurityGroupEgress",),
        "security-group-rule/tag",
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        "ec2",
        ("AuthorizeSecurityGroupIngress",),
        "security-group-rule/tag",
    ),
    "aws:wafv2/webAcl:WebAcl": ("wafv2", ("CreateWebACL", "DeleteWebACL"), "regional/webacl/{name}/1"),
    "aws:wafv2/webAclAssociation:WebAclAssociation": (
        "wafv2",
        ("AssociateWebACL", "DisassociateWebACL"),
        "regional/webacl/priceguard-{env}/1",
    ),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": (
        "wafv2",
        ("PutLoggingConfiguration", "DeleteLoggingConfiguration"),
        "regional/webacl/priceguard-{env}/1",
    ),
    "docker-build:index:Image": (
        "ecr",
        ("InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"),
        "repository/priceguard-{env}",
    ),
}
# What is in no region.
GLOBAL = {
    "aws:budgets/budget:Budget",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
}


def of_role(inputs: Mapping[str, Any]) -> dict[str, str]:
    """What IAM is told of a role: its boundary, and the service that it is handed to."""
    (trust,) = json.loads(inputs["assumeRolePolicy"])["Statement"]
    return {
        "iam:PermissionsBoundary": inputs.get("permissionsBoundary", "none"),
        "iam:PassedToService": trust["Principal"]["Service"],
    }


def carried_out(account: Account, deployer: str, environment: str) -> tuple[set[str], set[str]]:
    """What the role of `deployer` may do, and may not do, of what the program of `environment` needs."""
    verdicts: tuple[set[str], set[str]] = (set(), set())
    base = {
        "aws:PrincipalTag/Environment": deployer,
        "aws:RequestedRegion": REGION,
        "application-autoscaling:service-namespace": "ecs",
        "iam:PermissionsBoundary": account.outputs["BoundaryArn"],
    }
    for resource in rendered(environment).resources:
        if resource.type.startswith(NOT_OF_AWS):
            continue
        assert resource.type in MADE, f"{resource.type} needs a row in MADE, and its actions in bootstrap/account.yaml"
        service, actions, last = MADE[resource.type]
        inputs: dict[str, Any] = {**resource.inputs, "env": environment}
        place = {"s3": ":"}.get(service, f"{'' if resource.type in GLOBAL else REGION}:{ACCOUNT}")
        target = f"arn:aws:{service}:{place}:{last.format_map(inputs)}"
        tags = inputs.get("tags", {}) if service != "ecr" else {}  # those of an image are something else
        new = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
        new |= of_role(inputs) if resource.type == "aws:iam/role:Role" else {}
        for action in actions:
            context = base | ({"aws:ResourceTag/Environment": environment} if action.startswith("+") else new)
            name = f"{service}:{action.lstrip('+')}"
            may = allowed(account.roles[ROLES[deployer]].statements, name, target, context)
            verdicts[0 if may else 1].add(f"{name} {target}")
    return verdicts


@pytest.mark.parametrize("environment", ROLES)
def test_the_program_can_be_carried_out(account: Account, environment: str) -> None:
    """Every action of every resource, with the tags that it has in the program."""
    _, refused = carried_out(account, environment, environment)

    assert not refused


@pytest.mark.parametrize(("deployer", "environment"), [("dev", "prod"), ("prod", "dev")])
def test_the_other_environments_program_cannot(account: Account, deployer: str, environment: str) -> None:
    """Except for autoscaling, which has neither names nor tags to hold on to."""
    possible, refused = carried_out(account, deployer, environment)

    assert {line.split(":")[0] for line in possible} == {"application-autoscaling"}
    assert len(refused) > 50
