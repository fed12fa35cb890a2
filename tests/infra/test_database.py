"""The database: where it is, what protects it, who measures it, and what it is made from."""

import json
from typing import Any

import pytest

from render.configuration import read_configuration
from render.manifest import Manifest
from render.monitor import run_program
from render.program import NamedUnknowns, run
from render.registration import Made, Registration, plain
from tests.bootstrap.evaluator import allowed
from tests.infra.test_service import statements

INSTANCE = "aws:rds/instance:Instance"
ROLE = "aws:iam/role:Role"
SNAPSHOT = "priceguard-dev-before"


class Restored(NamedUnknowns):
    """RDS, which makes the instance from a snapshot: user and database are those that the snapshot brings."""

    def make(self, registration: Registration) -> Made:
        """As rendered, but for what a snapshot decides."""
        made = super().make(registration)
        if registration.type == INSTANCE:
            return Made(made.id, {**made.outputs, "username": "owner", "dbName": "shop"})
        return made


def with_database(**changes: Any) -> dict[str, str]:
    """Settings of dev in which the database differs."""
    database = json.loads(read_configuration("dev")["priceguard:database"])
    return {"priceguard:database": json.dumps({**database, **changes})}


def test_the_database_of_prod_survives_mistakes(prod: Manifest) -> None:
    """Deletion protection, a final snapshot, a standby, thirty days of backups that outlive it."""
    inputs = prod.one("aws:rds/instance:Instance").inputs

    assert inputs["deletionProtection"] is True
    assert inputs["skipFinalSnapshot"] is False
    assert inputs["finalSnapshotIdentifier"] == "priceguard-prod-final"
    assert inputs["deleteAutomatedBackups"] is False
    assert inputs["multiAz"] is True
    assert inputs["backupRetentionPeriod"] == 30


def test_the_database_is_encrypted_private_and_forces_tls(stack: Manifest) -> None:
    """In both environments; its password is a secret wherever it is shown."""
    inputs = stack.one("aws:rds/instance:Instance").inputs
    parameters = stack.one("aws:rds/parameterGroup:ParameterGroup").inputs["parameters"]

    assert inputs["storageEncrypted"] is True
    assert inputs["publiclyAccessible"] is False
    assert inputs["password"] == "[secret]"
    assert inputs["engineVersion"] == "17"
    assert [(p["name"], p["value"]) for p in parameters] == [
        ("rds.force_ssl", "1"),
        ("log_error_verbosity", "terse"),
    ]


def test_the_database_lives_in_subnets_without_a_way_out(stack: Manifest) -> None:
    """The isolated ones, whose route tables have no route."""
    subnets = stack.one("aws:rds/subnetGroup:SubnetGroup").inputs["subnetIds"]
    isolated = [r for r in stack.of_type("aws:ec2/subnet:Subnet") if r.inputs["tags"]["SubnetType"] == "Isolated"]

    assert subnets == [f"${{{r.type}::{r.name}.id}}" for r in isolated]
    tables_with_routes = {r.inputs["routeTableId"] for r in stack.of_type("aws:ec2/route:Route")}
    assert not [table for table in tables_with_routes if "isolated" in table]


def test_the_operating_system_of_prod_is_measured(dev: Manifest, prod: Manifest) -> None:
    """Every minute, by a role of RDS's that may write to RDS's log group alone; dev saves that."""
    inputs, role = prod.one(INSTANCE).inputs, prod.one(ROLE, "monitoring")
    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    may = statements(prod.one("aws:iam/rolePolicy:RolePolicy", "monitoring"))
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:"

    assert (inputs["monitoringInterval"], inputs["monitoringRoleArn"]) == (60, f"${{{ROLE}::monitoring.arn}}")
    assert prod.one("aws:iam/rolePolicy:RolePolicy", "monitoring").urn in prod.one(INSTANCE).options["dependsOn"]
    assert trust["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert allowed(may, "logs:CreateLogGroup", f"{arn}RDSOSMetrics")
    assert allowed(may, "logs:PutLogEvents", f"{arn}RDSOSMetrics:log-stream:db-1")
    assert not allowed(may, "logs:PutLogEvents", f"{arn}/priceguard/prod/api:log-stream:x")
    assert dev.one(INSTANCE).inputs["monitoringInterval"] == 0
    assert "monitoringRoleArn" not in dev.one(INSTANCE).inputs
    assert "monitoring" not in {role.name for role in dev.of_type(ROLE)}


def test_a_snapshot_is_what_the_database_is_made_from(dev: Manifest) -> None:
    """Only that input changes, and a later change of it replaces nothing."""
    before = dev.one(INSTANCE)
    restored = run("dev", with_database(snapshot=SNAPSHOT)).one(INSTANCE)

    assert restored.inputs == {**before.inputs, "snapshotIdentifier": SNAPSHOT}
    assert restored.options == before.options
    assert set(before.options["ignoreChanges"]) == {"snapshotIdentifier", "username", "dbName"}


@pytest.mark.parametrize(
    ("maker", "snapshot", "whose"),
    [(NamedUnknowns, None, ("priceguard", "appdb")), (Restored, SNAPSHOT, ("owner", "shop"))],
)
def test_the_api_connects_as_the_user_that_there_is(
    maker: type[NamedUnknowns], snapshot: str | None, whose: tuple[str, str]
) -> None:
    """With the password that the program gives it: the provider sets it on a restored database too."""
    config = read_configuration("dev") | (with_database(snapshot=snapshot) if snapshot else {})
    found = run_program("dev", config, maker("us-east-1")).registrations
    (version,) = [r for r in found if r.type.endswith(":SecretVersion") and r.name == "database-url"]
    url, user, database = plain(version.inputs["secretString"]), *whose

    assert url.startswith(f"postgresql://{user}:${{random:index/randomPassword:RandomPassword::database.result}}@")
    assert f"/{database}?sslmode=verify-full&" in url
