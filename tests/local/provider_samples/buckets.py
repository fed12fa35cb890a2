"""Samples of buckets and of what closes them."""

import json
from typing import Any

from tests.local.provider_samples.sample import Sample

POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Write",
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::sample-bucket/*",
        }
    ],
}
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
RULE = {
    "id": "expire",
    "status": "Enabled",
    "filter": {"prefix": ""},
    "expiration": {"days": 14},
    "noncurrentVersionExpiration": {"noncurrentDays": 7},
    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
}
OTHER = {"bucket": "other-bucket"}

SAMPLES = {
    "bucket": Sample(
        "aws:s3/bucket:Bucket",
        {"bucket": "sample-bucket", "forceDestroy": True, "tags": {"Name": "a", "Old": "b"}},
        {"tags": {"Name": "c"}},
        ("s3", "get_bucket_tagging", {"Bucket": "sample-bucket"}, 'TagSet == `[{"Key": "Name", "Value": "c"}]`'),
        OTHER,
    ),
    "closed_bucket": Sample(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        {"bucket": "@bucket.bucket", **dict.fromkeys(BLOCKS, True)},
        {"blockPublicPolicy": False},
        (
            "s3",
            "get_public_access_block",
            {"Bucket": "sample-bucket"},
            "PublicAccessBlockConfiguration.[BlockPublicPolicy, BlockPublicAcls] == `[false, true]`",
        ),
        OTHER,
    ),
    "owned_bucket": Sample(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        {"bucket": "@bucket.bucket", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        {"rule": {"objectOwnership": "ObjectWriter"}},
        (
            "s3",
            "get_bucket_ownership_controls",
            {"Bucket": "sample-bucket"},
            "OwnershipControls.Rules[0].ObjectOwnership == 'ObjectWriter'",
        ),
        OTHER,
    ),
    "encrypted_bucket": Sample(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        {"bucket": "@bucket.bucket", "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "@key.arn"}}]},
        (
            "s3",
            "get_bucket_encryption",
            {"Bucket": "sample-bucket"},
            "*.Rules[0].ApplyServerSideEncryptionByDefault.KMSMasterKeyID == ['@key.arn']",
        ),
        OTHER,
    ),
    "versioned_bucket": Sample(
        "aws:s3/bucketVersioning:BucketVersioning",
        {"bucket": "@bucket.bucket", "versioningConfiguration": {"status": "Enabled"}},
        {"versioningConfiguration": {"status": "Suspended"}},
        ("s3", "get_bucket_versioning", {"Bucket": "sample-bucket"}, "Status == 'Suspended'"),
        OTHER,
    ),
    "forgetful_bucket": Sample(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        {"bucket": "@bucket.bucket", "rules": [RULE]},
        {"rules": [{**RULE, "expiration": {"days": 30}}]},
        (
            "s3",
            "get_bucket_lifecycle_configuration",
            {"Bucket": "sample-bucket"},
            "Rules[0].[Expiration.Days, NoncurrentVersionExpiration.NoncurrentDays] == `[30, 7]`",
        ),
        OTHER,
    ),
    "bucket_policy": Sample(
        "aws:s3/bucketPolicy:BucketPolicy",
        {"bucket": "@bucket.bucket", "policy": json.dumps(POLICY)},
        {"policy": json.dumps({**POLICY, "Statement": [{**POLICY["Statement"][0], "Sid": "Other"}]})},
        ("s3", "get_bucket_policy", {"Bucket": "sample-bucket"}, "contains(Policy, 'Other')"),
        OTHER,
    ),
}
