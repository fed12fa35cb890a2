"""Buckets: closed, encrypted on the way, with versions that do not stay for ever."""

from collections.abc import Iterator

from policy.documents import Statement, statements
from policy.rule import Check, Finding, Rule
from policy.stack import Resource, Stack, is_known, value_at

BUCKET = "aws:s3/bucket:Bucket"
PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
STATUS = "versioningConfiguration.status"


def public(stack: Stack) -> Iterator[Finding]:
    """A bucket without a complete block of public access."""
    for bucket in stack.of_type(BUCKET):
        blocks = stack.pointing_to(bucket, "bucket", PUBLIC_ACCESS_BLOCK)
        if not blocks:
            yield Finding("has no block of public access", bucket)
        for block in blocks:
            if missing := [path for path in BLOCKS if block.differs(path, (True,))]:
                yield Finding(f"{', '.join(missing)} not true", block)


def refuses_clear_text(one: Statement) -> bool:
    """Whether a statement denies everyone everything without TLS."""
    secure = [
        str(value_at(one.condition, "Bool").get(key)).lower()
        for key in ("aws:SecureTransport", "aws:securetransport")
        if isinstance(value_at(one.condition, "Bool"), dict)
    ]
    return not one.allows and "*" in one.principals and bool({"s3:*", "*"} & set(one.actions)) and "false" in secure


def clear_text(stack: Stack) -> Iterator[Finding]:
    """A bucket that answers without TLS."""
    for bucket in stack.of_type(BUCKET):
        policies = stack.pointing_to(bucket, "bucket", BUCKET_POLICY)
        told = all(is_known(policy.value("policy")) or statements_of(policy) for policy in policies)
        if told and not any(refuses_clear_text(one) for policy in policies for one in statements_of(policy)):
            yield Finding("its policy does not deny requests without TLS", bucket)


def statements_of(policy: Resource) -> list[Statement]:
    """The statements of a bucket's policy."""
    return list(statements(policy, "policy"))


def unlogged(stack: Stack) -> Iterator[Finding]:
    """A bucket that does not log who reads it, and is no place for logs itself."""
    for bucket in stack.of_type(BUCKET):
        holds_logs = stack.pointing_to(bucket, "targetBucket", LOGGING) or [
            balancer
            for balancer in stack.pointing_to(bucket, "accessLogs.bucket", LOAD_BALANCER)
            if not balancer.lacks("accessLogs.bucket")
        ]
        if not holds_logs and not stack.pointing_to(bucket, "bucket", LOGGING):
            yield Finding("does not log who reads it", bucket)


def endless(stack: Stack) -> Iterator[Finding]:
    """A bucket that forgets nothing."""
    for bucket in stack.of_type(BUCKET):
        active = [
            rule
            for lifecycle in stack.pointing_to(bucket, "bucket", LIFECYCLE)
            for rule in lifecycle.items("rules") or [None]
            if value_at(rule, "status") != "Disabled"
        ]
        if not active:
            yield Finding("no lifecycle rule is enabled", bucket)


def without_versions(stack: Stack) -> Iterator[Finding]:
    """A bucket where overwriting destroys."""
    for bucket in stack.of_type(BUCKET):
        versionings = stack.pointing_to(bucket, "bucket", VERSIONING)
        if not any(not versioning.differs(STATUS, ("Enabled",)) for versioning in versionings):
            yield Finding("does not keep versions", bucket)


def rule(name: str, controls: tuple[str, ...], check: Check, why: str, fix: str) -> Rule:
    """One of this file's rules."""
    return Rule(name=name, controls=controls, check=check, why=why, fix=fix)


RULES = (
    rule(
        "bucket-public-access",
        ("S3.1", "S3.8"),
        public,
        "One mistaken policy or list of grants makes every object readable for the world.",
        "Add an s3.BucketPublicAccessBlock for the bucket with all four settings true.",
    ),
    rule(
        "bucket-tls-only",
        ("S3.5",),
        clear_text,
        "What is read or written without TLS can be read on the way.",
        "Add an s3.BucketPolicy that denies s3:* to * where aws:SecureTransport is false.",
    ),
    rule(
        "bucket-access-logging",
        ("S3.9",),
        unlogged,
        "Nobody can tell afterwards who took what from it.",
        "Add an s3.BucketLogging to a bucket for logs.",
    ),
    rule(
        "bucket-lifecycle",
        ("S3.13",),
        endless,
        "What is never deleted is paid for ever, and is there to be stolen.",
        "Add an s3.BucketLifecycleConfiguration with an enabled rule that expires objects or their old versions.",
    ),
    rule(
        "bucket-versioning",
        ("S3.14",),
        without_versions,
        "What is overwritten or deleted by mistake, or by an intruder, is gone.",
        "Add an s3.BucketVersioning with the status Enabled.",
    ),
)
