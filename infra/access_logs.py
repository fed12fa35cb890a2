"""Access logs of the load balancer: a bucket that only it writes to, and that forgets after a while."""

import json
from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Output, ResourceOptions

from infra.naming import Naming

PREFIX = "load-balancer"
LEFTOVERS_KEPT_DAYS = 7  # of what has expired or was overwritten, and of uploads that never ended


@dataclass(frozen=True, kw_only=True)
class AccessLogsArgs:
    """What the bucket is made from.

    Args:
        naming: names and tags of the environment.
        region: region of the load balancer.
        account: AWS account, 12 digits; bucket names are the whole world's, so it stands in the name.
        retention_days: how long the logs are kept.
        protect: refuse deletion; otherwise the logs go with the bucket.
    """

    naming: Naming
    region: str
    account: str
    retention_days: int
    protect: bool


class AccessLogs(ComponentResource):
    """priceguard:access_logs:AccessLogs.

    Makes the bucket and everything that closes it: no public access, TLS only, versions, expiry.

    Attributes:
        bucket: its name, known once load balancers may write to it.
        prefix: where in it they may write.
    """

    def __init__(self, name: str, args: AccessLogsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:access_logs:AccessLogs", name, None, opts)
        self._args = args
        self._child = ResourceOptions(parent=self)
        bucket_name = f"{args.naming.physical('access-logs')}-{args.account}-{args.region}"
        # Renaming this deletes the bucket with its logs, or fails where it is protected.
        bucket = aws.s3.Bucket(
            "access-logs",
            bucket=bucket_name,
            force_destroy=not args.protect,
            tags=args.naming.tags("access-logs"),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        self._close(bucket)
        self._expire(bucket)
        policy = aws.s3.BucketPolicy(
            "access-logs", bucket=bucket.bucket, policy=json.dumps(bucket_policy(args, bucket_name)), opts=self._child
        )
        # Who takes the name from here waits for the policy: a load balancer tries to write when it is told the bucket.
        self.bucket: Output[str] = Output.all(bucket.bucket, policy.id).apply(lambda both: both[0])
        self.prefix = PREFIX
        self.register_outputs({"bucket": self.bucket})

    def _close(self, bucket: aws.s3.Bucket) -> None:
        aws.s3.BucketPublicAccessBlock(
            "access-logs",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )
        aws.s3.BucketOwnershipControls(
            "access-logs",
            bucket=bucket.bucket,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self._child,
        )
        # S3's own key: load balancers cannot write with a customer's.
        encryption = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="AES256"
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            "access-logs",
            bucket=bucket.bucket,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=encryption
                )
            ],
            opts=self._child,
        )

    def _expire(self, bucket: aws.s3.Bucket) -> None:
        versioning = aws.s3.BucketVersioning(
            "access-logs",
            bucket=bucket.bucket,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=self._child,
        )
        rule = aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="expire",
            status="Enabled",
            filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=self._args.retention_days),
            noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=LEFTOVERS_KEPT_DAYS
            ),
            abort_incomplete_multipart_upload=(
                aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                    days_after_initiation=LEFTOVERS_KEPT_DAYS
                )
            ),
        )
        aws.s3.BucketLifecycleConfiguration(
            "access-logs",
            bucket=bucket.bucket,
            rules=[rule],
            opts=ResourceOptions(parent=self, depends_on=[versioning]),
        )


def bucket_policy(args: AccessLogsArgs, bucket: str) -> dict[str, object]:
    """The load balancers of this account write below their prefix; nobody does anything without TLS."""
    arn = f"arn:aws:s3:::{bucket}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "LoadBalancersWrite",
                "Effect": "Allow",
                "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{arn}/{PREFIX}/AWSLogs/{args.account}/*",
                "Condition": {
                    "ArnLike": {
                        "aws:SourceArn": f"arn:aws:elasticloadbalancing:{args.region}:{args.account}:loadbalancer/*"
                    }
                },
            },
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }
