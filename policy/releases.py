"""Our own rules for what runs: which image, how it is replaced, how many there are."""

import re
from collections.abc import Iterator

from policy.ecs import SERVICE, TASK_DEFINITION, containers
from policy.load_balancing import TARGET_GROUP
from policy.rule import IN_PROD, ONLY_IN_PROD, Finding, Rule, shown
from policy.stack import Stack, is_known

SCALING_TARGET = "aws:appautoscaling/target:Target"
BY_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")
LEAST_IN_PROD = 2
SAFE = {
    "deploymentCircuitBreaker.enable": True,
    "deploymentCircuitBreaker.rollback": True,
    "deploymentMinimumHealthyPercent": 100,
    "deploymentMaximumPercent": 200,
}
# What ECS takes when nothing is said.
DEFAULTS = {"deploymentMinimumHealthyPercent": 100, "deploymentMaximumPercent": 200}


def by_tag(stack: Stack) -> Iterator[Finding]:
    """An image that somebody can exchange."""
    for task in stack.of_type(TASK_DEFINITION):
        for container in containers(task):
            image = str(container.get("image"))
            if is_known(image) and not BY_DIGEST.fullmatch(image):
                yield Finding(f"container {shown(container.get('name'))} runs {image}, which is no digest", task)


def careless(stack: Stack) -> Iterator[Finding]:
    """A release that stops what works before the new one does, or goes on when it does not."""
    for service in stack.of_type(SERVICE):
        for path, wanted in SAFE.items():
            value = service.value(path)
            value = DEFAULTS.get(path) if value is None else value
            if is_known(value) and value != wanted:
                yield Finding(f"{path} is {shown(value)} instead of {shown(wanted)}", service)


def unasked(stack: Stack) -> Iterator[Finding]:
    """A target group that does not ask the API whether it can serve."""
    for group in stack.of_type(TARGET_GROUP):
        if group.lacks("healthCheck.path"):
            yield Finding("healthCheck.path is not set", group)


def alone(stack: Stack) -> Iterator[Finding]:
    """A service that may shrink to one task."""
    for target in stack.of_type(SCALING_TARGET):
        least = target.value("minCapacity")
        if is_known(least) and (least or 0) < LEAST_IN_PROD:
            yield Finding(f"minCapacity is {shown(least)} instead of {LEAST_IN_PROD} or more", target)


RULES = (
    Rule(
        name="image-by-digest",
        why="A tag can be moved, so what was tested need not be what runs, and tasks of one service may differ.",
        fix="Name the image as repository@sha256:digest, as a release writes it.",
        levels=IN_PROD,
        check=by_tag,
    ),
    Rule(
        name="safe-deployment",
        why="A release that cannot start takes the API down, and stays.",
        fix="Set deploymentCircuitBreaker to enable and rollback, deploymentMinimumHealthyPercent to 100 and "
        "deploymentMaximumPercent to 200.",
        check=careless,
    ),
    Rule(
        name="health-check-path",
        why="The load balancer asks /, so it cannot tell a task that serves from one that has lost its database.",
        fix="Set healthCheck.path to the API's health route.",
        check=unasked,
    ),
    Rule(
        name="two-tasks",
        why="A single task is an outage whenever it, its host or its zone stops.",
        fix="Set minCapacity to 2 or more.",
        levels=ONLY_IN_PROD,
        check=alone,
    ),
)
