"""Secrets: how old they get."""

import re
from collections.abc import Iterator

from policy.rule import IN_PROD, Finding, Rule
from policy.stack import Resource, Stack, is_known

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
SECRET_ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"  # noqa: S105 - likewise
DAYS = 90
RATE = re.compile(r"rate\((\d+) days?\)")


def every(rotation: Resource) -> int | None:
    """Days between two rotations, when the schedule is a number of them."""
    days, schedule = (
        rotation.value("rotationRules.automaticallyAfterDays"),
        rotation.value("rotationRules.scheduleExpression"),
    )
    if isinstance(days, int | float):
        return int(days)
    rate = RATE.fullmatch(schedule) if isinstance(schedule, str) else None
    return int(rate[1]) if rate else None


def ageing(stack: Stack) -> Iterator[Finding]:
    """A secret that nothing rotates, or too seldom."""
    for secret in stack.of_type(SECRET):
        rotations = stack.pointing_to(secret, "secretId", SECRET_ROTATION)
        slowest = max((every(rotation) or 0 for rotation in rotations), default=0)
        if not rotations:
            yield Finding("nothing rotates it", secret)
        elif slowest > DAYS:
            yield Finding(f"it is rotated every {slowest} days", secret)
        elif any(
            is_known(rotation.value("rotationRules")) and rotation.lacks("rotationRules") for rotation in rotations
        ):
            yield Finding("its rotation has no schedule", secret)


RULES = (
    Rule(
        name="secret-rotation",
        controls=("SecretsManager.1", "SecretsManager.4"),
        why="A secret that leaked once works for whoever has it until somebody changes it.",
        fix=f"Add a SecretRotation of at most {DAYS} days; where its issuer or a release rotates it, tag the secret "
        "rotation=external and record an exception with the reason.",
        levels=IN_PROD,
        check=ageing,
    ),
)
