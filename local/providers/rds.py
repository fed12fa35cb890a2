"""Databases: aws:rds/..."""

from collections.abc import Mapping
from typing import Any

from local.providers import database
from local.providers.aws_resource import AwsResource
from local.providers.errors import Refusal
from local.providers.naming import Named
from local.providers.resource import Kind, Made, Resource, World
from local.providers.rows import MANAGED, Call, Lookup, Read, Row, Service, Update, tagging

RDS = Service(
    "rds",
    tagging(
        Call("add_tags_to_resource", {"ResourceName": "arn", "Tags": "added.tags"}),
        Call("remove_tags_from_resource", {"ResourceName": "arn", "TagKeys": "removed.tags"}),
    ),
    Lookup(Call("list_tags_for_resource", {"ResourceName": "arn"}), {"tags": "pairs(TagList, 'Key', 'Value')"}),
)

_DESCRIBED = {"DBSubnetGroupDescription": f"description || '{MANAGED}'"}

_PARAMETER = "{name: ParameterName, value: ParameterValue, applyMethod: ApplyMethod}"
_PARAMETERS = "parameters[].{ParameterName: name, ParameterValue: value, ApplyMethod: applyMethod || 'immediate'}"

# Without the port: what an output says of it is where the server of this machine listens.
_INSTANCE = {
    "allocatedStorage": "AllocatedStorage",
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "backupRetentionPeriod": "BackupRetentionPeriod",
    "backupWindow": "PreferredBackupWindow",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
    "dbName": "DBName",
    "dbSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
    "deletionProtection": "DeletionProtection",
    "enabledCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "engine": "Engine",
    "engineVersion": "EngineVersion",
    "iamDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
    "instanceClass": "DBInstanceClass",
    "kmsKeyId": "KmsKeyId",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "monitoringInterval": "MonitoringInterval",
    "monitoringRoleArn": "MonitoringRoleArn",
    "multiAz": "MultiAZ",
    "parameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
    "publiclyAccessible": "PubliclyAccessible",
    "storageEncrypted": "StorageEncrypted",
    "storageType": "StorageType",
    "username": "MasterUsername",
    "vpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
}
# What AWS chooses where the program does not.
_CHOSEN = {
    *("autoMinorVersionUpgrade", "backupRetentionPeriod", "backupWindow", "dbSubnetGroupName", "engineVersion"),
    *("kmsKeyId", "maintenanceWindow", "parameterGroupName", "publiclyAccessible", "storageType"),
    "vpcSecurityGroupIds",
}


