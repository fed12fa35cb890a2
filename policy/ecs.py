"""Clusters, services and task definitions: what a container may do, and what it is told."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from policy.documents import parsed
from policy.rule import IN_PROD, Finding, Rule, all_of, requires, shown
from policy.stack import Resource, Stack, as_list, is_known, value_at

CLUSTER = "aws:ecs/cluster:Cluster"
SERVICE = "aws:ecs/service:Service"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
TASK_SET = "aws:ecs/taskSet:TaskSet"
SECRET_NAME = re.compile(r"(_|^)(KEY|SECRET|TOKEN|PASSWORD|PASSWD)$", re.IGNORECASE)
PUBLIC_NAME = re.compile(r"PUBLIC|PUBLISHABLE", re.IGNORECASE)
# Keys of Stripe and AWS, and URLs with a password.
SECRET_VALUE = re.compile(r"\b[sr]k_(live|test)_|\bwhsec_|\bAKIA[A-Z0-9]{12}|://[^/@\s:]*:[^/@\s]+@")
ROOT_USERS = {"root", "0"}


def containers(task: Resource) -> list[Mapping[str, Any]]:
    """The containers of a task definition; none while they are not known."""
    return [raw for raw in as_list(parsed(task.value("containerDefinitions"))) if isinstance(raw, Mapping)]


def each_container(
    wrong: Callable[[Mapping[str, Any]], str | None],
) -> Callable[[Stack], Iterator[Finding]]:
    """A check of every container; `wrong` says what is."""

    def check(stack: Stack) -> Iterator[Finding]:
        for task in stack.of_type(TASK_DEFINITION):
            for container in containers(task):
                if what := wrong(container):
                    yield Finding(f"container {shown(container.get('name'))} {what}", task)

    return check


def privileged(container: Mapping[str, Any]) -> str | None:
    """Root on the host."""
    return "is privileged" if container.get("privileged") else None


def writable(container: Mapping[str, Any]) -> str | None:
    """Files that an attacker can change."""
    return None if container.get("readonlyRootFilesystem") else "can write to its own files"


def silent(container: Mapping[str, Any]) -> str | None:
    """Output that nobody keeps."""
    return None if value_at(container, "logConfiguration.logDriver") else "has no logConfiguration"


def as_root(container: Mapping[str, Any]) -> str | None:
    """No user, or the one that may do anything; `user:group` both ways."""
    user = container.get("user")
    return f"runs as {user or 'the user of the image'}" if not user or str(user).split(":")[0] in ROOT_USERS else None


def tells_secrets(container: Mapping[str, Any]) -> str | None:
    """Variables in clear text that look like secrets, by their names alone: the message must not repeat a value."""
    names = [
        str(variable.get("name"))
        for variable in as_list(container.get("environment"))
        if isinstance(variable, Mapping) and looks_secret(str(variable.get("name")), str(variable.get("value", "")))
    ]
    return f"has {', '.join(names)} in environment" if names else None


def looks_secret(name: str, value: str) -> bool:
    """Whether a variable looks like a secret, by its name or by its value."""
    named = SECRET_NAME.search(name) and not PUBLIC_NAME.search(name)
    return bool(named or SECRET_VALUE.search(value))


def insights(stack: Stack) -> Iterator[Finding]:
    """A cluster that reports no metrics of its tasks."""
    for cluster in stack.of_type(CLUSTER):
        settings = cluster.value("settings")
        values = [
            value_at(item, "value") for item in as_list(settings) if value_at(item, "name") == "containerInsights"
        ]
        if is_known(settings) and not any(not is_known(value) or value in {"enabled", "enhanced"} for value in values):
            yield Finding(f"containerInsights is {shown(values[0] if values else None)}", cluster)


RULES = (
    Rule(
        name="task-network-mode",
        controls=("ECS.1", "ECS.17"),
        why="In any other mode tasks share the network of their host, and no security group tells them apart.",
        fix="Set networkMode to awsvpc.",
        check=requires(TASK_DEFINITION, "networkMode", ("awsvpc",)),
    ),
    Rule(
        name="task-public-address",
        controls=("ECS.2", "ECS.16"),
        why="A task with a public address is one mistaken security group rule away from the internet.",
        fix="Set networkConfiguration.assignPublicIp to false and use private subnets with a NAT gateway.",
        levels=IN_PROD,
        check=all_of(
            requires(SERVICE, "networkConfiguration.assignPublicIp", (False, None)),
            requires(TASK_SET, "networkConfiguration.assignPublicIp", (False, None)),
        ),
    ),
    Rule(
        name="task-host-processes",
        controls=("ECS.3",),
        why="A container that sees the host's processes can read their memory.",
        fix="Leave pidMode out, or set it to task.",
        check=requires(TASK_DEFINITION, "pidMode", ("task", "", None)),
    ),
    Rule(
        name="container-privileged",
        controls=("ECS.4",),
        why="Whoever gets into a privileged container owns its host.",
        fix="Set privileged to false.",
        check=each_container(privileged),
    ),
    Rule(
        name="container-read-only",
        controls=("ECS.5",),
        why="Whoever gets into the container can change its code and stay.",
        fix="Set readonlyRootFilesystem to true and give temporary files a tmpfs or a volume.",
        check=each_container(writable),
    ),
    Rule(
        name="container-secrets-in-environment",
        controls=("ECS.8",),
        why="Variables stand readable in the console, in the API of ECS and in Pulumi's state.",
        fix="Put the value into Secrets Manager and name it under secrets.",
        check=each_container(tells_secrets),
    ),
    Rule(
        name="container-logs",
        controls=("ECS.9",),
        why="What the container says before it dies is lost.",
        fix="Give it a logConfiguration with the driver awslogs.",
        check=each_container(silent),
    ),
    Rule(
        name="fargate-platform-version",
        controls=("ECS.10",),
        why="Older platform versions get no security fixes.",
        fix="Set platformVersion to LATEST or 1.4.0.",
        check=requires(SERVICE, "platformVersion", ("LATEST", "1.4.0", None)),
    ),
    Rule(
        name="cluster-container-insights",
        controls=("ECS.12",),
        why="Without metrics of single tasks, a leak is seen when the service is down.",
        fix="Add the setting containerInsights with enabled or enhanced.",
        levels=IN_PROD,
        check=insights,
    ),
    Rule(
        name="container-user",
        controls=("ECS.20",),
        why="A flaw that breaks out of the container breaks out as root.",
        fix="Set user to a number that is not 0.",
        check=each_container(as_root),
    ),
)
