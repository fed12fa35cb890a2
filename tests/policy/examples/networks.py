"""Networks and security groups."""

from typing import Any

from policy.ec2 import DEFAULT_GROUP, ENDPOINT, FLOW_LOG, SUBNET, VPC
from policy.security_groups import GROUP, INGRESS_RULE, INSTANCE, LOAD_BALANCER, OLD_RULE, SERVICE
from tests.policy.examples.example import Example, one, ref, stack
from tests.policy.resources import Inputs, literal

NETWORK = literal(VPC, {"cidrBlock": "10.0.0.0/16"})
ALL_SERVICES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "s3")
ANYONE: Inputs = {"cidrIpv4": "0.0.0.0/0"}
HTTPS: Inputs = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
POSTGRESQL: Inputs = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432}


def network(type_: str, inputs: Inputs) -> list[Any]:
    """A VPC and something of it."""
    return stack(NETWORK, literal(type_, {"vpcId": ref(VPC)} | inputs))


def endpoints(*services: str) -> list[Any]:
    """A VPC with endpoints."""
    made = [
        literal(ENDPOINT, {"vpcId": ref(VPC), "serviceName": f"com.amazonaws.us-east-1.{name}"}, name=name)
        for name in services
    ]
    return stack(NETWORK, *made)


def groups(*rules: Any, **inside: list[Inputs]) -> list[Any]:
    """The groups of load balancer, tasks and database, those who are in them, and rules."""
    made = [
        literal(GROUP, {"ingress": inside[name]} if name in inside else {"description": name}, name=name)
        for name in ("balancer", "task", "database", "other")
    ]
    return stack(
        *made,
        literal(LOAD_BALANCER, {"securityGroups": [ref(GROUP, "balancer")]}),
        literal(SERVICE, {"networkConfiguration": {"securityGroups": [ref(GROUP, "task")]}}),
        literal(INSTANCE, {"vpcSecurityGroupIds": [ref(GROUP, "database")]}),
        *rules,
    )


def ingress(group: str, inputs: Inputs) -> Any:
    """A rule of a group."""
    return literal(INGRESS_RULE, {"securityGroupId": ref(GROUP, group)} | inputs, name=f"to-{group}")


def coming_from(group: str) -> Inputs:
    """PostgreSQL from the members of a group."""
    return POSTGRESQL | {"referencedSecurityGroupId": ref(GROUP, group)}


OLD: Inputs = {
    "type": "ingress",
    "securityGroupId": ref(GROUP, "task"),
    "protocol": "tcp",
    "fromPort": 22,
    "toPort": 22,
    "cidrBlocks": ["0.0.0.0/0"],
}
INLINE: Inputs = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "ipv6CidrBlocks": ["::/0"]}

EXAMPLES = {
    "default-security-group-closed": Example(
        bad=[[NETWORK], network(DEFAULT_GROUP, {"ingress": [{"protocol": "-1", "self": True}]})],
        good=[network(DEFAULT_GROUP, {}), network(DEFAULT_GROUP, {"ingress": [], "egress": []})],
    ),
    "vpc-flow-logs": Example(
        bad=[[NETWORK], network(FLOW_LOG, {"trafficType": "ACCEPT"}), network(FLOW_LOG, {"vpcId": "vpc-other"})],
        good=[network(FLOW_LOG, {"trafficType": "ALL"}), network(FLOW_LOG, {"trafficType": "REJECT"})],
    ),
    "subnet-public-addresses": one(
        SUBNET, [{"mapPublicIpOnLaunch": True}], [{"mapPublicIpOnLaunch": False}, {"cidrBlock": "10.0.0.0/24"}]
    ),
    "vpc-endpoints": Example(bad=[[NETWORK], endpoints("s3", "ecr.api")], good=[endpoints(*ALL_SERVICES)]),
    "open-to-the-world": Example(
        bad=[
            groups(ingress("balancer", ANYONE | HTTPS | {"fromPort": 22, "toPort": 22})),
            groups(ingress("balancer", ANYONE | HTTPS | {"fromPort": 80, "toPort": 443})),
            groups(ingress("balancer", ANYONE | {"ipProtocol": "-1"})),
            groups(ingress("task", ANYONE | HTTPS)),
            groups(ingress("database", {"cidrIpv6": "::/0"} | POSTGRESQL)),
            groups(literal(OLD_RULE, OLD)),
            groups(task=[INLINE]),
        ],
        good=[
            groups(ingress("balancer", ANYONE | HTTPS)),
            groups(ingress("task", {"cidrIpv4": "10.0.0.0/16"} | HTTPS)),
            groups(literal(OLD_RULE, OLD | {"type": "egress"})),
            groups(balancer=[INLINE]),
        ],
    ),
    "database-only-from-tasks": Example(
        bad=[
            groups(ingress("database", POSTGRESQL | {"cidrIpv4": "10.0.0.0/16"})),
            groups(ingress("database", coming_from("other"))),
            groups(database=[{"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/8"]}]),
        ],
        good=[groups(ingress("database", coming_from("task"))), groups(ingress("other", coming_from("other")))],
    ),
}
