"""Databases: who reaches them, what is kept, and what it takes to lose it."""

from collections.abc import Iterator

from policy.rule import IN_PROD, Finding, Rule, all_of, demands, requires, shown
from policy.stack import Resource, Stack, is_known, value_at

INSTANCE = "aws:rds/instance:Instance"
PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTE = "aws:ec2/route:Route"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE_TABLE_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
FORCE_SSL = "rds.force_ssl"
KEPT_DAYS, KEPT_DAYS_IN_PROD, KEPT_DAYS_AT_MOST = 7, 14, 35
WELL_KNOWN_USERS = {"postgres", "admin", "root", "administrator", "master"}
LOGS = ("postgresql", "upgrade")


def unguarded(stack: Stack) -> Iterator[Finding]:
    """An instance that one wrong change deletes, or deletes without a last snapshot."""
    for instance in stack.of_type(INSTANCE):
        if instance.differs("deletionProtection", (True,)):
            yield Finding(f"deletionProtection is {shown(instance.value('deletionProtection'))}", instance)
        if instance.differs("skipFinalSnapshot", (False, None)):
            yield Finding("skipFinalSnapshot is true", instance)
        if not instance.protect:
            yield Finding("the resource option protect is not set", instance)


def unlogged(stack: Stack) -> Iterator[Finding]:
    """An instance whose logs stay on it."""
    for instance in stack.of_type(INSTANCE):
        exports = instance.value("enabledCloudwatchLogsExports")
        if isinstance(exports, list | None) and all(map(is_known, exports or [])):
            missing = [log for log in LOGS if log not in (exports or [])]
            if missing:
                yield Finding(f"does not export its {' and '.join(missing)} log", instance)


def backups(stack: Stack) -> Iterator[Finding]:
    """Backups that are gone before a mistake is noticed."""
    least = KEPT_DAYS_IN_PROD if stack.is_prod else KEPT_DAYS
    for instance in stack.of_type(INSTANCE):
        days = instance.value("backupRetentionPeriod")
        if is_known(days) and not least <= (days or 0) <= KEPT_DAYS_AT_MOST:
            yield Finding(f"backupRetentionPeriod is {shown(days)} instead of {least} to {KEPT_DAYS_AT_MOST}", instance)


def well_known_user(stack: Stack) -> Iterator[Finding]:
    """A master user whose name everyone tries first."""
    for instance in stack.of_type(INSTANCE):
        user = instance.value("username")
        if isinstance(user, str) and user.lower() in WELL_KNOWN_USERS:
            yield Finding(f"the master user is named {user}", instance)


def tls_optional(stack: Stack) -> Iterator[Finding]:
    """An instance whose parameter group lets clients connect in clear text."""
    for instance in stack.of_type(INSTANCE):
        name = instance.value("parameterGroupName")
        if not name or (isinstance(name, str) and name.startswith("default.")):
            yield Finding(f"parameterGroupName is {shown(name or None)}, so nothing sets {FORCE_SSL}", instance)
        for group in stack.targets(instance, "parameterGroupName", PARAMETER_GROUP) or []:
            values = [value_at(p, "value") for p in group.items("parameters") if value_at(p, "name") == FORCE_SSL]
            if is_known(group.value("parameters")) and not any(not is_known(v) or str(v) == "1" for v in values):
                yield Finding(f"{FORCE_SSL} is {shown(values[0] if values else None)} instead of 1", group)


def reachable(stack: Stack) -> Iterator[Finding]:
    """A subnet group with a subnet that the internet has a route to."""
    for group in stack.of_type(SUBNET_GROUP):
        for subnet in stack.targets(group, "subnetIds", SUBNET) or []:
            if any(has_internet_route(stack, table) for table in tables_of(stack, subnet)):
                yield Finding(f"its subnet {subnet.name} has a route to an internet gateway", group)


def tables_of(stack: Stack, subnet: Resource) -> Iterator[Resource]:
    """The route tables that are surely a subnet's."""
    for association in stack.of_type(ROUTE_TABLE_ASSOCIATION):
        if subnet in (stack.targets(association, "subnetId", SUBNET) or []):
            yield from stack.targets(association, "routeTableId", ROUTE_TABLE) or []


def has_internet_route(stack: Stack, table: Resource) -> bool:
    """Whether a route of the table surely leads to an internet gateway, inside the table or beside it."""
    inside = [value_at(route, "gatewayId") for route in table.items("routes")]
    if any(isinstance(gateway, str) and gateway.startswith("igw-") for gateway in inside):
        return True
    sources = table.references.get("routes", frozenset())
    if any(gateway.urn in sources for gateway in stack.of_type(INTERNET_GATEWAY)):
        return True
    return any(
        table in (stack.targets(route, "routeTableId", ROUTE_TABLE) or [])
        and (str(route.value("gatewayId")).startswith("igw-") or stack.targets(route, "gatewayId", INTERNET_GATEWAY))
        for route in stack.of_type(ROUTE)
    )


