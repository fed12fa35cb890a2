"""The template as text, and what holds state, keys and boundary."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from gitops.doctor.template import read_template
from tests.bootstrap.account import ACCOUNT, BOOTSTRAP, TEMPLATE, Account
from tests.bootstrap.evaluator import allowed, like

TEXT = TEMPLATE.read_text()
RESOURCES: dict[str, Any] = read_template()["Resources"]
READ_ONLY = {"priceguard-guard", "priceguard-read"}
WRITING = {f"priceguard-{name}" for name in ("state", "network", "service", "data", "observation", "identity")}
USERS = {"dev": "priceguard-deploy-dev", "prod": "priceguard-promote-prod"}


def of_type(kind: str) -> dict[str, Any]:
    """Logical name -> resource."""
    return {name: resource for name, resource in RESOURCES.items() if resource["Type"] == f"AWS::{kind}"}


def statements(document: Any) -> Iterator[dict[str, Any]]:
    """Every statement anywhere below."""
    if isinstance(document, dict):
        if "Effect" in document:
            yield document
        for value in document.values():
            yield from statements(value)
    elif isinstance(document, list):
        for value in document:
            yield from statements(value)


def named(statement: dict[str, Any]) -> list[str]:
    """The actions of a statement."""
    actions: str | list[str] = statement["NotAction" if "NotAction" in statement else "Action"]
    return [actions] if isinstance(actions, str) else actions


def test_cfn_lint_finds_nothing() -> None:
    """It also knows the schema of each resource."""
    command = [Path(sys.executable).parent / "cfn-lint", "--regions", "us-east-1", "--template", TEMPLATE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_cloudformation_takes_it_as_it_is() -> None:
    """Up to 51,200 bytes without a bucket to upload it to, in which YAML has no anchors."""
    assert len(TEXT.encode()) <= 51_200
    assert not re.search(r"(^|[\s,\[])[&*][A-Za-z]", re.sub(r'"[^"]*"|#.*', "", TEXT))
    assert set(re.findall(r"\b\d{12}\b", TEXT)) == set()


def test_policies_have_room(account: Account) -> None:
    """IAM counts without white space: 6,144 for a policy, 10,240 for all inline ones of a role, 2,048 for a trust."""
    for document in account.policies.values():
        assert size(document) <= 6_144
    for role in account.roles.values():
        assert sum(map(size, role.inline.values())) <= 10_240
        assert size({"Version": "2012-10-17", "Statement": role.trust}) <= 2_048
        assert len(role.attached) <= 10


def size(document: Any) -> int:
    """Characters that IAM counts."""
    return len(json.dumps(document, separators=(",", ":")))


SERVICES: dict[str, Any] = json.loads(
    resources.files("cfnlint.data.AdditionalSpecs").joinpath("Policies.json").read_text()
)
"""What cfn-lint knows of AWS's actions: service -> `Actions`, by their names in lower case."""


def test_every_action_exists() -> None:
    """In the list that cfn-lint carries; a pattern must match something."""
    unknown: list[str] = []
    for statement in statements(RESOURCES):
        for action in named(statement):
            service, name = action.split(":")
            if not any(like(name, known) for known in SERVICES[service]["Actions"]):
                unknown.append(action)

    assert not unknown


def test_nothing_is_allowed_in_vain() -> None:
    """Where AWS knows no resource for an action, allowing it on some allows nothing."""
    vain = [
        action
        for statement in statements(RESOURCES)
        if statement["Effect"] == "Allow" and statement.get("Resource", "*") != "*"
        for action in named(statement)
        for service, name in [action.lower().split(":")]
        if not SERVICES[service]["Actions"].get(name, {"Resources": "a pattern"}).get("Resources")
    ]

    assert not vain


def test_no_role_is_allowed_a_whole_service(account: Account) -> None:
    """Patterns name a verb; those of the deploying roles stand for nothing but the load balancer's settings."""
    allowing = [s for d in account.policies.values() for s in d["Statement"] if s["Effect"] == "Allow"]
    patterns = {action for statement in allowing for action in named(statement) if "*" in action}

    assert not [pattern for pattern in patterns if re.search(r"(^|:)\*", pattern)]
    assert {p.split(":")[0] for p in patterns if not re.search(r":(Describe|Get)", p)} == {"elasticloadbalancing"}


@pytest.mark.parametrize("name", ["StateBucket", "LogBucket"])
def test_buckets_are_closed_and_kept(name: str) -> None:
    """Versioned, encrypted, never public, over TLS only, and there when the stack is gone."""
    bucket, policy = RESOURCES[name], RESOURCES[f"{name}Policy"]
    properties = bucket["Properties"]
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    by_default = rule["ServerSideEncryptionByDefault"]
    tls = next(s for s in statements(policy) if s["Sid"] == "TlsOnly")

    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == policy["DeletionPolicy"] == "Retain"
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert list(properties["PublicAccessBlockConfiguration"].values()) == [True] * 4
    assert by_default["SSEAlgorithm"] == ("aws:kms" if name == "StateBucket" else "AES256")
    assert tls["Effect"] == "Deny"
    assert tls["Principal"] == "*"
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert any("AbortIncompleteMultipartUpload" in r for r in properties["LifecycleConfiguration"]["Rules"])
    assert any("NoncurrentVersionExpiration" in r for r in properties["LifecycleConfiguration"]["Rules"])


