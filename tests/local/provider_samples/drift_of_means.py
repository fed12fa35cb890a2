"""What is done by hand to keys, networks, logs, roles, databases, images and buckets."""

import json

from tests.local.provider_samples.buckets import BLOCKS, RULE
from tests.local.provider_samples.keys import POLICY
from tests.local.provider_samples.sample import Drift

OPEN = json.dumps(POLICY, separators=(",", ":")).replace("logs:*", "*")
BY_HAND = {"Key": "By", "Value": "hand"}
DATABASE = {"DBInstanceIdentifier": "sample", "ApplyImmediately": True}
ROLE = {"RoleName": "sample"}
BUCKET = {"Bucket": "sample-bucket"}

DRIFT = (
    Drift("key", "kms", "disable_key_rotation", {"KeyId": "@key.id"}, {"enableKeyRotation": False}),
    Drift("key", "kms", "disable_key", {"KeyId": "@key.id"}, {"isEnabled": False}),
    Drift(
        "key", "kms", "put_key_policy", {"KeyId": "@key.id", "PolicyName": "default", "Policy": OPEN}, {"policy": OPEN}
    ),
    Drift(
        "alias",
        "kms",
        "update_alias",
        {"AliasName": "alias/sample", "TargetKeyId": "@other_key.id"},
        {"targetKeyId": "@other_key.id"},
    ),
    Drift(
        "vpc",
        "ec2",
        "create_tags",
        {"Resources": ["@vpc.id"], "Tags": [BY_HAND]},
        {"tags": {"Name": "net", "Env": "dev", "By": "hand"}},
    ),
    Drift(
        "vpc",
        "ec2",
        "modify_vpc_attribute",
        {"VpcId": "@vpc.id", "EnableDnsHostnames": {"Value": False}},
        {"enableDnsHostnames": False},
    ),
    Drift(
        "subnet",
        "ec2",
        "modify_subnet_attribute",
        {"SubnetId": "@subnet.id", "MapPublicIpOnLaunch": {"Value": True}},
        {"mapPublicIpOnLaunch": True},
    ),
    Drift("address", "ec2", "delete_tags", {"Resources": ["@address.id"], "Tags": [{"Key": "Name"}]}, {"tags": {}}),
    Drift(
        "gateway",
        "ec2",
        "detach_internet_gateway",
        {"InternetGatewayId": "@gateway.id", "VpcId": "@vpc.id"},
        {"vpcId": None},
    ),
    Drift(
        "route",
        "ec2",
        "replace_route",
        {"RouteTableId": "@routes.id", "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "@nat.id"},
        {"gatewayId": None, "natGatewayId": "@nat.id"},
    ),
    Drift(
        "endpoint",
        "ec2",
        "modify_vpc_endpoint",
        {"VpcEndpointId": "@endpoint.id", "AddRouteTableIds": ["@other_routes.id"]},
        {"routeTableIds": ["@routes.id", "@other_routes.id"]},
    ),
    Drift(
        "logs",
        "logs",
        "put_retention_policy",
        {"logGroupName": "/sample", "retentionInDays": 1},
        {"retentionInDays": 1},
    ),
    Drift("logs", "logs", "delete_retention_policy", {"logGroupName": "/sample"}, {"retentionInDays": 0}),
    Drift(
        "role_policy",
        "iam",
        "put_role_policy",
        {**ROLE, "PolicyName": "@role_policy.name", "PolicyDocument": OPEN},
        {"policy": OPEN},
    ),
    Drift("role", "iam", "update_role", {**ROLE, "Description": "by hand"}, {"description": "by hand"}),
    Drift("role", "iam", "delete_role_permissions_boundary", ROLE, {"permissionsBoundary": None}),
    Drift("role", "iam", "untag_role", {**ROLE, "TagKeys": ["Name"]}, {"tags": {}}),
    Drift(
        "database",
        "rds",
        "modify_db_instance",
        {**DATABASE, "DBInstanceClass": "db.r8g.large", "BackupRetentionPeriod": 1},
        {"instanceClass": "db.r8g.large", "backupRetentionPeriod": 1},
    ),
    Drift(
        "database",
        "rds",
        "modify_db_instance",
        {**DATABASE, "PubliclyAccessible": True, "DeletionProtection": True, "MultiAZ": True},
        {"publiclyAccessible": True, "deletionProtection": True, "multiAz": True},
    ),
    Drift(
        "parameter_group",
        "rds",
        "modify_db_parameter_group",
        {
            "DBParameterGroupName": "@parameter_group.name",
            "Parameters": [{"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}],
        },
        {"parameters": [{"name": "rds.force_ssl", "value": "0", "applyMethod": "immediate"}]},
    ),
    Drift(
        "repository",
        "ecr",
        "put_image_tag_mutability",
        {"repositoryName": "sample", "imageTagMutability": "IMMUTABLE"},
        {"imageTagMutability": "IMMUTABLE"},
    ),
    Drift(
        "repository",
        "ecr",
        "put_image_scanning_configuration",
        {"repositoryName": "sample", "imageScanningConfiguration": {"scanOnPush": True}},
        {"imageScanningConfiguration": {"scanOnPush": True}},
    ),
    Drift(
        "certificate",
        "acm",
        "add_tags_to_certificate",
        {"CertificateArn": "@certificate.id", "Tags": [BY_HAND]},
        {"tags": {"Name": "a", "Old": "1", "By": "hand"}},
    ),
    Drift(
        "closed_bucket",
        "s3",
        "put_public_access_block",
        {**BUCKET, "PublicAccessBlockConfiguration": {name[0].upper() + name[1:]: True for name in BLOCKS[1:]}},
        {"blockPublicAcls": False},
    ),
    Drift(
        "versioned_bucket",
        "s3",
        "put_bucket_versioning",
        {**BUCKET, "VersioningConfiguration": {"Status": "Suspended"}},
        {"versioningConfiguration": {"status": "Suspended"}},
    ),
    Drift(
        "forgetful_bucket",
        "s3",
        "put_bucket_lifecycle_configuration",
        {
            **BUCKET,
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "ID": "expire",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "Expiration": {"Days": 1},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                    }
                ]
            },
        },
        {"rules": [{**RULE, "expiration": {"days": 1}}]},
    ),
)
