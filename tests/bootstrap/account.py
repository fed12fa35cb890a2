"""The template, read as text, and as what CloudFormation makes of it in an account of moto's."""

import ast
import copy
import json
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

from gitops.doctor.template import read_template
from render.configuration import ROOT
from tests.bootstrap.evaluator import Statement

TEMPLATE = ROOT / "bootstrap" / "account.yaml"
ACCOUNT, REGION = "123456789012", "us-east-1"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
PARAMETERS = {"Owner": "example", "OwnerId": "1001", "Repository": "platform", "RepositoryId": "2002"}
BUCKET = f"priceguard-state-{ACCOUNT}-{REGION}"
BOOTSTRAP = f"arn:aws:iam::{ACCOUNT}:role/priceguard/bootstrap/"


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role as IAM has it: who may become it, and everything that it may do."""

    arn: str
    seconds: int
    trust: list[Statement]
    statements: list[Statement]
    attached: set[str]
    inline: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Account:
    """What the stack has made. Documents of policies are those that IAM and KMS hold, everything resolved."""

    outputs: dict[str, str]
    roles: dict[str, Role]
    policies: dict[str, Any]
    keys: dict[str, Any]
    rotated: set[str]


def attached_policies() -> dict[str, set[str]]:
    """Name of each role -> names of the policies that the template attaches."""
    resources = {name: resource["Properties"] for name, resource in read_template()["Resources"].items()}
    return {
        p["RoleName"]: {resources[reference["Ref"]]["ManagedPolicyName"] for reference in p["ManagedPolicyArns"]}
        for p in resources.values()
        if "RoleName" in p
    }


ATTACHED = attached_policies()


@cache
def make(environments: str = "dev,prod", **parameters: str) -> Account:
    """Create the stack in an empty account and look at what came out."""
    with an_account():
        template = copy.deepcopy(read_template())
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::KMS::Key":
                del resource["Properties"]["Tags"]  # moto takes them for those of another service
        given = {**PARAMETERS, "Environments": environments, **parameters}
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(
            StackName="priceguard-bootstrap",
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        (stack,) = cloudformation.describe_stacks()["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        return look({output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]})


@contextmanager
def an_account() -> Generator[None]:
    """An empty account."""
    credentials = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}
    # moto makes neither bucket policies nor identity providers from a template, and says so each time.
    with pytest.MonkeyPatch.context() as patch, mock_aws(), warnings.catch_warnings():
        for name, value in credentials.items():
            patch.setenv(name, value)
        warnings.filterwarnings("ignore", message="Tried to parse AWS::(S3::BucketPolicy|IAM::OIDCProvider)")
        yield


def look(outputs: dict[str, str]) -> Account:
    """Read back roles, policies and keys."""
    iam, kms = boto3.client("iam"), boto3.client("kms")
    policies: dict[str, Any] = {}
    for policy in iam.list_policies(Scope="Local")["Policies"]:
        version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])
        policies[policy["PolicyName"]] = version["PolicyVersion"]["Document"]
    aliases = {
        a["AliasName"]: a["TargetKeyId"] for a in kms.list_aliases()["Aliases"] if "/priceguard/" in a["AliasName"]
    }
    return Account(
        outputs=outputs,
        roles={role["RoleName"]: as_role(iam, role, policies) for role in iam.list_roles()["Roles"]},
        policies=policies,
        keys={a: kms.get_key_policy(KeyId=k, PolicyName="default")["Policy"] for a, k in aliases.items()},
        rotated={a for a, k in aliases.items() if kms.get_key_rotation_status(KeyId=k)["KeyRotationEnabled"]},
    )


def as_role(iam: Any, role: dict[str, Any], policies: dict[str, Any]) -> Role:
    """One role with the statements of all its policies."""
    name = role["RoleName"]
    attached = ATTACHED[name]  # moto attaches none
    inline = {
        # moto gives back what it was given as Python writes it.
        policy: ast.literal_eval(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }
    documents = [*(policies[policy] for policy in attached), *inline.values()]
    return Role(
        arn=role["Arn"],
        seconds=role["MaxSessionDuration"],
        trust=role["AssumeRolePolicyDocument"]["Statement"],
        statements=[statement for document in documents for statement in document["Statement"]],
        attached=attached,
        inline=inline,
    )
