"""Samples of what keeps something: logs, roles, databases, secrets."""

import json

from tests.local.provider_samples.keys import POLICY
from tests.local.provider_samples.sample import Sample

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}],
}


SAMPLES = {
    "logs": Sample(
        "aws:cloudwatch/logGroup:LogGroup",
        {"name": "/sample", "retentionInDays": 14, "kmsKeyId": "@key.arn", "tags": {"Name": "a"}},
        {"retentionInDays": 30, "tags": {"Name": "b"}},
        ("logs", "describe_log_groups", {"logGroupNamePrefix": "/sample"}, "logGroups[0].retentionInDays == `30`"),
        {"name": "/other"},
    ),
    "role": Sample(
        "aws:iam/role:Role",
        {
            "name": "sample",
            "path": "/priceguard/dev/",
            "permissionsBoundary": "arn:aws:iam::123456789012:policy/sample",
            "assumeRolePolicy": json.dumps(TRUST),
            "tags": {"Name": "a"},
        },
        {"description": "the role", "tags": {"Name": "b"}},
        ("iam", "get_role", {"RoleName": "sample"}, "Role.Description == 'the role' && Role.Tags[0].Value == 'b'"),
        {"path": "/"},
    ),
    "role_policy": Sample(
        "aws:iam/rolePolicy:RolePolicy",
        {"role": "@role.name", "policy": json.dumps(POLICY)},
        {"policy": json.dumps(POLICY).replace("logs:*", "s3:*")},
        (
            "iam",
            "get_role_policy",
            {"RoleName": "sample", "PolicyName": "@role_policy.name"},
            "PolicyDocument.Statement[0].Action == 's3:*'",
        ),
        {"name": "other"},
    ),
    "flow_log": Sample(
        "aws:ec2/flowLog:FlowLog",
        {
            "vpcId": "@vpc.id",
            "trafficType": "ALL",
            "logDestination": "@logs.arn",
            "iamRoleArn": "@role.arn",
            "tags": {"Name": "a"},
        },
        {"tags": {"Name": "b"}},
        ("ec2", "describe_flow_logs", {"FlowLogIds": ["@flow_log.id"]}, "FlowLogs[0].Tags[0].Value == 'b'"),
        {"trafficType": "REJECT"},
    ),
    "subnet_group": Sample(
        "aws:rds/subnetGroup:SubnetGroup",
        {"name": "sample", "subnetIds": ["@subnet.id", "@other_subnet.id"], "tags": {"Name": "a"}},
        {"description": "isolated"},
        (
            "rds",
            "describe_db_subnet_groups",
            {"DBSubnetGroupName": "sample"},
            "DBSubnetGroups[0].DBSubnetGroupDescription == 'isolated'",
        ),
        {"name": "other"},
    ),
    "parameter_group": Sample(
        "aws:rds/parameterGroup:ParameterGroup",
        {
            "namePrefix": "sample-",
            "family": "postgres17",
            "description": "TLS",
            "parameters": [{"name": "rds.force_ssl", "value": "1"}],
        },
        {"parameters": [{"name": "rds.force_ssl", "value": "0", "applyMethod": "pending-reboot"}]},
        (
            "rds",
            "describe_db_parameters",
            {"DBParameterGroupName": "@parameter_group.name"},
            "Parameters[0].ParameterValue == '0'",
        ),
        {"family": "postgres18"},
    ),
    "database": Sample(
        "aws:rds/instance:Instance",
        {
            "identifier": "sample",
            "engine": "postgres",
            "engineVersion": "17",
            "instanceClass": "db.t4g.micro",
            "allocatedStorage": 20,
            "storageType": "gp3",
            "storageEncrypted": True,
            "kmsKeyId": "@key.arn",
            "dbName": "appdb",
            "username": "priceguard",
            "password": "@password.result",
            "port": 5432,
            "dbSubnetGroupName": "@subnet_group.name",
            "vpcSecurityGroupIds": ["@group.id"],
            "parameterGroupName": "@parameter_group.name",
            "publiclyAccessible": False,
            "multiAz": False,
            "backupRetentionPeriod": 7,
            "backupWindow": "03:00-04:00",
            "maintenanceWindow": "sun:04:30-sun:05:30",
            "autoMinorVersionUpgrade": True,
            "copyTagsToSnapshot": True,
            "iamDatabaseAuthenticationEnabled": True,
            "performanceInsightsEnabled": True,
            "performanceInsightsKmsKeyId": "@key.arn",
            "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
            "monitoringInterval": 60,
            "monitoringRoleArn": "@role.arn",
            "deleteAutomatedBackups": True,
            "deletionProtection": False,
            "skipFinalSnapshot": True,
            "tags": {"Name": "a"},
        },
        {"allocatedStorage": 30, "enabledCloudwatchLogsExports": ["postgresql"], "password": "another-one-1234"},
        (
            "rds",
            "describe_db_instances",
            {"DBInstanceIdentifier": "sample"},
            "DBInstances[0].AllocatedStorage == `30`",
        ),
        {"dbName": "otherdb"},
    ),
    "secret": Sample(
        "aws:secretsmanager/secret:Secret",
        {"name": "priceguard/dev/a", "kmsKeyId": "@key.arn", "recoveryWindowInDays": 0, "tags": {"Name": "a"}},
        {"description": "the secret"},
        (
            "secretsmanager",
            "describe_secret",
            {"SecretId": "priceguard/dev/a"},
            "Description == 'the secret'",
        ),
        {"name": "other"},
    ),
    "version": Sample(
        "aws:secretsmanager/secretVersion:SecretVersion",
        {"secretId": "@secret.id", "secretString": "first", "versionStages": ["AWSCURRENT"]},
        {"versionStages": ["AWSCURRENT", "SAMPLE"]},
        (
            "secretsmanager",
            "describe_secret",
            {"SecretId": "@secret.id"},
            'values(VersionIdsToStages) == `[["AWSCURRENT", "SAMPLE"]]`',
        ),
        {"secretString": "second"},
    ),
}