RULES = (
    Rule(
        name="database-public",
        controls=("RDS.2",),
        why="A database with a public address is attacked from everywhere.",
        fix="Set publiclyAccessible to false.",
        check=requires(INSTANCE, "publiclyAccessible", (False, None)),
    ),
    Rule(
        name="database-encrypted",
        controls=("RDS.3",),
        why="Disks and snapshots are readable for whoever gets hold of them.",
        fix="Set storageEncrypted to true and kmsKeyId to the environment's key, before there is data: it replaces.",
        check=all_of(requires(INSTANCE, "storageEncrypted", (True,)), demands(INSTANCE, "kmsKeyId")),
    ),
    Rule(
        name="database-multi-az",
        controls=("RDS.5",),
        why="The failure of one availability zone stops the API until a backup is restored.",
        fix="Set multiAz to true.",
        levels=IN_PROD,
        check=requires(INSTANCE, "multiAz", (True,)),
    ),
    Rule(
        name="database-enhanced-monitoring",
        controls=("RDS.6",),
        why="Without metrics of the operating system, memory and disk waits of the instance stay a guess.",
        fix="Set monitoringInterval to 60 and monitoringRoleArn to a role with AmazonRDSEnhancedMonitoringRole.",
        levels=IN_PROD,
        check=demands(INSTANCE, "monitoringInterval", "monitoringRoleArn"),
    ),
    Rule(
        name="database-deletion-protection",
        controls=("RDS.8",),
        why="One wrong change deletes every account and subscription that is known.",
        fix="Set deletionProtection to true, skipFinalSnapshot to false and the resource option protect.",
        levels=IN_PROD,
        check=unguarded,
    ),
    Rule(
        name="database-logs",
        controls=("RDS.9", "RDS.36"),
        why="Logs on the instance are gone after days, and with the instance.",
        fix="Set enabledCloudwatchLogsExports to postgresql and upgrade.",
        check=unlogged,
    ),
    Rule(
        name="database-iam-authentication",
        controls=("RDS.10",),
        why="Operators without it share a password that never expires.",
        fix="Set iamDatabaseAuthenticationEnabled to true.",
        levels=IN_PROD,
        check=requires(INSTANCE, "iamDatabaseAuthenticationEnabled", (True,)),
    ),
    Rule(
        name="database-backups",
        controls=("RDS.11",),
        why="A mistake that is noticed later than backups are kept cannot be undone.",
        fix="Set backupRetentionPeriod to at least 7 days, in prod to 14 to 35.",
        check=backups,
    ),
    Rule(
        name="database-minor-versions",
        controls=("RDS.13",),
        why="Known flaws of PostgreSQL stay open until somebody thinks of them.",
        fix="Set autoMinorVersionUpgrade to true.",
        check=requires(INSTANCE, "autoMinorVersionUpgrade", (True, None)),
    ),
    Rule(
        name="database-snapshot-tags",
        controls=("RDS.17",),
        why="Nobody knows whose a snapshot without tags is, nor who pays for it.",
        fix="Set copyTagsToSnapshot to true.",
        check=requires(INSTANCE, "copyTagsToSnapshot", (True,)),
    ),
    Rule(
        name="database-master-user",
        controls=("RDS.25",),
        why="Guessing starts with the names that everybody uses, and half of the guess is right.",
        fix="Set username to a name of your own; changing it replaces the instance.",
        check=well_known_user,
    ),
    Rule(
        name="database-managed-password",
        controls=("RDS.25",),
        why="A password that the program knows stands in Pulumi's state and stays the same for years.",
        fix="Set manageMasterUserPassword to true and leave password out, or record an exception.",
        check=requires(INSTANCE, "manageMasterUserPassword", (True,)),
    ),
    Rule(
        name="database-tls",
        controls=("RDS.38",),
        why="A client that forgets TLS sends passwords and data in clear text.",
        fix=f"Use a parameter group of your own with {FORCE_SSL} set to 1.",
        check=tls_optional,
    ),
    Rule(
        name="database-subnets",
        controls=("RDS.46",),
        why="A route to the internet leaves the security group as the only thing between it and the database.",
        fix="Use subnets whose route tables have no internet gateway.",
        check=reachable,
    ),
)
