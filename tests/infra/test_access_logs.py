"""The bucket of the access logs: who may write to it, who may not read it, and what it forgets."""

import json
from typing import Any

import pytest

from render.manifest import Manifest
from tests.bootstrap.evaluator import allowed

ACCOUNT = "123456789012"
BUCKET = "aws:s3/bucket:Bucket"
BALANCER = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/priceguard/1"


def name(manifest: Manifest) -> str:
    """The bucket's name: buckets are the whole world's."""
    return f"priceguard-{manifest.stack}-access-logs-{ACCOUNT}-us-east-1"


def setting(manifest: Manifest, kind: str) -> dict[str, Any]:
    """The inputs of one of the bucket's settings."""
    return manifest.one(f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}").inputs


def statements(manifest: Manifest, sid: str) -> list[dict[str, Any]]:
    """The statement of the bucket's policy with that id."""
    return [s for s in json.loads(setting(manifest, "BucketPolicy")["policy"])["Statement"] if s["Sid"] == sid]


def test_the_load_balancer_writes_where_the_policy_lets_it(stack: Manifest) -> None:
    """It is told of the bucket when it may write, or AWS refuses to make it."""
    balancer = stack.one("aws:lb/loadBalancer:LoadBalancer")
    logs = balancer.inputs["accessLogs"]
    key = f"arn:aws:s3:::{logs['bucket']}/{logs['prefix']}/AWSLogs/{ACCOUNT}/elasticloadbalancing/x.log.gz"
    writing, source = statements(stack, "LoadBalancersWrite"), {"aws:SourceArn": BALANCER}

    assert logs["enabled"] is True
    assert logs["bucket"] == name(stack)
    assert stack.one("aws:s3/bucketPolicy:BucketPolicy").urn in balancer.options["dependsOn"]
    assert writing[0]["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert allowed(writing, "s3:PutObject", key, source)


@pytest.mark.parametrize(
    ("action", "key", "source"),
    [
        ("s3:PutObject", "load-balancer/AWSLogs/210987654321/x", BALANCER),
        ("s3:PutObject", f"AWSLogs/{ACCOUNT}/x", BALANCER),
        ("s3:GetObject", f"load-balancer/AWSLogs/{ACCOUNT}/x", BALANCER),
        ("s3:PutObject", f"load-balancer/AWSLogs/{ACCOUNT}/x", BALANCER.replace(ACCOUNT, "210987654321")),
    ],
)
def test_nothing_else_is_written(stack: Manifest, action: str, key: str, source: str) -> None:
    """Neither elsewhere, nor by the load balancers of others; and nothing is read."""
    resource = f"arn:aws:s3:::{name(stack)}/{key}"

    assert not allowed(statements(stack, "LoadBalancersWrite"), action, resource, {"aws:SourceArn": source})


def test_without_tls_nobody_does_anything(stack: Manifest) -> None:
    """Whatever else allows it, to the bucket and to what is in it."""
    everything = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, *statements(stack, "TlsOnly")]

    for resource in (f"arn:aws:s3:::{name(stack)}", f"arn:aws:s3:::{name(stack)}/x"):
        assert not allowed(everything, "s3:GetObject", resource, {"aws:SecureTransport": "false"})
        assert allowed(everything, "s3:GetObject", resource, {"aws:SecureTransport": "true"})


def test_the_bucket_is_closed(stack: Manifest) -> None:
    """No public access, no lists of grants; S3's own key, because load balancers cannot use a customer's."""
    block = setting(stack, "BucketPublicAccessBlock")
    (rule,) = setting(stack, "BucketServerSideEncryptionConfiguration")["rules"]
    kinds = [r for r in stack.resources if r.type.startswith("aws:s3/")]

    assert [value for key, value in sorted(block.items()) if key != "bucket"] == [True] * 4
    assert setting(stack, "BucketOwnershipControls")["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert rule == {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    assert {r.inputs["bucket"] for r in kinds} == {name(stack)}
    assert len(name(stack).replace("us-east-1", "ap-southeast-1")) <= 63


def test_logs_expire_with_what_they_leave_behind(dev: Manifest, prod: Manifest) -> None:
    """After the days that every log is kept; versions and broken uploads a week later."""
    for manifest, days in ((dev, 14), (prod, 365)):
        (rule,) = setting(manifest, "BucketLifecycleConfiguration")["rules"]

        assert setting(manifest, "BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
        assert (rule["status"], rule["filter"]) == ("Enabled", {"prefix": ""})
        assert rule["expiration"] == {"days": days}
        assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 7}
        assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}


def test_the_logs_of_prod_outlive_a_mistake(dev: Manifest, prod: Manifest) -> None:
    """Dev's go with the bucket."""
    assert prod.one(BUCKET).options["protect"] is True
    assert prod.one(BUCKET).inputs["forceDestroy"] is False
    assert dev.one(BUCKET).inputs["forceDestroy"] is True
