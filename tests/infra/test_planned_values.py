"""Every planned value of every AWS resource is one that AWS's own resource schemas accept."""

import json
from dataclasses import replace
from typing import Any

import pytest

from render.manifest import Manifest, ManifestResource
from tests.infra.schemas.planned import cloudformation, findings
from tests.infra.schemas.rows import NO_TWIN, ROWS


def policy(**statement: Any) -> str:
    """A policy document that is right but for what its statement is given."""
    right = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**right, **statement}]})


WRONG = {
    "an instance class that does not exist": (
        "rds/instance:Instance",
        {"instanceClass": "db.t4g.tiny"},
        "DBInstanceClass",
    ),
    "an engine version that does not exist": ("rds/instance:Instance", {"engineVersion": "99"}, "EngineVersion"),
    "more days of backups than there are": ("rds/instance:Instance", {"backupRetentionPeriod": 36}, "BackupRetention"),
    "a window that is none": ("rds/instance:Instance", {"maintenanceWindow": "sunday"}, "MaintenanceWindow"),
    "a health check without a pause": ("lb/targetGroup:TargetGroup", {"healthCheck": {"interval": 1}}, "Interval"),
    "a target type that is none": ("lb/targetGroup:TargetGroup", {"targetType": "task"}, "TargetType"),
    "a policy of TLS that does not exist": ("lb/listener:Listener", {"sslPolicy": "TLS-1-3"}, "SslPolicy"),
    "an action that is none": ("lb/listener:Listener", {"defaultActions": [{"type": "send"}]}, "DefaultActions.0.Type"),
    "a load balancer whose name is too long": ("lb/loadBalancer:LoadBalancer", {"name": "p" * 33}, "Name"),
    "a percentage that is none": (
        "ecs/service:Service",
        {"deploymentMaximumPercent": "most"},
        "MaximumPercent",
    ),
    "processors and memory that do not go together": (
        "ecs/taskDefinition:TaskDefinition",
        {"memory": "9999"},
        "memory",
    ),
    "a role whose name is too long": ("iam/role:Role", {"name": "r" * 65}, "RoleName"),
    "days that logs are not kept for": ("cloudwatch/logGroup:LogGroup", {"retentionInDays": 8}, "RetentionInDays"),
    "a protocol that is none": (
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"ipProtocol": "tpc"},
        "FromPort",
    ),
    "a range that is none": ("ec2/vpc:Vpc", {"cidrBlock": "10.300.0.0/16"}, "CidrBlock"),
    "an effect that is none": ("iam/rolePolicy:RolePolicy", {"policy": policy(Effect="Alow")}, "Effect"),
    "an action that no service has": ("iam/rolePolicy:RolePolicy", {"policy": policy(Action="s3:Fetch")}, "Action"),
    "a resource that is no ARN": ("iam/rolePolicy:RolePolicy", {"policy": policy(Resource="bucket")}, "Resource"),
    "a key policy for nobody": ("kms/key:Key", {"policy": policy()}, "Principal"),
    "an alias without its prefix": ("kms/alias:Alias", {"name": "priceguard"}, "AliasName"),
    "a period that no alarm has": ("cloudwatch/metricAlarm:MetricAlarm", {"period": 45}, "Period"),
    "a treatment of silence that is none": (
        "cloudwatch/metricAlarm:MetricAlarm",
        {"treatMissingData": "fine"},
        "TreatMissingData",
    ),
    "a metric with a blank in its name": ("wafv2/webAcl:WebAcl", {"visibilityConfig": {"metricName": "a b"}}, "a b"),
    "tags that are neither mutable nor not": ("ecr/repository:Repository", {"imageTagMutability": "FROZEN"}, "FROZEN"),
    "a bucket with capitals": ("s3/bucket:Bucket", {"bucket": "Access-Logs"}, "BucketName"),
    "an owner that is none": (
        "s3/bucketOwnershipControls:BucketOwnershipControls",
        {"rule": {"objectOwnership": "Mine"}},
        "ObjectOwnership",
    ),
    "a value of a metric that is none": (
        "cloudwatch/logMetricFilter:LogMetricFilter",
        {"metricTransformation": {"value": "one"}},
        "MetricValue",
    ),
    "a property that does not exist": ("kms/key:Key", {"rotate": True}, "Rotate"),
}
"""What is wrong -> type, inputs and a word of the finding."""


def first(manifest: Manifest, type_: str) -> ManifestResource:
    """The first resource of an AWS type."""
    return manifest.of_type(f"aws:{type_}")[0]


def changed(resource: ManifestResource, **inputs: Any) -> ManifestResource:
    """The resource with other inputs."""
    return replace(resource, inputs={**resource.inputs, **inputs})


def test_aws_accepts_every_planned_value(stack: Manifest) -> None:
    """In both environments."""
    assert findings(stack) == []


@pytest.fixture(scope="module")
def wrong(dev: Manifest) -> list[str]:
    """The findings of a manifest of everything that is wrong, each a resource of its own with what is wrong as name."""
    resources = [replace(changed(first(dev, type_), **inputs), name=what) for what, (type_, inputs, _) in WRONG.items()]
    return findings(Manifest("dev", tuple(resources), {}))


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_value_is_found(wrong: list[str], what: str) -> None:
    """With the resource and the property."""
    type_, _, word = WRONG[what]

    assert [line for line in wrong if line.startswith(f"aws:{type_}::{what}: ") and word in line]


def test_a_reference_to_something_else_is_found(dev: Manifest) -> None:
    """A subnet where a security group belongs."""
    service = dev.one("aws:ecs/service:Service")
    network = service.inputs["networkConfiguration"]
    astray = changed(service, networkConfiguration={**network, "securityGroups": network["subnets"][:1]})

    found = findings(Manifest("dev", (astray, *(r for r in dev.resources if r.type.startswith("aws:ec2/"))), {}))

    assert len(found) == 1
    assert found[0].startswith("aws:ecs/service:Service::api: NetworkConfiguration.AwsvpcConfiguration.SecurityGroups")


def test_secrets_and_unknown_values_are_taken_for_right(dev: Manifest) -> None:
    """What is known beside them is judged all the same."""
    database = dev.one("aws:rds/instance:Instance")

    assert database.inputs["password"] == "[secret]"
    assert cloudformation(database)["Properties"]["MasterUserPassword"] == "[secret]"
    assert findings(Manifest("dev", (database,), {})) == []


def test_a_type_that_is_in_no_table_is_named(dev: Manifest) -> None:
    """With the place where it is missing."""
    queue = replace(first(dev, "ec2/vpc:Vpc"), type="aws:sqs/queue:Queue")

    with pytest.raises(LookupError, match=r"aws:sqs/queue:Queue is new.*tests/infra/schemas"):
        findings(Manifest("dev", (queue,), {}))


def test_the_tables_hold_nothing_else(dev: Manifest, prod: Manifest) -> None:
    """A type that the program no longer has leaves them."""
    planned = {resource.type for manifest in (dev, prod) for resource in manifest.resources}

    assert not (ROWS.keys() | NO_TWIN.keys()) - planned
    assert not ROWS.keys() & NO_TWIN.keys()
