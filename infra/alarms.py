"""Alarms: a topic that people subscribe to, and what is published there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.alarm_table import NAMESPACES, Alarm, alarms
from infra.naming import Naming

OPERATORS = {">=": "GreaterThanOrEqualToThreshold", "<": "LessThanThreshold"}


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """What the alarms are made from.

    Args:
        naming: names and tags of the environment.
        region: region of what is watched.
        account: AWS account whose alarms and budgets may publish, 12 digits.
        key_arn: KMS key that encrypts messages; its policy must let CloudWatch and Budgets use it for the topic.
        email: address that is told; it must confirm the subscription once.
        load_balancer_arn_suffix, target_group_arn_suffix: what CloudWatch knows them by.
        cluster_name, service_name: the service; None while there is none, and then nothing that the API does is
            watched.
        min_count: tasks that must always be healthy.
        database_identifier: the instance's name at RDS.
        database_class: RDS instance class.
        database_storage_gib: its storage.
        certificate_arn: certificate of the HTTPS listener; None while there is none.
        log_namespace: namespace of the metrics of the API's log.
    """

    naming: Naming
    region: str
    account: str
    key_arn: Input[str]
    email: str
    load_balancer_arn_suffix: Input[str]
    target_group_arn_suffix: Input[str]
    cluster_name: Input[str] | None
    service_name: Input[str] | None
    min_count: int
    database_identifier: Input[str]
    database_class: str
    database_storage_gib: int
    certificate_arn: Input[str] | None
    log_namespace: str


class Alarms(ComponentResource):
    """priceguard:alarms:Alarms. Makes the topic, its policy and subscription, and the alarms of the table.

    Attributes:
        topic_arn: where alarms are published, and budgets may be.
        arns: of the alarms, in the table's order.
    """

    def __init__(self, name: str, args: AlarmsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:alarms:Alarms", name, None, opts)
        self._args = args
        topic = self._topic()
        self.topic_arn: Output[str] = topic.arn
        watched = dimensions(args)
        table = alarms(
            min_count=args.min_count,
            storage_gib=args.database_storage_gib,
            instance_class=args.database_class,
        )
        self.arns: list[Output[str]] = [self._alarm(one, watched[one.of]) for one in table if one.of in watched]
        self.register_outputs({"topicArn": self.topic_arn})

    def _topic(self) -> aws.sns.Topic:
        args, child = self._args, ResourceOptions(parent=self)
        # Renaming this loses the subscriptions: everybody must confirm again.
        topic = aws.sns.Topic(
            "alarms",
            name=args.naming.physical("alarms"),
            kms_master_key_id=args.key_arn,
            tags=args.naming.tags("alarms"),
            opts=child,
        )
        policy = Output.json_dumps(topic_policy(topic.arn, args.region, args.account))
        aws.sns.TopicPolicy("alarms", arn=topic.arn, policy=policy, opts=child)
        aws.sns.TopicSubscription("alarms", topic=topic.arn, protocol="email", endpoint=args.email, opts=child)
        return topic

    def _alarm(self, one: Alarm, of: Mapping[str, Input[str]]) -> Output[str]:
        args = self._args
        percentile = one.statistic.startswith("p")
        return aws.cloudwatch.MetricAlarm(
            one.name,
            name=args.naming.physical(one.name),
            alarm_description=f"{one.why} What to do: docs/runbook.md#{one.name}",
            namespace=NAMESPACES.get(one.of, args.log_namespace),
            metric_name=one.metric,
            dimensions=of,
            statistic=None if percentile else one.statistic,
            extended_statistic=one.statistic if percentile else None,
            comparison_operator=OPERATORS[one.when],
            threshold=one.threshold,
            period=one.minutes * 60,
            evaluation_periods=one.periods,
            treat_missing_data=one.missing,
            alarm_actions=[self.topic_arn],
            ok_actions=[self.topic_arn],
            tags=args.naming.tags(one.name),
            opts=ResourceOptions(parent=self),
        ).arn


def dimensions(args: AlarmsArgs) -> dict[str, dict[str, Input[str]]]:
    """What CloudWatch knows each thing by that exists and can be watched."""
    found: dict[str, dict[str, Input[str]]] = {"database": {"DBInstanceIdentifier": args.database_identifier}}
    if args.certificate_arn is not None:
        found["certificate"] = {"CertificateArn": args.certificate_arn}
    if args.cluster_name is not None and args.service_name is not None:
        balancer = {"LoadBalancer": args.load_balancer_arn_suffix}
        found |= {
            "balancer": balancer,
            "targets": {"TargetGroup": args.target_group_arn_suffix, **balancer},
            "service": {"ClusterName": args.cluster_name, "ServiceName": args.service_name},
            "log": {},
        }
    return found


def topic_policy(topic_arn: Input[str], region: str, account: str) -> dict[str, Any]:
    """Alarms and budgets of this account may publish; and nobody in clear text."""
    sources = {
        "cloudwatch": f"arn:aws:cloudwatch:{region}:{account}:alarm:*",
        "budgets": f"arn:aws:budgets::{account}:*",
    }
    publish: dict[str, Any] = {"Action": "sns:Publish", "Resource": topic_arn}
    allowed = [
        {
            "Sid": service.capitalize(),
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            **publish,
            "Condition": {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": source}},
        }
        for service, source in sources.items()
    ]
    in_clear_text = {
        "Sid": "OnlyTls",
        "Effect": "Deny",
        "Principal": "*",
        **publish,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [*allowed, in_clear_text]}