class Instance(AwsResource):
    """An instance is a record at AWS, and a role and a database in the PostgreSQL of this machine."""

    def create(self, world: World, name: str, inputs: Mapping[str, Any]) -> Made:
        """Make the record, then the role and the database, unless they are there from an earlier platform."""
        if inputs.get("engine") != "postgres":
            raise Refusal("must be postgres: there is no other database on this machine", "engine")
        database.ensure(world.surroundings.database_admin_dsn, inputs)
        return super().create(world, name, inputs)

    def update(self, world: World, old: Resource, inputs: Mapping[str, Any]) -> Made:
        """Change the record, and let the role have the password that now counts."""
        made = super().update(world, old, inputs)
        database.ensure(world.surroundings.database_admin_dsn, inputs)
        return made

    # Deleting removes the record alone. What a developer has in the database must not depend on an experiment with
    # the program; a new instance of the same name finds it again.

    def observed(self, world: World, outputs: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - it has no other say
        """Return where the server of this machine listens, whatever port the program asked for."""
        host, port = world.surroundings.database_address
        return {"address": host, "port": port, "endpoint": f"{host}:{port}"}


ROWS: dict[str, Row | Kind] = {
    "aws:rds/subnetGroup:SubnetGroup": Row(
        service=RDS,
        create=Call("create_db_subnet_group", _DESCRIBED),
        answer="DBSubnetGroup",
        id="name",
        outputs={"arn": "DBSubnetGroupArn", "vpcId": "VpcId"},
        defaults={"description": MANAGED},
        names={"name": "DBSubnetGroupName"},
        key={"DBSubnetGroupName": "id"},
        read=Read(
            Call("describe_db_subnet_groups"),
            {"description": "DBSubnetGroupDescription", "subnetIds": "Subnets[].SubnetIdentifier"},
            "DBSubnetGroups[0]",
        ),
        updates=(
            Update(
                # moto forgets a group that it modifies, so it is made again.
                (
                    Call("modify_db_subnet_group", _DESCRIBED),
                    Call("create_db_subnet_group", {**_DESCRIBED, "Tags": "tags"}),
                ),
                whole=True,
            ),
        ),
        replaces={"name", "namePrefix"},
        delete=(Call("delete_db_subnet_group"),),
        named=Named(),
    ),
    "aws:rds/parameterGroup:ParameterGroup": Row(
        service=RDS,
        create=Call("create_db_parameter_group", {"Description": f"description || '{MANAGED}'"}),
        answer="DBParameterGroup",
        id="name",
        outputs={"arn": "DBParameterGroupArn"},
        defaults={"description": MANAGED},
        names={"name": "DBParameterGroupName", "family": "DBParameterGroupFamily"},
        key={"DBParameterGroupName": "id"},
        read=Read(
            Call("describe_db_parameter_groups"),
            found="DBParameterGroups[0]",
            more=(
                Lookup(
                    Call("describe_db_parameters", {"Source": "'user'"}),
                    {"parameters": f"Parameters[].{_PARAMETER}"},
                ),
            ),
            filled={"parameters"},
        ),
        updates=(Update((Call("modify_db_parameter_group", {"Parameters": _PARAMETERS}),), {"parameters"}),),
        replaces={"name", "namePrefix", "family", "description"},
        delete=(Call("delete_db_parameter_group", when="!skipDestroy"),),
        recorded={"skipDestroy"},
        named=Named(),
    ),
    "aws:rds/instance:Instance": Instance(
        Row(
            service=RDS,
            create=Call("create_db_instance"),
            answer="DBInstance",
            id="DbiResourceId",
            outputs={
                "arn": "DBInstanceArn",
                "resourceId": "DbiResourceId",
                "engineVersionActual": "EngineVersion",
                "status": "'available'",
            },
            names={
                "identifier": "DBInstanceIdentifier",
                "instanceClass": "DBInstanceClass",
                "username": "MasterUsername",
                "password": "MasterUserPassword",
                "parameterGroupName": "DBParameterGroupName",
                "backupWindow": "PreferredBackupWindow",
                "maintenanceWindow": "PreferredMaintenanceWindow",
                "caCertIdentifier": "CACertificateIdentifier",
                "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
                "performanceInsightsEnabled": "EnablePerformanceInsights",
                "customerOwnedIpEnabled": "EnableCustomerOwnedIp",
                "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
            },
            key={"DBInstanceIdentifier": "identifier"},
            read=Read(Call("describe_db_instances"), _INSTANCE, "DBInstances[0]", filled=_CHOSEN),
            updates=(
                Update(
                    (
                        Call(
                            "modify_db_instance",
                            {"DBInstanceIdentifier": "old.identifier", "NewDBInstanceIdentifier": "identifier"},
                        ),
                    ),
                    {"identifier"},
                ),
                Update(
                    (
                        Call(
                            "modify_db_instance",
                            {
                                "ApplyImmediately": "applyImmediately",
                                "AllowMajorVersionUpgrade": "allowMajorVersionUpgrade",
                                "DBPortNumber": "port",
                                "CloudwatchLogsExportConfiguration": "{"
                                "EnableLogTypes: added.enabledCloudwatchLogsExports, "
                                "DisableLogTypes: removed.enabledCloudwatchLogsExports}",
                            },
                        ),
                    )
                ),
            ),
            replaces={
                *("engine", "username", "dbName", "storageEncrypted", "kmsKeyId", "availabilityZone"),
                *("identifierPrefix", "characterSetName", "snapshotIdentifier", "restoreToPointInTime"),
                *("timezone", "performanceInsightsKmsKeyId"),
            },
            delete=(
                Call(
                    "delete_db_instance",
                    {
                        "SkipFinalSnapshot": "skipFinalSnapshot",
                        "FinalDBSnapshotIdentifier": "skipFinalSnapshot && `null` || finalSnapshotIdentifier",
                        "DeleteAutomatedBackups": "deleteAutomatedBackups",
                    },
                ),
            ),
            recorded={
                *("applyImmediately", "allowMajorVersionUpgrade"),
                *("skipFinalSnapshot", "finalSnapshotIdentifier", "deleteAutomatedBackups"),
            },
            named=Named("identifier", most=63),
            sensitive={"password"},
        )
    ),
}
