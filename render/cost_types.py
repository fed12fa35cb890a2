"""What each resource type costs: a function for what has a fixed price, and words for what is usage.

A type that stands in none of the tables is not taken for free: its cost is named as unknown.
"""

from dataclasses import dataclass

from render.cost_compute import ecs_service, rds_instance
from render.cost_inputs import Pricing
from render.cost_network import certificate, elastic_ip, endpoint, load_balancer, nat_gateway, web_acl, web_acl_rule
from render.cost_services import (
    cluster,
    dashboard,
    fixed,
    log_metric,
    metric_alarm,
    nothing,
    repository,
    scaling_policy,
    secret,
)
from render.manifest import ManifestResource


@dataclass(frozen=True)
class Row:
    """One type.

    Args:
        pricing: its fixed charges.
        usage: what of it is billed by use, in words.
    """

    pricing: Pricing = nothing
    usage: tuple[str, ...] = ()


KMS_KEY = Row(fixed("key", "customer key", "kms_key"), ("KMS requests, and what a key's first two rotations add",))
LOAD_BALANCER = Row(load_balancer, ("load balancer capacity units (LCU)", "data transfer to the internet"))
BUCKET = Row(usage=("S3 storage and requests",))

ROWS = {
    "aws:acm/certificate:Certificate": Row(certificate),
    "aws:alb/loadBalancer:LoadBalancer": LOAD_BALANCER,
    "aws:appautoscaling/policy:Policy": Row(scaling_policy),
    "aws:appautoscaling/target:Target": Row(usage=("tasks that autoscaling adds above its minimum",)),
    "aws:cloudwatch/dashboard:Dashboard": Row(dashboard),
    "aws:cloudwatch/eventTarget:EventTarget": Row(usage=("what EventBridge rules deliver and start",)),
    "aws:cloudwatch/logGroup:LogGroup": Row(usage=("log ingest and storage",)),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": Row(log_metric),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Row(metric_alarm),
    "aws:ec2/eip:Eip": Row(elastic_ip),
    "aws:ec2/flowLog:FlowLog": Row(usage=("flow log delivery",)),
    "aws:ec2/natGateway:NatGateway": Row(nat_gateway, ("NAT gateway data (GB)", "data transfer to the internet")),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Row(endpoint),
    "aws:ecr/repository:Repository": Row(repository, ("image transfer and scans",)),
    "aws:ecs/cluster:Cluster": Row(cluster),
    "aws:ecs/service:Service": Row(ecs_service, ("data transfer to the internet", "data transfer between zones")),
    "aws:kms/externalKey:ExternalKey": KMS_KEY,
    "aws:kms/key:Key": KMS_KEY,
    "aws:kms/replicaExternalKey:ReplicaExternalKey": KMS_KEY,
    "aws:kms/replicaKey:ReplicaKey": KMS_KEY,
    "aws:lambda/function:Function": Row(usage=("Lambda requests and duration",)),
    "aws:lb/loadBalancer:LoadBalancer": LOAD_BALANCER,
    "aws:rds/instance:Instance": Row(
        rds_instance, ("database backups over the size of the storage", "database snapshots", "CPU credits of bursts")
    ),
    "aws:s3/bucket:Bucket": BUCKET,
    "aws:s3/bucketObject:BucketObject": BUCKET,
    "aws:s3/bucketObjectv2:BucketObjectv2": BUCKET,
    "aws:secretsmanager/secret:Secret": Row(secret, ("Secrets Manager calls",)),
    "aws:sns/topic:Topic": Row(usage=("SNS messages",)),
    "aws:sqs/queue:Queue": Row(usage=("SQS requests",)),
    "aws:wafv2/webAcl:WebAcl": Row(web_acl, ("requests that the web ACL looks at",)),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": Row(usage=("log ingest and storage",)),
    "aws:wafv2/webAclRule:WebAclRule": Row(web_acl_rule),
}

FREE = {
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:budgets/budget:Budget",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    "aws:cloudwatch/queryDefinition:QueryDefinition",
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
    "aws:ec2/defaultRouteTable:DefaultRouteTable",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/eipAssociation:EipAssociation",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/networkAcl:NetworkAcl",
    "aws:ec2/networkAclRule:NetworkAclRule",
    "aws:ec2/route:Route",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:kms/alias:Alias",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:lambda/permission:Permission",
    "aws:lb/listener:Listener",
    "aws:lb/listenerCertificate:ListenerCertificate",
    "aws:lb/listenerRule:ListenerRule",
    "aws:lb/targetGroup:TargetGroup",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    "aws:rds/parameterGroup:ParameterGroup",
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLogging:BucketLogging",
    "aws:s3/bucketNotification:BucketNotification",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:wafv2/ipSet:IpSet",
    "aws:wafv2/regexPatternSet:RegexPatternSet",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
}
"""Types that cost nothing themselves."""

FREE_PREFIXES = ("docker-build:", "aws:iam/", "pulumi:providers:", "pulumi-python:dynamic", "random:", "stripe:")
"""Whole families of such types, and those that AWS does not bill at all."""


def row_of(resource: ManifestResource) -> Row | None:
    """The row of a resource, one without anything for what is free, none for a type that nobody has looked at.

    Components are free: what they are made of are resources of their own.
    """
    if not resource.custom or resource.type in FREE or resource.type.startswith(FREE_PREFIXES):
        return Row()
    return ROWS.get(resource.type)
