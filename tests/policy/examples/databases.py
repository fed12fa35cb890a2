"""Databases and secrets."""

from typing import Any

from policy.rds import (
    INSTANCE,
    INTERNET_GATEWAY,
    PARAMETER_GROUP,
    ROUTE,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SUBNET,
    SUBNET_GROUP,
)
from policy.secrets_manager import SECRET, SECRET_ROTATION
from tests.policy.examples.example import Example, one, ref, stack
from tests.policy.resources import Inputs, literal

GUARDED: Inputs = {"deletionProtection": True, "skipFinalSnapshot": False}


def parameters(*values: Inputs) -> list[Any]:
    """An instance and its parameter group."""
    return stack(
        literal(INSTANCE, {"parameterGroupName": ref(PARAMETER_GROUP, output="name")}),
        literal(PARAMETER_GROUP, {"family": "postgres17", "parameters": list(values)}),
    )


def subnet_group(*, routed: bool, inside: bool = False) -> list[Any]:
    """A subnet group in one subnet; its route table may lead to the internet, by a route beside or inside it."""
    gateway = ref(INTERNET_GATEWAY)
    table: Inputs = {"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": gateway}]} if inside else {}
    route = literal(ROUTE, {"routeTableId": ref(ROUTE_TABLE), "gatewayId": gateway})
    return stack(
        literal(SUBNET_GROUP, {"subnetIds": [ref(SUBNET)]}),
        literal(SUBNET, {"cidrBlock": "10.0.0.0/24"}),
        literal(ROUTE_TABLE, table),
        literal(ROUTE_TABLE_ASSOCIATION, {"subnetId": ref(SUBNET), "routeTableId": ref(ROUTE_TABLE)}),
        literal(INTERNET_GATEWAY, {}),
        *([route] if routed else []),
    )


def rotated(rules: Inputs) -> list[Any]:
    """A secret and its rotation."""
    rotation = {"secretId": ref(SECRET), "rotationRules": rules}
    return stack(literal(SECRET, {"name": "key"}), literal(SECRET_ROTATION, rotation))


EXAMPLES = {
    "database-public": one(INSTANCE, [{"publiclyAccessible": True}], [{"publiclyAccessible": False}, {}]),
    "database-encrypted": one(
        INSTANCE,
        [{"storageEncrypted": False, "kmsKeyId": "arn:aws:kms:x"}, {"storageEncrypted": True}],
        [{"storageEncrypted": True, "kmsKeyId": "arn:aws:kms:x"}],
    ),
    "database-multi-az": one(INSTANCE, [{}, {"multiAz": False}], [{"multiAz": True}]),
    "database-enhanced-monitoring": one(
        INSTANCE,
        [{"monitoringInterval": 0, "monitoringRoleArn": "arn:aws:iam::x"}, {"monitoringInterval": 60}],
        [{"monitoringInterval": 60, "monitoringRoleArn": "arn:aws:iam::x"}],
    ),
    "database-deletion-protection": Example(
        bad=[
            [literal(INSTANCE, GUARDED)],
            [literal(INSTANCE, GUARDED | {"skipFinalSnapshot": True}, protect=True)],
            [literal(INSTANCE, {}, protect=True)],
        ],
        good=[[literal(INSTANCE, GUARDED, protect=True)]],
    ),
    "database-logs": one(
        INSTANCE,
        [{}, {"enabledCloudwatchLogsExports": ["upgrade"]}],
        [{"enabledCloudwatchLogsExports": ["postgresql", "upgrade"]}],
    ),
    "database-iam-authentication": one(INSTANCE, [{}], [{"iamDatabaseAuthenticationEnabled": True}]),
    "database-backups": one(
        INSTANCE,
        [{}, {"backupRetentionPeriod": 7}, {"backupRetentionPeriod": 36}],
        [{"backupRetentionPeriod": 14}, {"backupRetentionPeriod": 35}],
    ),
    "database-minor-versions": one(
        INSTANCE, [{"autoMinorVersionUpgrade": False}], [{"autoMinorVersionUpgrade": True}, {}]
    ),
    "database-snapshot-tags": one(INSTANCE, [{}, {"copyTagsToSnapshot": False}], [{"copyTagsToSnapshot": True}]),
    "database-master-user": one(INSTANCE, [{"username": "postgres"}, {"username": "Admin"}], [{"username": "shop"}]),
    "database-managed-password": one(INSTANCE, [{"password": "[secret]"}], [{"manageMasterUserPassword": True}]),
    "database-tls": Example(
        bad=[
            [literal(INSTANCE, {})],
            [literal(INSTANCE, {"parameterGroupName": "default.postgres17"})],
            parameters({"name": "log_error_verbosity", "value": "terse"}),
            parameters({"name": "rds.force_ssl", "value": "0"}),
        ],
        good=[
            parameters({"name": "rds.force_ssl", "value": "1"}),
            [literal(INSTANCE, {"parameterGroupName": "somebody-elses"})],
        ],
    ),
    "database-subnets": Example(
        bad=[subnet_group(routed=True), subnet_group(routed=False, inside=True)], good=[subnet_group(routed=False)]
    ),
    "point-in-time-recovery": one(
        INSTANCE,
        [{"backupRetentionPeriod": 0, "deleteAutomatedBackups": False}, {"backupRetentionPeriod": 14}],
        [{"backupRetentionPeriod": 14, "deleteAutomatedBackups": False}],
    ),
    "secret-rotation": Example(
        bad=[
            [literal(SECRET, {"name": "key"})],
            rotated({"automaticallyAfterDays": 365}),
            rotated({"scheduleExpression": "rate(120 days)"}),
            rotated({}),
        ],
        good=[
            rotated({"automaticallyAfterDays": 30}),
            rotated({"scheduleExpression": "rate(90 days)"}),
            rotated({"scheduleExpression": "cron(0 8 1 * ? *)"}),
        ],
    ),
}
