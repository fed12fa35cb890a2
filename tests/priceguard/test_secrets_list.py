"""`priceguard secrets list`: how the secrets stand, for people and for programs."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from gitops.stored_secrets.values import NAMES
from tests.gitops.cluster import REGION, make_cluster
from tests.priceguard.test_secrets import KEY, NAME, call, make_secrets


@pytest.fixture
def secrets() -> Iterator[Any]:
    """Secrets Manager of an emulated AWS, with the four secrets and the service that uses them."""
    with mock_aws():
        client = boto3.client("secretsmanager", REGION)
        make_secrets(client)
        found = [client.describe_secret(SecretId=f"priceguard/dev/{name}") for name in NAMES]
        versions = {one["ARN"]: next(iter(one["VersionIdsToStages"])) for one in found}
        make_cluster(secrets=[{"name": arn[-6:], "valueFrom": f"{arn}:::{id_}"} for arn, id_ in versions.items()])
        yield client


def test_list_is_a_table(secrets: Any) -> None:
    """One row for each secret, and what waits."""
    secrets.put_secret_value(SecretId=NAME, SecretString=KEY)

    printed = call("list", "dev")

    head, *rows = [" ".join(line.split()) for line in printed.stdout.splitlines()]
    assert head == "secret written by version changed (UTC) service uses state"
    assert [row.split()[:2] for row in rows] == [
        ["priceguard/dev/database-url", "program"],
        ["priceguard/dev/allowed-origins", "program"],
        ["priceguard/dev/stripe-webhook-secret", "program"],
        [NAME, "person"],
    ]
    assert [row.rpartition(":")[2].split(maxsplit=2)[2] for row in rows] == [*["current"] * 3, "rolls with the next up"]
    assert "sk_test" not in printed.output
    assert printed.exit_code == 0


def test_programs_get_one_object(secrets: Any) -> None:
    """With whole ids, and times with their zone."""
    secrets.delete_secret(SecretId="priceguard/dev/database-url", ForceDeleteWithoutRecovery=True)

    found = json.loads(call("list", "dev", "--json").stdout)

    (current,) = secrets.describe_secret(SecretId=NAME)["VersionIdsToStages"]
    first, *_, last = found["secrets"]
    assert found["stack"] == "dev"
    assert first == {
        "name": "priceguard/dev/database-url",
        "written_by": "program",
        "state": "missing",
        "version": None,
        "changed": None,
        "pinned": None,
    }
    assert last.pop("changed")[10:].count(":") == 3
    assert last == {
        "name": NAME,
        "written_by": "person",
        "state": "current",
        "version": current,
        "pinned": current,
    }
