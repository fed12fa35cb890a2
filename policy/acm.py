"""Certificates: strong, renewed without hands, and an alarm before one ends."""

import re
from collections.abc import Iterator

from policy.load_balancing import ENCRYPTED, LISTENER
from policy.rule import Finding, Rule
from policy.stack import Stack, is_known

CERTIFICATE = "aws:acm/certificate:Certificate"
METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
# AWS writes both RSA_2048 and RSA-2048; without a word it is RSA 2048.
STRONG = re.compile(r"RSA[_-](2048|3072|4096)|EC_\w+")


def weak(stack: Stack) -> Iterator[Finding]:
    """A certificate whose key can be guessed."""
    for certificate in stack.of_type(CERTIFICATE):
        algorithm = certificate.value("keyAlgorithm")
        if isinstance(algorithm, str) and is_known(algorithm) and not STRONG.fullmatch(algorithm):
            yield Finding(f"keyAlgorithm is {algorithm}", certificate)


def renewed_by_hand(stack: Stack) -> Iterator[Finding]:
    """A certificate that somebody must remember."""
    for certificate in stack.of_type(CERTIFICATE):
        private = not certificate.lacks("certificateAuthorityArn")
        if not private and certificate.differs("validationMethod", ("DNS",)):
            yield Finding("is not validated by DNS", certificate)


def ends_unnoticed(stack: Stack) -> Iterator[Finding]:
    """Listeners with TLS, and no alarm on the days that are left."""
    watched = any(not alarm.differs("metricName", ("DaysToExpiry",)) for alarm in stack.of_type(METRIC_ALARM))
    if not watched and any(listener.value("protocol") in ENCRYPTED for listener in stack.of_type(LISTENER)):
        yield Finding("no alarm watches DaysToExpiry of the certificate")


RULES = (
    Rule(
        name="certificate-key",
        controls=("ACM.2",),
        why="Short keys are broken, and with them everything that was recorded.",
        fix="Set keyAlgorithm to RSA_2048 or stronger, or leave it out.",
        check=weak,
    ),
    Rule(
        name="certificate-validation",
        controls=("ACM.1",),
        why="A certificate that is imported or validated by mail ends on the day that nobody thought of it.",
        fix="Let ACM issue it, with validationMethod DNS.",
        check=renewed_by_hand,
    ),
    Rule(
        name="certificate-expiry-alarm",
        controls=("ACM.1",),
        why="When the renewal fails, every browser refuses the API from one second to the next.",
        fix="Add an alarm on AWS/CertificateManager's DaysToExpiry below 30 days.",
        check=ends_unnoticed,
    ),
)
