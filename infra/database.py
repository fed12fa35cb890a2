"""The database: RDS for PostgreSQL in the isolated subnets, reachable over TLS only."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.naming import Naming

DATABASE = "appdb"
USERNAME = "priceguard"
EXPORTED_LOGS = ("postgresql", "upgrade")
# They only count when the instance is made. Later, another value would replace it with all its data.
FIXED = ("snapshotIdentifier", "username", "dbName")
# What AWS's own policy for enhanced monitoring allows, in the log group whose name RDS decides.
MONITORING_LOGS = "arn:aws:logs:*:*:log-group:RDSOSMetrics"
MONITORING = (
    {
        "Effect": "Allow",
        "Action": ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
        "Resource": f"{MONITORING_LOGS}*",
    },
    {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents"],
        "Resource": f"{MONITORING_LOGS}:log-stream:*",
    },
)


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What the database is made from.

    Args:
        naming: names and tags of the environment.
        account: AWS account, 12 digits.
        subnet_ids: isolated subnets, in two zones.
        security_group_id: the group that lets tasks in.
        key_arn: KMS key that encrypts storage, insights and logs.
        instance_class: RDS instance class.
        allocated_storage: GiB.
        multi_az: keep a standby in the second zone.
        backup_retention_days: days that a point in time can be restored to.
        snapshot: name or ARN of a snapshot of PostgreSQL 17 under `key_arn` that the database is made from, with its
            user; None for an empty one. It counts only when the instance is made.
        monitoring_interval: seconds between measurements of the operating system; 0 takes none.
        permissions_boundary: ARN of the policy that no role may exceed.
        log_retention_days: how long CloudWatch keeps the server's logs.
        tls: `sslmode` of the connection URL.
        root_certificates: file in the API's image that holds the trusted roots.
        protect: refuse deletion, and leave a final snapshot and the backups.
    """

    naming: Naming
    account: str
    subnet_ids: Input[list[str]]
    security_group_id: Input[str]
    key_arn: Input[str]
    instance_class: str
    allocated_storage: int
    multi_az: bool
    backup_retention_days: int
    snapshot: str | None
    monitoring_interval: int
    permissions_boundary: str
    log_retention_days: int
    tls: str
    root_certificates: str
    protect: bool


