"""Alarms, logs, buckets, certificates, webhook endpoints, tags and budgets."""

from typing import Any

from policy.acm import CERTIFICATE
from policy.cloudwatch import COMPOSITE_ALARM, LOG_GROUP, METRIC_ALARM
from policy.load_balancing import LISTENER, LOAD_BALANCER
from policy.ownership import BUDGET
from policy.s3 import BUCKET, BUCKET_POLICY, LIFECYCLE, LOGGING, PUBLIC_ACCESS_BLOCK, VERSIONING
from policy.secrets_manager import SECRET
from policy.stripe_endpoints import ENDPOINT, PROVIDER
from tests.policy.examples.example import Example, one, policy, ref, stack
from tests.policy.resources import Inputs, literal

BLOCKED: Inputs = dict.fromkeys(
    ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
)
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
TAGS = {"Project": "priceguard", "Environment": "prod", "Owner": "x", "CostCentre": "y", "ManagedBy": "pulumi"}
URL = "https://api.priceguardbackend.live/api/stripe/webhook"
EXPIRY: Inputs = {"namespace": "AWS/CertificateManager", "metricName": "DaysToExpiry"}


def bucket(type_: str = "", inputs: Inputs | None = None, path: str = "bucket") -> list[Any]:
    """A bucket and something of it."""
    of_it = [literal(type_, {path: ref(BUCKET)} | (inputs or {}))] if type_ else []
    return stack(literal(BUCKET, {"bucket": "logs"}), *of_it)


def provider(key: str) -> list[Any]:
    """Stripe's provider with a key."""
    return [literal(PROVIDER, {"apiKey": key})]


EXAMPLES = {
    "alarm-actions": Example(
        bad=[
            [literal(LOAD_BALANCER, {})],
            [literal(METRIC_ALARM, {"alarmActions": []})],
            [literal(COMPOSITE_ALARM, {"alarmActions": ["arn:aws:sns:x"], "actionsEnabled": False})],
        ],
        good=[[literal(LOAD_BALANCER, {}), literal(METRIC_ALARM, {"alarmActions": ["arn:aws:sns:x"]})]],
    ),
    "log-retention": one(LOG_GROUP, [{}, {"retentionInDays": 30}], [{"retentionInDays": 365}]),
    "log-encryption": one(LOG_GROUP, [{}], [{"kmsKeyId": "arn:aws:kms:x"}]),
    "bucket-public-access": Example(
        bad=[
            bucket(),
            bucket(PUBLIC_ACCESS_BLOCK, BLOCKED | {"blockPublicPolicy": False}),
            [literal("aws:s3/bucketV2:BucketV2", {"bucket": "logs"})],
        ],
        good=[bucket(PUBLIC_ACCESS_BLOCK, BLOCKED)],
    ),
    "bucket-tls-only": Example(
        bad=[bucket(), bucket(BUCKET_POLICY, {"policy": policy(TLS_ONLY | {"Effect": "Allow"})})],
        good=[bucket(BUCKET_POLICY, {"policy": policy(TLS_ONLY)})],
    ),
    "bucket-access-logging": Example(
        bad=[bucket()],
        good=[
            bucket(LOGGING, {"targetBucket": "elsewhere"}),
            bucket(LOGGING, {"bucket": "another"}, "targetBucket"),
            stack(literal(BUCKET, {"bucket": "logs"}), literal(LOAD_BALANCER, {"accessLogs": {"bucket": "logs"}})),
        ],
    ),
    "bucket-lifecycle": Example(
        bad=[bucket(), bucket(LIFECYCLE, {"rules": [{"id": "expire", "status": "Disabled"}]})],
        good=[bucket(LIFECYCLE, {"rules": [{"id": "expire", "status": "Enabled"}]})],
    ),
    "bucket-versioning": Example(
        bad=[bucket(), bucket(VERSIONING, {"versioningConfiguration": {"status": "Suspended"}})],
        good=[bucket(VERSIONING, {"versioningConfiguration": {"status": "Enabled"}})],
    ),
    "certificate-key": one(CERTIFICATE, [{"keyAlgorithm": "RSA_1024"}], [{}, {"keyAlgorithm": "EC_prime256v1"}]),
    "certificate-validation": one(
        CERTIFICATE, [{"validationMethod": "EMAIL"}, {"certificateBody": "x"}], [{"validationMethod": "DNS"}]
    ),
    "certificate-expiry-alarm": Example(
        bad=[[literal(LISTENER, {"protocol": "HTTPS"})]],
        good=[[literal(LISTENER, {"protocol": "HTTPS"}), literal(METRIC_ALARM, EXPIRY)]],
    ),
    "webhook-url": one(
        ENDPOINT,
        [{"url": URL.replace("https", "http")}, {"url": "https://priceguardbackend.live.example.com/webhook"}],
        [{"url": URL}],
    ),
    "webhook-events": one(
        ENDPOINT, [{}, {"enabledEvents": []}, {"enabledEvents": ["*"]}], [{"enabledEvents": ["invoice.paid"]}]
    ),
    "webhook-mode": Example(
        bad=[[literal(ENDPOINT, {"metadata": {"environment": "dev"}})], provider("sk_" + "test_x")],
        good=[[literal(ENDPOINT, {"metadata": {"environment": "prod"}})], provider("rk_" + "live_x")],
    ),
    "mandatory-tags": one(
        LOG_GROUP, [{}, {"tags": {"Project": "priceguard"}}, {"tags": TAGS | {"Environment": "dev"}}], [{"tags": TAGS}]
    ),
    "stateful-protected": Example(
        bad=[[literal(BUCKET, {"bucket": "logs"})], [literal(SECRET, {"recoveryWindowInDays": 0})]],
        good=[[literal(BUCKET, {"bucket": "logs"}, protect=True)], [literal(SECRET, {"recoveryWindowInDays": 30})]],
    ),
    "budget": Example(
        bad=[[literal(LOG_GROUP, {})], [literal(BUDGET, {"budgetType": "COST"})]],
        good=[[literal(BUDGET, {"notifications": [{"threshold": 80}]})]],
    ),
}
