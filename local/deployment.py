"""From the resources that the program registered to what the load balancer and the ECS agent run.

They are read from what the program asked for rather than from the local AWS, which forgets parts of it (circuit
breaker, grace period).
"""

import json
from typing import Any

from local.ecs_model import CircuitBreaker, Service, TaskDefinition
from local.listeners import Forward, Listener, Redirect
from local.providers import Resource
from local.state import State
from local.targets import TargetGroup


def target_groups(state: State) -> list[TargetGroup]:
    """Every target group, named by its ARN."""
    groups: list[TargetGroup] = []
    for resource in state.of_type("aws:lb/targetGroup:TargetGroup"):
        inputs, check = resource.inputs, resource.inputs.get("healthCheck", {})
        groups.append(
            TargetGroup(
                name=resource.outputs["arn"],
                health_path=check.get("path", "/"),
                health_matcher=check.get("matcher", "200"),
                interval=check.get("interval", 30),
                timeout=check.get("timeout", 5),
                healthy_threshold=check.get("healthyThreshold", 5),
                unhealthy_threshold=check.get("unhealthyThreshold", 2),
                deregistration_delay=inputs.get("deregistrationDelay", 300),
            )
        )
    return groups


def listeners(state: State) -> list[Listener]:
    """Every listener, with its default action."""
    return [
        Listener(port=r.inputs["port"], protocol=r.inputs["protocol"], action=_action(r.inputs["defaultActions"][0]))
        for r in state.of_type("aws:lb/listener:Listener")
    ]


def _action(action: dict[str, Any]) -> Forward | Redirect:
    if action["type"] == "forward":
        return Forward(target_group=action["targetGroupArn"])
    redirect = action["redirect"]
    given = {name: redirect[name] for name in ("protocol", "host", "port", "path", "query") if name in redirect}
    return Redirect(status=int(redirect["statusCode"].removeprefix("HTTP_")), **given)


def services(state: State) -> list[Service]:
    """Every ECS service with its task definition, and as many tasks as autoscaling's bounds allow."""
    definitions = {r.outputs["arn"]: task_definition(r) for r in state.of_type("aws:ecs/taskDefinition:TaskDefinition")}
    bounds = {
        r.inputs["resourceId"].rsplit("/", 1)[-1]: (r.inputs["minCapacity"], r.inputs["maxCapacity"])
        for r in state.of_type("aws:appautoscaling/target:Target")
    }
    return [_service(r, definitions, bounds) for r in state.of_type("aws:ecs/service:Service")]


def _service(resource: Resource, definitions: dict[str, TaskDefinition], bounds: dict[str, tuple[int, int]]) -> Service:
    inputs = resource.inputs
    least, most = bounds.get(inputs["name"], (0, inputs["desiredCount"]))
    balancer = inputs["loadBalancers"][0]
    breaker = inputs.get("deploymentCircuitBreaker", {})
    return Service(
        name=inputs["name"],
        cluster=inputs["cluster"],
        desired_count=min(max(inputs["desiredCount"], least), most),
        task_definition=definitions[inputs["taskDefinition"]],
        minimum_healthy_percent=inputs.get("deploymentMinimumHealthyPercent", 100),
        maximum_percent=inputs.get("deploymentMaximumPercent", 200),
        circuit_breaker=CircuitBreaker(enable=breaker.get("enable", False), rollback=breaker.get("rollback", False)),
        health_check_grace_period=inputs.get("healthCheckGracePeriodSeconds", 0),
        target_group=balancer["targetGroupArn"],
        container_port=balancer["containerPort"],
    )


def task_definition(resource: Resource) -> TaskDefinition:
    """A registered task definition; ours have one container."""
    (container,) = json.loads(resource.inputs["containerDefinitions"])
    return TaskDefinition(
        arn=resource.outputs["arn"],
        family=resource.inputs["family"],
        revision=int(resource.outputs["revision"]),
        container=container,
    )
