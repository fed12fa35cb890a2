"""The boxes of a diagram: what each is called, which resources it stands for, and where it is drawn.

A type that stands in no box and is not hidden is drawn as `not in the diagram yet`, and a test names this file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from render import diagram_facts as facts
from render.manifest import Manifest, ManifestResource


class Group(StrEnum):
    """Title of the frame that a box is drawn in; at the edge there is none.

    In the network it is drawn in the kind of subnet that its resources name.
    """

    OUTSIDE = "outside AWS"
    EDGE = ""
    NETWORK = "VPC"
    KEPT = "beside the network"
    WATCH = "watching"


@dataclass(frozen=True)
class Node:
    """A box.

    Args:
        title: its first line.
        group: where it is drawn.
        types: what it stands for.
        says: its further lines.
        shape: the brackets that Mermaid draws it by.
    """

    title: str
    group: Group
    types: tuple[str, ...]
    says: facts.Facts = facts.none
    shape: tuple[str, str] = ("[", "]")


ROUND, DRUM = ("([", "])"), ("[(", ")]")
BROWSERS, INTERNET, UNPLACED = "browsers", "internet", "unplaced"
NODES: Mapping[str, Node] = {
    "stripe": Node(
        "Stripe",
        Group.OUTSIDE,
        ("stripe:index/price:Price", "stripe:index/product:Product", "stripe:index/webhookEndpoint:WebhookEndpoint"),
        facts.counts(WebhookEndpoint="webhook endpoint", Product="product", Price="price"),
        ROUND,
    ),
    "netlify": Node(
        "Netlify DNS",
        Group.OUTSIDE,
        ("pulumi-python:dynamic/netlify:DnsRecord",),
        facts.counts(DnsRecord="record"),
        ROUND,
    ),
    "firewall": Node(
        "web firewall",
        Group.EDGE,
        (
            "aws:wafv2/webAcl:WebAcl",
            "aws:wafv2/webAclAssociation:WebAclAssociation",
            "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        ),
        facts.firewall,
    ),
    "balancer": Node(
        "load balancer",
        Group.NETWORK,
        (
            "aws:lb/listener:Listener",
            "aws:lb/loadBalancer:LoadBalancer",
            "aws:lb/targetGroup:TargetGroup",
        ),
        facts.balancer,
    ),
    "nat": Node(
        "NAT",
        Group.NETWORK,
        ("aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"),
        facts.counts(NatGateway="gateway"),
    ),
    "tasks": Node(
        "priceguard-server",
        Group.NETWORK,
        (
            "aws:appautoscaling/policy:Policy",
            "aws:appautoscaling/target:Target",
            "aws:ecs/cluster:Cluster",
            "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
            "aws:ecs/service:Service",
            "aws:ecs/taskDefinition:TaskDefinition",
        ),
        facts.tasks,
    ),
    "database": Node(
        "database",
        Group.NETWORK,
        (
            "aws:rds/instance:Instance",
            "aws:rds/parameterGroup:ParameterGroup",
            "aws:rds/subnetGroup:SubnetGroup",
            "random:index/randomPassword:RandomPassword",
        ),
        facts.database,
        DRUM,
    ),
    "secrets": Node(
        "secrets",
        Group.KEPT,
        ("aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretVersion:SecretVersion"),
        facts.secrets,
    ),
    "key": Node("encryption key", Group.KEPT, ("aws:kms/alias:Alias", "aws:kms/key:Key")),
    "images": Node(
        "images",
        Group.KEPT,
        (
            "aws:ecr/lifecyclePolicy:LifecyclePolicy",
            "aws:ecr/repository:Repository",
            "docker-build:index:Image",
        ),
        facts.images,
    ),
    "certificate": Node(
        "certificate",
        Group.KEPT,
        ("aws:acm/certificate:Certificate", "aws:acm/certificateValidation:CertificateValidation"),
        facts.certificate,
    ),
    "bucket": Node(
        "access logs",
        Group.KEPT,
        (
            "aws:s3/bucket:Bucket",
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
            "aws:s3/bucketPolicy:BucketPolicy",
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "aws:s3/bucketVersioning:BucketVersioning",
        ),
        facts.counts(Bucket="bucket"),
        DRUM,
    ),
    "logs": Node(
        "logs",
        Group.WATCH,
        (
            "aws:cloudwatch/logGroup:LogGroup",
            "aws:cloudwatch/logMetricFilter:LogMetricFilter",
            "aws:ec2/flowLog:FlowLog",
        ),
        facts.logs,
    ),
    "alarms": Node(
        "alarms", Group.WATCH, ("aws:cloudwatch/metricAlarm:MetricAlarm",), facts.counts(MetricAlarm="threshold")
    ),
    "topic": Node(
        "notifications",
        Group.WATCH,
        ("aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy", "aws:sns/topicSubscription:TopicSubscription"),
        facts.topic,
    ),
    "budget": Node("budget", Group.WATCH, ("aws:budgets/budget:Budget",), facts.budget),
    "dashboard": Node("dashboard", Group.WATCH, ("aws:cloudwatch/dashboard:Dashboard",)),
}
OTHERS: Mapping[str, Node] = {
    BROWSERS: Node("browsers", Group.OUTSIDE, (), shape=ROUND),
    INTERNET: Node("Stripe's and AWS's APIs", Group.EDGE, (), shape=ROUND),
    UNPLACED: Node("not in the diagram yet", Group.WATCH, (), facts.types),
}
"""Boxes for what is no resource, or is none that this file knows."""
HIDDEN = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "closed, so nothing goes through it",
    "aws:ec2/internetGateway:InternetGateway": "every arrow to the outside goes through it",
    "aws:ec2/route:Route": "arrows",
    "aws:ec2/routeTable:RouteTable": "arrows",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "arrows",
    "aws:ec2/securityGroup:SecurityGroup": "arrows",
    "aws:ec2/subnet:Subnet": "frames",
    "aws:ec2/vpc:Vpc": "the frame",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "a shorter way to S3 for everything in the VPC",
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive": "keeps the arrows, and draws none",
    "aws:iam/role:Role": "who may what is a table, and no picture",
    "aws:iam/rolePolicy:RolePolicy": "likewise",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "arrows",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "arrows",
    "pulumi:providers:aws": "no resource of the environment",
    "pulumi:providers:stripe": "likewise",
}
"""Types that are in no box -> why."""
PLACES = {type_: name for name, node in NODES.items() for type_ in node.types}


def unplaced(manifest: Manifest) -> list[str]:
    """Types of the manifest that nobody has given a place."""
    types = {resource.type for resource in manifest.resources if resource.custom}
    return sorted(types - PLACES.keys() - HIDDEN.keys())


def place_of(resource: ManifestResource) -> str | None:
    """The box of a resource."""
    return PLACES.get(resource.type, None if resource.type in HIDDEN or not resource.custom else UNPLACED)
