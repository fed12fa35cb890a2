"""Containers: aws:ecs/..."""

import json
from typing import Any

from local.providers.naming import Named
from local.providers.rows import EVERYTHING, Call, Lookup, Read, Row, Service, Update, tagging

ECS = Service(
    "ecs",
    tagging(
        Call("tag_resource", {"resourceArn": "arn", "tags": "added.tags"}),
        Call("untag_resource", {"resourceArn": "arn", "tagKeys": "removed.tags"}),
    ),
    Lookup(Call("list_tags_for_resource", {"resourceArn": "arn"}), {"tags": "pairs(tags, 'key', 'value')"}),
)
_CLUSTER = "clusters[?status == 'ACTIVE'] | [0]"


def containers(text: Any) -> Any:
    """Normal form of `containerDefinitions`: what ECS makes the same of is the same here.

    Nothing and empty are alike, numbers may be text, variables and secrets have no order, TCP and the same port on
    the host are what a port mapping means by itself.
    """
    try:
        definitions = json.loads(text)
    except (TypeError, json.JSONDecodeError):
        return text
    return [_container(item) for item in definitions] if isinstance(definitions, list) else definitions


def _container(definition: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {"essential": True} | {k: v for k, v in definition.items() if v not in (None, [], {}, "")}
    for name in ("environment", "secrets"):
        if name in result:
            result[name] = sorted(result[name], key=lambda item: item["name"])
    for name in ("cpu", "memory", "memoryReservation"):
        if name in result:
            result[name] = int(result[name])
    if result.get("portMappings"):
        result["portMappings"] = [
            {"protocol": "tcp", "hostPort": port.get("containerPort"), **port} for port in result["portMappings"]
        ]
    return result


_STRATEGIES = {"defaultCapacityProviderStrategy": "defaultCapacityProviderStrategies || `[]`"}

ROWS = {
    "aws:ecs/cluster:Cluster": Row(
        service=ECS,
        create=Call("create_cluster"),
        answer="cluster",
        id="clusterArn",
        outputs={"arn": "clusterArn"},
        names={"name": "clusterName"},
        key={"cluster": "id"},
        read=Read(
            Call("describe_clusters", {"clusters": "[arn]", "include": "['SETTINGS']"}),
            {"settings": "settings"},
            _CLUSTER,
            filled={"settings"},
        ),
        updates=(Update((Call("update_cluster"),)),),
        replaces={"name"},
        delete=(Call("delete_cluster"),),
        named=Named(),
    ),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Row(
        service=Service("ecs"),
        create=Call("put_cluster_capacity_providers", _STRATEGIES),
        id="clusterName",
        names={"clusterName": "cluster"},
        key={"cluster": "clusterName"},
        read=Read(
            Call("describe_clusters", {"clusters": "[clusterName]"}),
            {
                "capacityProviders": "capacityProviders",
                "defaultCapacityProviderStrategies": "defaultCapacityProviderStrategy",
            },
            _CLUSTER,
        ),
        updates=(Update((Call("put_cluster_capacity_providers", _STRATEGIES),), whole=True),),
        replaces={"clusterName"},
        delete=(
            Call(
                "put_cluster_capacity_providers",
                {"capacityProviders": "`[]`", "defaultCapacityProviderStrategy": "`[]`"},
            ),
        ),
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Row(
        service=ECS,
        create=Call("register_task_definition", {"containerDefinitions": "json(containerDefinitions)"}),
        answer="taskDefinition",
        id="family",
        outputs={
            "arn": "taskDefinitionArn",
            "arnWithoutRevision": "before(taskDefinitionArn, ':')",
            "revision": "revision",
        },
        read=Read(
            Call("describe_task_definition", {"taskDefinition": "arn"}),
            found="taskDefinition.status == 'ACTIVE' && taskDefinition",
        ),
        replaces=EVERYTHING,
        delete=(Call("deregister_task_definition", {"taskDefinition": "arn"}, when="!skipDestroy"),),
        recorded={"skipDestroy", "trackLatest"},
        normal={"containerDefinitions": containers},
    ),
    "aws:ecs/service:Service": Row(
        service=ECS,
        create=Call("create_service"),
        answer="service",
        id="serviceArn",
        outputs={"arn": "serviceArn"},
        defaults={"deploymentMinimumHealthyPercent": 100, "deploymentMaximumPercent": 200}
        | {"schedulingStrategy": "REPLICA"},
        names={
            "name": "serviceName",
            "capacityProviderStrategies": "capacityProviderStrategy",
            "deploymentCircuitBreaker": "deploymentConfiguration.deploymentCircuitBreaker",
            "deploymentMaximumPercent": "deploymentConfiguration.maximumPercent",
            "deploymentMinimumHealthyPercent": "deploymentConfiguration.minimumHealthyPercent",
            "iamRole": "role",
            "networkConfiguration": "networkConfiguration.awsvpcConfiguration",
            "orderedPlacementStrategies": "placementStrategy",
            "volumeConfiguration": "volumeConfigurations",
        },
        key={"cluster": "cluster", "service": "name"},
        # moto does not tell strategies, the grace period and what a deployment keeps to.
        read=Read(
            Call("describe_services", {"services": "[name]"}),
            {
                **{name: name for name in ("taskDefinition", "desiredCount", "loadBalancers")},
                **{name: name for name in ("platformVersion", "propagateTags", "schedulingStrategy")},
                "networkConfiguration": "networkConfiguration.awsvpcConfiguration.{"
                "subnets: subnets, securityGroups: securityGroups, assignPublicIp: assignPublicIp == 'ENABLED'}",
            },
            "services[?status != 'INACTIVE'] | [0]",
            filled={"platformVersion", "propagateTags"},
        ),
        updates=(Update((Call("update_service", {"forceNewDeployment": "forceNewDeployment"}),)),),
        replaces={"name", "cluster", "launchType", "schedulingStrategy", "iamRole", "deploymentController"},
        delete=(Call("delete_service", {"force": "`true`"}),),
        recorded={"waitForSteadyState", "forceNewDeployment", "forceDelete", "sigintRollback", "triggers"},
        named=Named(),
    ),
}
