"""What people, other tools and attackers do to buckets and keys, each to a property that no other one touches."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.gitops.doctor.patient import ACCOUNT, BUCKET, Patient

LOG_BUCKET = BUCKET.replace("state", "state-log")
ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
REVERT = "--deployment-mode REVERT_DRIFT"


@dataclass(frozen=True)
class Deviation:
    """What is done, the one finding of it, and parts of what is found and of the fix."""

    finding: str
    found: str
    fix: str
    make: Callable[[Patient], Any]


def s3(operation: str, bucket: str = BUCKET, **arguments: Any) -> Callable[[Patient], Any]:
    """Something done to a bucket."""
    return lambda patient: getattr(patient.client("s3"), operation)(Bucket=bucket, **arguments)


def kms(operation: str, key: str, **arguments: Any) -> Callable[[Patient], Any]:
    """Something done to a key of the template."""
    return lambda patient: getattr(patient.client("kms"), operation)(KeyId=patient.ref(key), **arguments)


def document(*statements: Any) -> str:
    """A policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def without_tls(patient: Patient) -> None:
    """Take one statement out of the bucket's policy."""
    client = patient.client("s3")
    policy = json.loads(client.get_bucket_policy(Bucket=BUCKET)["Policy"])
    kept = [statement for statement in policy["Statement"] if statement["Sid"] != "TlsOnly"]
    client.put_bucket_policy(Bucket=BUCKET, Policy=document(*kept))


def point_elsewhere(patient: Patient) -> None:
    """The alias that production's secrets go by now names another key."""
    alias, key = patient.ref("ProdStateKeyAlias"), patient.ref("DevStateKey")
    patient.client("kms").update_alias(AliasName=alias, TargetKeyId=key)


OF_BUCKETS = (
    Deviation(
        "StateBucket.VersioningConfiguration",
        "Status: Suspended",
        REVERT,
        s3("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"}),
    ),
    Deviation(
        "StateBucket.BucketEncryption",
        "SSEAlgorithm: AES256",
        REVERT,
        s3(
            "put_bucket_encryption",
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}]
            },
        ),
    ),
    Deviation(
        "StateBucket.PublicAccessBlockConfiguration",
        "RestrictPublicBuckets: nothing",
        REVERT,
        s3(
            "put_public_access_block",
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": False,
            },
        ),
    ),
    Deviation(
        "LogBucket.PublicAccessBlockConfiguration", "nothing", REVERT, s3("delete_public_access_block", LOG_BUCKET)
    ),
    Deviation(
        "StateBucket.OwnershipControls",
        "Rules.ObjectOwnership: ObjectWriter",
        REVERT,
        s3("put_bucket_ownership_controls", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}),
    ),
    Deviation("LogBucket.OwnershipControls", "nothing", REVERT, s3("delete_bucket_ownership_controls", LOG_BUCKET)),
    Deviation(
        "StateBucket.LifecycleConfiguration",
        "Rules[old-versions].NoncurrentVersionExpiration.NoncurrentDays: 7; ",
        REVERT,
        s3(
            "put_bucket_lifecycle_configuration",
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "old-versions",
                        "Filter": {"Prefix": ""},
                        "Status": "Enabled",
                        "Expiration": {"ExpiredObjectDeleteMarker": True},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                    }
                ]
            },
        ),
    ),
    Deviation(
        "LogBucket.LifecycleConfiguration",
        'Rules[a-year].Filter: {"Prefix": "elsewhere/"}',
        REVERT,
        s3(
            "put_bucket_lifecycle_configuration",
            LOG_BUCKET,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "a-year",
                        "Filter": {"Prefix": "elsewhere/"},
                        "Status": "Enabled",
                        "Expiration": {"Days": 365},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                    }
                ]
            },
        ),
    ),
    Deviation("StateBucket.LoggingConfiguration", "nothing", REVERT, s3("put_bucket_logging", BucketLoggingStatus={})),
    Deviation(
        "LogBucket.LoggingConfiguration",
        f'"DestinationBucketName": "{LOG_BUCKET}"',
        f"put-bucket-logging --bucket {LOG_BUCKET} --bucket-logging-status '{{}}'",
        s3(
            "put_bucket_logging",
            LOG_BUCKET,
            BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": LOG_BUCKET, "TargetPrefix": "state/"}},
        ),
    ),
    Deviation(
        "LogBucket.ReplicationConfiguration",
        "arn:aws:s3:::elsewhere",
        f"delete-bucket-replication --bucket {LOG_BUCKET}",
        s3(
            "put_bucket_replication",
            LOG_BUCKET,
            ReplicationConfiguration={
                "Role": f"arn:aws:iam::{ACCOUNT}:role/copier",
                "Rules": [{"Status": "Enabled", "Prefix": "", "Destination": {"Bucket": "arn:aws:s3:::elsewhere"}}],
            },
        ),
    ),
    Deviation("StateBucketPolicy.PolicyDocument", "Statement: nothing", REVERT, without_tls),
    Deviation("LogBucketPolicy.PolicyDocument", "nothing", REVERT, s3("delete_bucket_policy", LOG_BUCKET)),
)
OF_KEYS = (
    Deviation("DevStateKey.EnableKeyRotation", "false", REVERT, kms("disable_key_rotation", "DevStateKey")),
    Deviation(
        "DevStateKey.KeyPolicy",
        '"Principal": {"AWS": ["*"]}',
        REVERT,
        kms(
            "put_key_policy",
            "DevStateKey",
            PolicyName="default",
            Policy=document({**ANYTHING, "Principal": "*", "Action": "kms:*"}),
        ),
    ),
    Deviation(
        "DevStateKey.Tags",
        "Environment",
        REVERT,
        kms("tag_resource", "DevStateKey", Tags=[{"TagKey": "Environment", "TagValue": "prod"}]),
    ),
    Deviation("ProdStateKey.Tags", "nothing", REVERT, kms("untag_resource", "ProdStateKey", TagKeys=["ManagedBy"])),
    Deviation("ProdStateKey.Enabled", "Disabled", "aws kms enable-key", kms("disable_key", "ProdStateKey")),
    Deviation("BucketKey.Description", "Mine", REVERT, kms("update_key_description", "BucketKey", Description="Mine")),
    Deviation(
        "BucketKey.Enabled",
        "PendingDeletion",
        "aws kms cancel-key-deletion",
        kms("schedule_key_deletion", "BucketKey", PendingWindowInDays=7),
    ),
    Deviation("ProdStateKeyAlias.TargetKeyId", "", REVERT, point_elsewhere),
    Deviation(
        "DevStateKeyAlias",
        "it is missing",
        REVERT,
        lambda patient: patient.client("kms").delete_alias(AliasName=patient.ref("DevStateKeyAlias")),
    ),
)
