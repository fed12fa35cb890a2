"""Security groups: the world reaches the load balancer, and nothing but the tasks reaches the database.

Openings are declared in three ways: as a resource of each, in the older resource of each, and inside the group.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from policy.rule import Finding, Rule, shown
from policy.stack import Resource, Stack, as_list, is_known, value_at

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
SERVICE = "aws:ecs/service:Service"
INSTANCE = "aws:rds/instance:Instance"
ANYWHERE = {"0.0.0.0/0", "::/0"}
WEB_PORTS = {80, 443}


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Who may come in where.

    Args:
        declared: the resource that says so.
        groups: the groups that are opened; `None` when that cannot be told.
        ports: first and last.
        protocol: `-1` is all.
        networks: CIDR blocks that may come in.
        sources: the groups whose members may; `None` when that cannot be told.
    """

    declared: Resource
    groups: list[Resource] | None
    ports: tuple[Any, Any]
    protocol: Any
    networks: tuple[Any, ...]
    sources: list[Resource] | None

    @property
    def from_anywhere(self) -> bool:
        """Whether the whole internet may come in."""
        return bool(ANYWHERE.intersection(network for network in self.networks if isinstance(network, str)))


def openings(stack: Stack) -> Iterator[Opening]:
    """Every opening of the stack."""
    for rule in stack.of_type(INGRESS_RULE):
        yield opening(rule, rule.inputs, stack.targets(rule, "securityGroupId", GROUP), sources(stack, rule))
    for rule in stack.of_type(OLD_RULE):
        if rule.value("type") == "ingress":
            yield opening(rule, rule.inputs, stack.targets(rule, "securityGroupId", GROUP), sources(stack, rule))
    for group in stack.of_type(GROUP):
        for raw in group.items("ingress"):
            yield opening(group, raw, [group], [] if not value_at(raw, "securityGroups") else None)


def sources(stack: Stack, rule: Resource) -> list[Resource] | None:
    """The groups that a rule names as source."""
    named = [stack.targets(rule, path, GROUP) for path in ("referencedSecurityGroupId", "sourceSecurityGroupId")]
    return None if None in named else [group for groups in named for group in groups or []]


def opening(declared: Resource, raw: Any, groups: list[Resource] | None, sources: list[Resource] | None) -> Opening:
    """An opening from any of the three ways to declare it."""
    blocks = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks")
    return Opening(
        declared=declared,
        groups=groups,
        ports=(value_at(raw, "fromPort"), value_at(raw, "toPort")),
        protocol=value_at(raw, "ipProtocol") or value_at(raw, "protocol"),
        networks=tuple(block for path in blocks for block in as_list(value_at(raw, path))),
        sources=sources,
    )


def members(stack: Stack, type_: str, path: str) -> list[Resource]:
    """The groups that resources of a type surely are in."""
    return [group for one in stack.of_type(type_) for group in stack.targets(one, path, GROUP) or []]


def untold(stack: Stack, type_: str, path: str) -> bool:
    """Whether it cannot be told which groups resources of a type are in."""
    return any(stack.targets(one, path, GROUP) is None for one in stack.of_type(type_))


def open_to_the_world(stack: Stack) -> Iterator[Finding]:
    """An opening for anyone that is not the web's ports of the load balancer."""
    balancers = members(stack, LOAD_BALANCER, "securityGroups")
    may_be_balancer = untold(stack, LOAD_BALANCER, "securityGroups")
    for one in openings(stack):
        if not one.from_anywhere:
            continue
        first, last = one.ports
        if one.protocol == "-1" or (is_known(first) and is_known(last) and (first != last or first not in WEB_PORTS)):
            yield Finding(f"lets anyone in on {span(one)}", one.declared)
        elif one.groups is not None and not may_be_balancer and not within(one.groups, balancers):
            yield Finding(f"lets anyone in on {span(one)} past the load balancer", one.declared)


def open_database(stack: Stack) -> Iterator[Finding]:
    """An opening of the database's group for anything but the tasks' group."""
    databases = members(stack, INSTANCE, "vpcSecurityGroupIds")
    tasks = members(stack, SERVICE, "networkConfiguration.securityGroups")
    tasks_untold = untold(stack, SERVICE, "networkConfiguration.securityGroups")
    for one in openings(stack):
        if not any(group in databases for group in one.groups or []):
            continue
        if one.networks:
            yield Finding(f"lets {', '.join(map(shown, one.networks))} reach the database", one.declared)
        elif one.sources is not None and not tasks_untold and not within(one.sources, tasks):
            named = ", ".join(group.name for group in one.sources if group not in tasks) or "something else"
            yield Finding(f"lets {named} reach the database", one.declared)


def within(groups: Sequence[Resource], allowed: Sequence[Resource]) -> bool:
    """Whether there are groups, and all are allowed ones."""
    return bool(groups) and all(group in allowed for group in groups)


def span(one: Opening) -> str:
    """Protocol and ports, as a message has them."""
    first, last = one.ports
    if one.protocol == "-1":
        return "every port"
    ports = f"port {shown(first)}" if first == last else f"ports {shown(first)} to {shown(last)}"
    return f"{shown(one.protocol)} {ports}"


RULES = (
    Rule(
        name="open-to-the-world",
        controls=("EC2.18", "EC2.19"),
        why="Whatever listens there is attacked from everywhere, without the load balancer's TLS, limits and logs.",
        fix="Name the security group that may come in; 0.0.0.0/0 belongs on 80 and 443 of the load balancer's alone.",
        check=open_to_the_world,
    ),
    Rule(
        name="database-only-from-tasks",
        controls=("EC2.18", "EC2.19"),
        why="Whatever reaches the database can guess passwords, and one is all it takes.",
        fix="Let the database's group name the tasks' group as the only source.",
        check=open_database,
    ),
)
