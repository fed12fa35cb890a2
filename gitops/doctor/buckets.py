"""Settings of a bucket, read from S3 and put into the words of CloudFormation.

Each question names the account that the bucket must belong to, because anybody could own a bucket of that name.
"""

import json
from typing import Any

from gitops.doctor.account import Account
from gitops.doctor.template import Resource


def encryption(account: Account, bucket: Resource) -> Any:
    """`BucketEncryption`."""
    answer = _ask(account, bucket, "get_bucket_encryption").get("ServerSideEncryptionConfiguration", {})
    return {
        "ServerSideEncryptionConfiguration": [
            {
                "BucketKeyEnabled": rule.get("BucketKeyEnabled"),
                "ServerSideEncryptionByDefault": rule.get("ApplyServerSideEncryptionByDefault"),
            }
            for rule in answer.get("Rules", [])
        ]
    }


def lifecycle(account: Account, bucket: Resource) -> Any:
    """`LifecycleConfiguration`."""
    rules = _ask(account, bucket, "get_bucket_lifecycle_configuration").get("Rules", [])
    return {"Rules": [_lifecycle_rule(rule) for rule in rules]}


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """S3 gives a rule for all objects an empty filter, of one of two forms."""
    same = {key: value for key, value in rule.items() if key not in {"ID", "Expiration", "Filter"}}
    expiration = rule.get("Expiration", {})
    return {
        **same,
        "Id": rule.get("ID"),
        "Filter": {key: value for key, value in rule.get("Filter", {}).items() if value},
        "ExpirationInDays": expiration.get("Days"),
        "ExpirationDate": expiration.get("Date"),
        "ExpiredObjectDeleteMarker": expiration.get("ExpiredObjectDeleteMarker"),
    }


def logging(account: Account, bucket: Resource) -> Any:
    """`LoggingConfiguration`."""
    answer = _ask(account, bucket, "get_bucket_logging").get("LoggingEnabled", {})
    return {"DestinationBucketName": answer.get("TargetBucket"), "LogFilePrefix": answer.get("TargetPrefix")}


def ownership(account: Account, bucket: Resource) -> Any:
    """`OwnershipControls`."""
    return _ask(account, bucket, "get_bucket_ownership_controls").get("OwnershipControls")


def public_access(account: Account, bucket: Resource) -> Any:
    """`PublicAccessBlockConfiguration`."""
    return _ask(account, bucket, "get_public_access_block").get("PublicAccessBlockConfiguration")


def replication(account: Account, bucket: Resource) -> Any:
    """`ReplicationConfiguration`: whether the state is copied elsewhere."""
    return _ask(account, bucket, "get_bucket_replication").get("ReplicationConfiguration")


def versioning(account: Account, bucket: Resource) -> Any:
    """`VersioningConfiguration`; a bucket that never had one says nothing."""
    return {"Status": _ask(account, bucket, "get_bucket_versioning").get("Status")}


def policy(account: Account, bucket_policy: Resource) -> Any:
    """`PolicyDocument` of the policy of a bucket."""
    text = _ask(account, bucket_policy, "get_bucket_policy").get("Policy")
    return json.loads(text) if text else None


def _ask(account: Account, bucket: Resource, operation: str) -> dict[str, Any]:
    return account.call("s3", operation, Bucket=bucket.ref, ExpectedBucketOwner=account.id)
