"""A service on an emulated AWS, as the program registers it, and what happens to a task that is run there."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto.moto_api import state_manager

from gitops.aws.one_off_task import Clients, Waiting, connect

REGION = "us-east-1"
GROUP = "/priceguard/dev/api"
QUICK = Waiting(most=5, late=0, pause=0.01)
CONTAINER: dict[str, Any] = {
    "name": "api",
    "image": "priceguard-dev:sha-1",
    "command": ["python", "-m", "api"],
    "memory": 512,  # the emulator refuses to run a task without it
    "environment": [{"name": "ENVIRONMENT", "value": "dev"}],
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {"awslogs-group": GROUP, "awslogs-region": REGION, "awslogs-stream-prefix": "api"},
    },
}


@dataclass
class Cluster:
    """The emulated AWS; `writes` is what the next task writes, `asked` what was asked of RunTask."""

    clients: Clients
    network: dict[str, Any]
    writes: list[str] = field(default_factory=list[str])
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def tasks(self) -> list[dict[str, Any]]:
        """Every task of the cluster."""
        ecs = self.clients.ecs
        arns = ecs.list_tasks(cluster="priceguard-dev")["taskArns"]
        return ecs.describe_tasks(cluster="priceguard-dev", tasks=arns)["tasks"] if arns else []

    def log(self, task_arn: str, lines: list[str]) -> None:
        """Write lines as the awslogs driver does: the stream comes with the first one."""
        logs, stream = self.clients.logs, f"api/api/{task_arn.rpartition('/')[2]}"
        if lines:
            logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
            now = time.time_ns() // 1_000_000
            events = [{"timestamp": now, "message": line} for line in lines]
            logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)


def make_cluster(**container: Any) -> Cluster:
    """A cluster with its service on Spot, in an emulated AWS that is switched on already."""
    state_manager.set_transition("ecs::task", {"progression": "manual", "times": 1})
    ec2 = boto3.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})  # as the program's network has it
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="api", Description="api", VpcId=vpc)["GroupId"]
    network = {"subnets": [subnet], "securityGroups": [group], "assignPublicIp": "ENABLED"}
    cluster = Cluster(connect(REGION), {"awsvpcConfiguration": network})
    ecs = cluster.clients.ecs
    cluster.clients.logs.create_log_group(logGroupName=GROUP)
    ecs.create_cluster(clusterName="priceguard-dev", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    definition = ecs.register_task_definition(
        family="priceguard-dev",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{**CONTAINER, **container}],
    )["taskDefinition"]
    ecs.create_service(
        cluster="priceguard-dev",
        serviceName="priceguard-server",
        taskDefinition=definition["taskDefinitionArn"],
        desiredCount=1,
        capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
        platformVersion="LATEST",
        networkConfiguration=cluster.network,
    )
    _listen(cluster)
    return cluster


def _listen(cluster: Cluster) -> None:
    """Note what is asked of RunTask, and let the task write."""

    def note(params: dict[str, Any], **_: Any) -> None:
        cluster.asked.append(json.loads(json.dumps(params)))

    def write(parsed: dict[str, Any], **_: Any) -> None:
        for task in parsed.get("tasks", []):
            cluster.log(task["taskArn"], cluster.writes)

    events = cluster.clients.ecs.meta.events
    events.register("provide-client-params.ecs.RunTask", note)
    events.register("after-call.ecs.RunTask", write)
