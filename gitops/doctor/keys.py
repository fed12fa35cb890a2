"""Settings of a KMS key, in the words of CloudFormation."""

import json
from typing import Any

from gitops.doctor.account import Account
from gitops.doctor.template import Resource

ENABLED = "Enabled"
POLICY_TAGS = {"Environment", "ManagedBy", "Project"}
"""The tags that our policies read; what else a company puts on its keys is its own."""


def description(account: Account, key: Resource) -> Any:
    """`Description`."""
    return _metadata(account, key)["Description"]


def state(account: Account, key: Resource) -> Any:
    """`Enabled`, as KMS says it: a key may also be about to be deleted."""
    return _metadata(account, key)["KeyState"]


def rotation(account: Account, key: Resource) -> Any:
    """`EnableKeyRotation`."""
    return account.call("kms", "get_key_rotation_status", KeyId=key.arn)["KeyRotationEnabled"]


def policy(account: Account, key: Resource) -> Any:
    """`KeyPolicy`."""
    return json.loads(account.call("kms", "get_key_policy", KeyId=key.arn, PolicyName="default")["Policy"])


def tags(account: Account, key: Resource) -> Any:
    """`Tags`, those that matter."""
    found = account.call("kms", "list_resource_tags", KeyId=key.arn)["Tags"]
    return [{"Key": tag["TagKey"], "Value": tag["TagValue"]} for tag in found if tag["TagKey"] in POLICY_TAGS]


def alias_target(account: Account, alias: Resource) -> Any:
    """`TargetKeyId` of an alias."""
    return account.call("kms", "describe_key", KeyId=alias.ref)["KeyMetadata"]["KeyId"]


def _metadata(account: Account, key: Resource) -> dict[str, Any]:
    return account.call("kms", "describe_key", KeyId=key.arn)["KeyMetadata"]