@pytest.mark.parametrize(
    ("principal", "action", "refused"),
    [
        ("priceguard/bootstrap/priceguard-preview", "s3:GetObject", True),
        ("priceguard/bootstrap/priceguard-drift", "s3:GetObject", False),
        ("priceguard/bootstrap/priceguard-deploy-dev", "s3:PutObject", False),
        ("priceguard/bootstrap/priceguard-deploy-dev", "s3:DeleteObjectVersion", True),
        ("priceguard/dev/priceguard-dev-task", "s3:GetObject", True),
        ("administrator", "s3:DeleteObjectVersion", False),
    ],
)
def test_the_bucket_itself_refuses(principal: str, action: str, *, refused: bool) -> None:
    """Whatever the caller's own policies say."""
    key = "arn:aws:s3:::bucket/.pulumi/stacks/priceguard/dev.json"
    context = {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{principal}", "aws:SecureTransport": "true"}
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}

    assert allowed([everything, *bucket_policy()], action, key, context) != refused


def bucket_policy() -> list[dict[str, Any]]:
    """Its statements for a bucket called `bucket`; moto makes no bucket policies."""

    def resolved(value: Any) -> Any:
        if isinstance(value, list):
            return [resolved(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "Fn::GetAtt" in value:
            return "arn:aws:s3:::bucket"
        if "Fn::Sub" in value:
            return value["Fn::Sub"].replace("${StateBucket.Arn}", "arn:aws:s3:::bucket")
        return {key: resolved(item) for key, item in value.items()}

    return resolved(RESOURCES["StateBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"])


@pytest.mark.parametrize("environment", USERS)
def test_secrets_of_a_state_are_for_two_roles_of_the_pipeline(account: Account, environment: str) -> None:
    """The key refuses the preview, the other environment and the tasks, even with a policy that allows everything."""
    everything = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    key = [everything, *account.keys[f"alias/priceguard/{environment}/state"]["Statement"]]
    users = {role.arn for role in account.roles.values() if allowed(key, "kms:Decrypt", "*", caller(role.arn))}
    task = f"arn:aws:iam::{ACCOUNT}:role/priceguard/{environment}/priceguard-{environment}-execution"

    assert users == {BOOTSTRAP + USERS[environment], f"{BOOTSTRAP}priceguard-drift"}
    assert not allowed(key, "kms:Decrypt", "*", caller(task))
    assert allowed(key, "kms:Decrypt", "*", caller(f"arn:aws:iam::{ACCOUNT}:role/administrator"))


def caller(arn: str) -> dict[str, str]:
    """A request of that role."""
    return {"aws:PrincipalArn": arn}


def test_keys_rotate_and_stay(account: Account) -> None:
    """And carry the mark that keeps the pipeline from administering them."""
    assert account.rotated == account.keys.keys()
    for key in of_type("KMS::Key").values():
        assert key["DeletionPolicy"] == "Retain"
        assert {"Key": "ManagedBy", "Value": "bootstrap"} in key["Properties"]["Tags"]
        assert "Environment" not in {tag["Key"] for tag in key["Properties"]["Tags"]}


def test_who_has_which_policies(account: Account) -> None:
    """Readers have two, writers all; the tag on a writer is what its policies take the environment from."""
    for name, role in account.roles.items():
        assert role.attached == (READ_ONLY | WRITING if name in USERS.values() else READ_ONLY)
    tags = {r["Properties"]["RoleName"]: r["Properties"].get("Tags", []) for r in of_type("IAM::Role").values()}
    for environment, role in USERS.items():
        assert tags[role] == [{"Key": "Environment", "Value": environment}]


def test_the_boundary_holds_whatever_a_role_is_given(account: Account) -> None:
    """What the tasks need is inside, of their own environment; identities and the state are not."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    boundary = account.policies["priceguard-boundary"]["Statement"]

    def possible(action: str, resource: str, **context: str) -> bool:
        request = {"aws:PrincipalTag/Environment": "dev", **context}
        return all(allowed(held, action, resource, request) for held in ([everything], boundary))

    secret = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:priceguard/"
    logs = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/priceguard/dev/api:log-stream:x"
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
    assert possible("secretsmanager:GetSecretValue", f"{secret}dev/stripe-secret-key-AbCdEf")
    assert possible("logs:PutLogEvents", logs)
    assert possible("ecr:BatchGetImage", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/priceguard-dev")
    assert possible("kms:Decrypt", key, **{"aws:ResourceTag/Environment": "dev"})
    assert not possible("kms:Decrypt", key, **{"aws:ResourceTag/ManagedBy": "bootstrap"})
    assert not possible("secretsmanager:GetSecretValue", f"{secret}prod/database-url-AbCdEf")
    assert not possible("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/priceguard/dev/x")
    assert not possible("sts:AssumeRole", f"{BOOTSTRAP}priceguard-deploy-dev")
    assert not possible("s3:GetObject", f"arn:aws:s3:::priceguard-state-{ACCOUNT}-us-east-1/.pulumi/x")
    assert not possible("ec2:DeleteVpc", f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc/1")


def test_outputs_say_what_goes_where(account: Account) -> None:
    """In the words of Pulumi and of the GitHub environments."""
    bucket = f"priceguard-state-{ACCOUNT}-us-east-1"

    assert account.outputs["BackendUrl"] == f"s3://{bucket}?region=us-east-1&awssdk=v2"
    assert account.outputs["ProdSecretsProvider"] == "awskms://alias/priceguard/prod/state?region=us-east-1&awssdk=v2"
    assert account.outputs["PromoteProdRoleArn"] == f"{BOOTSTRAP}priceguard-promote-prod"
    assert account.outputs["BoundaryArn"] == f"arn:aws:iam::{ACCOUNT}:policy/priceguard/bootstrap/priceguard-boundary"
