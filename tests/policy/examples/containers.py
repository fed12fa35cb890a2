"""Clusters, services, task definitions and images."""

import json
from typing import Any

from policy.ecr import LIFECYCLE_POLICY, REGISTRY_SCANNING, REPOSITORY
from policy.ecs import CLUSTER, SERVICE, TASK_DEFINITION, TASK_SET
from policy.load_balancing import TARGET_GROUP
from policy.releases import SCALING_TARGET
from tests.policy.examples.example import Example, one, ref, stack
from tests.policy.resources import Inputs, literal

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/priceguard"
SAFE: Inputs = {
    "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    "deploymentMinimumHealthyPercent": 100,
    "deploymentMaximumPercent": 200,
}


def task(**container: Any) -> Inputs:
    """A task definition with one container."""
    return {"containerDefinitions": json.dumps([{"name": "api", **container}])}


def variable(name: str, value: str) -> Inputs:
    """A task definition whose container has a variable."""
    return task(environment=[{"name": name, "value": value}])


def address(*, public: bool) -> Inputs:
    """A service or task set with or without a public address."""
    return {"networkConfiguration": {"assignPublicIp": public, "subnets": ["subnet-1"]}}


def lifecycle(*selections: Inputs) -> list[Any]:
    """A repository with a lifecycle policy."""
    rules = [{"rulePriority": n, "selection": it, "action": {"type": "expire"}} for n, it in enumerate(selections, 1)]
    document = {"repository": ref(REPOSITORY, output="name"), "policy": json.dumps({"rules": rules})}
    return stack(literal(REPOSITORY, {"name": "priceguard"}), literal(LIFECYCLE_POLICY, document))


def insights(value: str) -> Inputs:
    """A cluster with the setting."""
    return {"settings": [{"name": "containerInsights", "value": value}]}


EXAMPLES = {
    "task-network-mode": one(TASK_DEFINITION, [{}, {"networkMode": "host"}], [{"networkMode": "awsvpc"}]),
    "task-public-address": Example(
        bad=[[literal(SERVICE, address(public=True))], [literal(TASK_SET, address(public=True))]],
        good=[[literal(SERVICE, address(public=False))], [literal(SERVICE, {})]],
    ),
    "task-host-processes": one(TASK_DEFINITION, [{"pidMode": "host"}], [{"pidMode": "task"}, {}]),
    "container-privileged": one(TASK_DEFINITION, [task(privileged=True)], [task(privileged=False), task()]),
    "container-read-only": one(
        TASK_DEFINITION, [task(), task(readonlyRootFilesystem=False)], [task(readonlyRootFilesystem=True)]
    ),
    "container-secrets-in-environment": one(
        TASK_DEFINITION,
        [
            variable("STRIPE_SECRET_KEY", "x"),
            variable("ADMIN_PASSWORD", "x"),
            variable("DATABASE_URL", "postgresql://app:hidden@db/appdb"),
            variable("STRIPE", "sk_" + "live_x"),
            variable("HOOKS", "a,whsec_x"),
        ],
        [
            variable("STRIPE_PUBLISHABLE_KEY", "pk_live_x"),
            variable("DATABASE_URL", "postgresql://app@db/appdb"),
            task(secrets=[{"name": "STRIPE_SECRET_KEY", "valueFrom": "arn:aws:secretsmanager:x"}]),
        ],
    ),
    "container-logs": one(TASK_DEFINITION, [task()], [task(logConfiguration={"logDriver": "awslogs"})]),
    "fargate-platform-version": one(
        SERVICE, [{"platformVersion": "1.3.0"}], [{"platformVersion": "LATEST"}, {"platformVersion": "1.4.0"}, {}]
    ),
    "cluster-container-insights": one(CLUSTER, [{}, insights("disabled")], [insights("enabled"), insights("enhanced")]),
    "container-user": one(
        TASK_DEFINITION, [task(), task(user="root"), task(user="0:10001")], [task(user="10001:10001")]
    ),
    "repository-scanning": Example(
        bad=[[literal(REPOSITORY, {})], [literal(REPOSITORY, {"imageScanningConfiguration": {"scanOnPush": False}})]],
        good=[
            [literal(REPOSITORY, {"imageScanningConfiguration": {"scanOnPush": True}})],
            [literal(REPOSITORY, {}), literal(REGISTRY_SCANNING, {"scanType": "ENHANCED"})],
        ],
    ),
    "repository-immutable-tags": one(
        REPOSITORY, [{}, {"imageTagMutability": "MUTABLE"}], [{"imageTagMutability": "IMMUTABLE"}]
    ),
    "repository-lifecycle": Example(
        bad=[
            [literal(REPOSITORY, {})],
            lifecycle({"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10}),
            lifecycle({"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "sinceImagePushed"}),
        ],
        good=[
            lifecycle(
                {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7},
                {"tagStatus": "tagged", "tagPrefixList": ["pr-"], "countType": "imageCountMoreThan", "countNumber": 10},
            )
        ],
    ),
    "image-by-digest": one(
        TASK_DEFINITION,
        [task(image=f"{IMAGE}:1.4.0"), task(image="python")],
        [task(image=f"{IMAGE}@sha256:{'0' * 64}"), task(image=ref(REPOSITORY, output="repositoryUrl"))],
    ),
    "safe-deployment": one(
        SERVICE,
        [
            {},
            SAFE | {"deploymentCircuitBreaker": {"enable": True, "rollback": False}},
            SAFE | {"deploymentMinimumHealthyPercent": 50},
        ],
        [SAFE, {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}],
    ),
    "health-check-path": one(TARGET_GROUP, [{}, {"healthCheck": {}}], [{"healthCheck": {"path": "/health"}}]),
    "two-tasks": one(SCALING_TARGET, [{"minCapacity": 1, "maxCapacity": 4}], [{"minCapacity": 2, "maxCapacity": 4}]),
}
