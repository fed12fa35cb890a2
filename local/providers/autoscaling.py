"""Autoscaling of ECS services: aws:appautoscaling/..."""

from collections.abc import Mapping
from typing import Any

from local.providers.aws_resource import AwsResource
from local.providers.naming import Named
from local.providers.resource import Kind, Made, Resource, World
from local.providers.rows import TAGS, Call, Read, Row, Service, Update

AUTOSCALING = Service("application-autoscaling")

_IDENTITY = {
    "ServiceNamespace": "serviceNamespace",
    "ResourceId": "resourceId",
    "ScalableDimension": "scalableDimension",
}


class Target(AwsResource):
    """The bounds of a count, which AWS moves inside them at once."""

    def create(self, world: World, name: str, inputs: Mapping[str, Any]) -> Made:
        """Register the bounds, then bring the service's count inside."""
        made = super().create(world, name, inputs)
        _bring_inside(world, inputs)
        return made

    def update(self, world: World, old: Resource, inputs: Mapping[str, Any]) -> Made:
        """Change the bounds, then bring the service's count inside."""
        made = super().update(world, old, inputs)
        _bring_inside(world, inputs)
        return made


def _bring_inside(world: World, bounds: Mapping[str, Any]) -> None:
    kind, *names = bounds["resourceId"].split("/")
    if kind != "service":
        return  # the emulator counts nothing else
    cluster, service = names
    found = world.aws.call("ecs", "describe_services", {"cluster": cluster, "services": [service]})["services"]
    desired = found[0]["desiredCount"]
    inside = int(min(max(desired, bounds["minCapacity"]), bounds["maxCapacity"]))
    if inside != desired:
        count = {"cluster": cluster, "service": service, "desiredCount": inside}
        world.aws.call("ecs", "update_service", count)


ROWS: dict[str, Row | Kind] = {
    "aws:appautoscaling/target:Target": Target(
        Row(
            service=AUTOSCALING,
            create=Call("register_scalable_target"),
            id="resourceId",
            outputs={"arn": "ScalableTargetARN"},
            key=_IDENTITY,
            read=Read(
                Call("describe_scalable_targets", {"ResourceIds": "[resourceId]"}),
                {"minCapacity": "MinCapacity", "maxCapacity": "MaxCapacity"},
                "ScalableTargets[0]",
            ),
            updates=(Update((Call("register_scalable_target"),), whole=True),),
            replaces=set(_IDENTITY.values()),
            delete=(Call("deregister_scalable_target"),),
            recorded={TAGS},
        )
    ),
    "aws:appautoscaling/policy:Policy": Row(
        service=AUTOSCALING,
        create=Call("put_scaling_policy", {"PolicyType": "policyType || 'StepScaling'"}),
        id="name",
        outputs={"arn": "PolicyARN", "alarmArns": "Alarms[].AlarmARN"},
        defaults={"policyType": "StepScaling"},
        names={
            "name": "PolicyName",
            "targetTrackingScalingPolicyConfiguration.customizedMetricSpecification.metrics": "Metrics",
        },
        key={"PolicyName": "name", **_IDENTITY},
        read=Read(
            Call("describe_scaling_policies"),  # moto does not look at names
            {
                "policyType": "PolicyType",
                "targetTrackingScalingPolicyConfiguration": "spelt(TargetTrackingScalingPolicyConfiguration)",
                "stepScalingPolicyConfiguration": "spelt(StepScalingPolicyConfiguration)",
            },
            "where(ScalingPolicies, 'PolicyName', name)",
        ),
        updates=(
            Update(
                (Call("put_scaling_policy", {"PolicyType": "policyType || 'StepScaling'"}),),
                whole=True,
            ),
        ),
        replaces={"name", *_IDENTITY.values()},
        delete=(Call("delete_scaling_policy"),),
        named=Named(),
    ),
}