class Database(ComponentResource):
    """priceguard:database:Database.

    Makes the password, subnet group, parameter group, log groups, the role of its monitoring and the instance.

    Attributes:
        url: secret; the connection URL that the API uses, with user, password, `sslmode` and root certificates.
        identifier: the instance's name at RDS.
    """

    def __init__(self, name: str, args: DatabaseArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:database:Database", name, None, opts)
        self._args = args
        password = self._password()
        instance = self._instance(password)
        self.identifier: Output[str] = instance.identifier
        self.url: Output[str] = Output.secret(
            Output.concat(
                # As RDS tells them: a snapshot brings its own user and database.
                "postgresql://", instance.username, ":", password.result,
                "@", instance.address, ":", instance.port.apply(str), "/", instance.db_name.apply(named),
                "?sslmode=", args.tls, trust(args),
            )
        )  # fmt: skip
        self.register_outputs({"identifier": self.identifier})

    def _password(self) -> random.RandomPassword:
        # Renaming this makes a new password: the service rolls once, nothing is lost.
        return random.RandomPassword(
            "database",
            length=40,
            special=False,  # it stands in a URL
            opts=ResourceOptions(parent=self),
        )

    def _instance(self, password: random.RandomPassword) -> aws.rds.Instance:
        args = self._args
        # Renaming this deletes the database with every account in it.
        return aws.rds.Instance(
            "database",
            identifier=args.naming.physical(),
            engine="postgres",
            engine_version="17",
            instance_class=args.instance_class,
            allocated_storage=args.allocated_storage,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            db_name=DATABASE,
            username=USERNAME,
            password=password.result,
            port=5432,
            db_subnet_group_name=self._subnet_group().name,
            vpc_security_group_ids=[args.security_group_id],
            parameter_group_name=self._parameter_group().name,
            publicly_accessible=False,
            multi_az=args.multi_az,
            backup_retention_period=args.backup_retention_days,
            backup_window="03:00-04:00",
            maintenance_window="sun:04:30-sun:05:30",
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            iam_database_authentication_enabled=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.key_arn,
            enabled_cloudwatch_logs_exports=list(EXPORTED_LOGS),
            **self._monitoring(),
            **self._beginning_and_end(),
            tags=args.naming.tags("database"),
            opts=ResourceOptions(
                parent=self, protect=args.protect, depends_on=self._log_groups(), ignore_changes=list(FIXED)
            ),
        )

    def _beginning_and_end(self) -> dict[str, Any]:
        """What the instance is made from, and what it takes to lose it."""
        args = self._args
        return {
            "snapshot_identifier": args.snapshot,
            "deletion_protection": args.protect,
            "skip_final_snapshot": not args.protect,
            "final_snapshot_identifier": args.naming.physical("final") if args.protect else None,
            "delete_automated_backups": not args.protect,
        }

    def _monitoring(self) -> dict[str, Any]:
        """How often the operating system is measured, and the role that writes it to RDS's own log group."""
        args = self._args
        if not args.monitoring_interval:
            return {"monitoring_interval": 0}
        trust = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "monitoring.rds.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": args.account}},
        }
        role = aws.iam.Role(
            "monitoring",
            name=args.naming.physical("monitoring"),
            path=args.naming.path(),
            permissions_boundary=args.permissions_boundary,
            assume_role_policy=Output.json_dumps({"Version": "2012-10-17", "Statement": [trust]}),
            tags=args.naming.tags("monitoring"),
            opts=ResourceOptions(parent=self),
        )
        policy = aws.iam.RolePolicy(
            "monitoring",
            role=role.name,
            policy=Output.json_dumps({"Version": "2012-10-17", "Statement": MONITORING}),
            opts=ResourceOptions(parent=self),
        )
        # The instance waits for the policy too: RDS tries the role when it is told of it.
        arn = Output.all(role.arn, policy.id).apply(lambda both: both[0])
        return {"monitoring_interval": args.monitoring_interval, "monitoring_role_arn": arn}

    def _subnet_group(self) -> aws.rds.SubnetGroup:
        return aws.rds.SubnetGroup(
            "database",
            name=self._args.naming.physical(),
            description="Isolated subnets",
            subnet_ids=self._args.subnet_ids,
            tags=self._args.naming.tags("database"),
            opts=ResourceOptions(parent=self),
        )

    def _parameter_group(self) -> aws.rds.ParameterGroup:
        return aws.rds.ParameterGroup(
            "database",
            # A prefix, so that the next major version's group can be made before the old one goes.
            name_prefix=f"{self._args.naming.physical('postgres17')}-",
            family="postgres17",
            description="TLS for every connection",
            parameters=[
                aws.rds.ParameterGroupParameterArgs(name="rds.force_ssl", value="1"),
                # Otherwise the log of a violated constraint shows the whole row: an address, a password's hash.
                aws.rds.ParameterGroupParameterArgs(name="log_error_verbosity", value="terse"),
            ],
            tags=self._args.naming.tags("database"),
            opts=ResourceOptions(parent=self),
        )

    def _log_groups(self) -> list[pulumi.Resource]:
        """RDS would make these itself, and never expire what is in them."""
        return [
            aws.cloudwatch.LogGroup(
                f"database-{log}",
                name=f"/aws/rds/instance/{self._args.naming.physical()}/{log}",
                retention_in_days=self._args.log_retention_days,
                kms_key_id=self._args.key_arn,
                tags=self._args.naming.tags(f"database-{log}"),
                opts=ResourceOptions(parent=self),
            )
            for log in EXPORTED_LOGS
        ]


def named(database: str | None) -> str:
    """The database that the API connects to: a snapshot of an instance that was made without one names none."""
    return database or DATABASE


def trust(args: DatabaseArgs) -> str:
    """The URL's `sslrootcert`, where the server's certificate is verified."""
    return f"&sslrootcert={quote(args.root_certificates)}" if args.tls == "verify-full" else ""
