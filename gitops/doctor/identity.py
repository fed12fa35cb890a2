"""Roles, policies and the identity provider, read from IAM, in the words of CloudFormation."""

from collections.abc import Callable
from typing import Any

from gitops.doctor.account import Account
from gitops.doctor.template import Resource

POLICY_TAGS = {"Environment"}
"""The tags of a role that our policies read."""


def of_role(name: str) -> Callable[[Account, Resource], Any]:
    """A property that IAM calls as CloudFormation does."""
    return lambda account, role: read_role(account, role.ref).get(name)


def trust(account: Account, role: Resource) -> Any:
    """`AssumeRolePolicyDocument`."""
    return read_role(account, role.ref)["AssumeRolePolicyDocument"]


def boundary(account: Account, role: Resource) -> Any:
    """`PermissionsBoundary`."""
    return boundary_of(read_role(account, role.ref))


def boundary_of(role: dict[str, Any]) -> str | None:
    """The ARN of a role's boundary."""
    return role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")


def tags(account: Account, role: Resource) -> Any:
    """`Tags`, those that matter."""
    return [tag for tag in read_role(account, role.ref).get("Tags", []) if tag["Key"] in POLICY_TAGS]


def attached_policies(account: Account, role: Resource) -> Any:
    """`ManagedPolicyArns`."""
    found = account.call("iam", "list_attached_role_policies", RoleName=role.ref)["AttachedPolicies"]
    return [policy["PolicyArn"] for policy in found]


def inline_policies(account: Account, role: Resource) -> Any:
    """`Policies`."""
    names = account.call("iam", "list_role_policies", RoleName=role.ref)["PolicyNames"]
    found = [account.call("iam", "get_role_policy", RoleName=role.ref, PolicyName=name) for name in names]
    return [{"PolicyName": policy["PolicyName"], "PolicyDocument": policy["PolicyDocument"]} for policy in found]


def policy_document(account: Account, policy: Resource) -> Any:
    """`PolicyDocument` of a managed policy: its version in force."""
    version = account.call("iam", "get_policy", PolicyArn=policy.arn)["Policy"]["DefaultVersionId"]
    found = account.call("iam", "get_policy_version", PolicyArn=policy.arn, VersionId=version)
    return found["PolicyVersion"]["Document"]


def audiences(account: Account, provider: Resource) -> Any:
    """`ClientIdList`."""
    return account.call("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=provider.arn)["ClientIDList"]


def read_role(account: Account, name: str) -> dict[str, Any]:
    """A role as IAM shows it alone: a list of roles lacks boundaries and tags."""
    return account.call("iam", "get_role", RoleName=name)["Role"]
