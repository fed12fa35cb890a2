"""Networks: what is recorded, and what has an address that the internet knows."""

from collections.abc import Iterator

from policy.rule import ADVICE, IN_PROD, Finding, Rule, requires
from policy.stack import Resource, Stack, is_known

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
# What a task needs to start, each by the end of its name; S3 holds the layers of images.
SERVICES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "s3")


def open_default_group(stack: Stack) -> Iterator[Finding]:
    """A default group with rules, or one that nobody took into hand: AWS makes it open."""
    for group in stack.of_type(DEFAULT_GROUP):
        for path in ("ingress", "egress"):
            if is_known(group.value(path)) and not group.lacks(path):
                yield Finding(f"has rules for {path}", group)
    for vpc in stack.of_type(VPC):
        if not stack.pointing_to(vpc, "vpcId", DEFAULT_GROUP):
            yield Finding("its default security group is as AWS makes it: open between its members", vpc)


def unrecorded(stack: Stack) -> Iterator[Finding]:
    """A network whose refused connections nobody records."""
    for vpc in stack.of_type(VPC):
        logs = stack.pointing_to(vpc, "vpcId", FLOW_LOG)
        if not any(log.value("trafficType") != "ACCEPT" for log in logs):
            yield Finding("has no flow log of refused connections", vpc)


def without_endpoints(stack: Stack) -> Iterator[Finding]:
    """A network whose tasks reach AWS through the internet."""
    for vpc in stack.of_type(VPC):
        endpoints = stack.pointing_to(vpc, "vpcId", ENDPOINT)
        if any(not is_known(endpoint.value("serviceName")) for endpoint in endpoints):
            continue
        missing = [service for service in SERVICES if not any(serves(endpoint, service) for endpoint in endpoints)]
        if missing:
            yield Finding(f"has no endpoint for {', '.join(missing)}", vpc)


def serves(endpoint: Resource, service: str) -> bool:
    """Whether an endpoint is one for a service."""
    return str(endpoint.value("serviceName")).endswith(f".{service}")


RULES = (
    Rule(
        name="default-security-group-closed",
        controls=("EC2.2",),
        why="Whatever is started without a group of its own lands in this one, and may talk to all that did too.",
        fix="Add an ec2.DefaultSecurityGroup for the VPC without ingress and egress.",
        check=open_default_group,
    ),
    Rule(
        name="vpc-flow-logs",
        controls=("EC2.6",),
        why="Without flow logs nobody can tell what an intruder reached, nor why a connection fails.",
        fix="Add an ec2.FlowLog for the VPC with trafficType ALL or REJECT.",
        levels=IN_PROD,
        check=unrecorded,
    ),
    Rule(
        name="subnet-public-addresses",
        controls=("EC2.15",),
        why="Whatever is started there gets a public address without anybody asking for it.",
        fix="Set mapPublicIpOnLaunch to false; what awsx sets is changed by a transform on its component.",
        check=requires(SUBNET, "mapPublicIpOnLaunch", (False, None)),
    ),
    Rule(
        name="vpc-endpoints",
        controls=("EC2.55", "EC2.56"),
        why="Images, logs and secrets go through the internet, and starting a task depends on it.",
        fix="Add interface endpoints for these services (S3: a gateway endpoint, which is free), if it is worth it.",
        levels=ADVICE,
        check=without_endpoints,
    ),
)
