"""Flow logs: who talked to whom in the network, accepted and refused."""

from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.naming import Naming


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """What the flow logs are made from.

    Args:
        naming: names and tags of the environment.
        vpc_id: the network to watch.
        retention_days: how long they are kept.
        key_arn: KMS key that encrypts them.
        permissions_boundary: ARN of the policy that no role may exceed.
    """

    naming: Naming
    vpc_id: Input[str]
    retention_days: int
    key_arn: Input[str]
    permissions_boundary: str


class FlowLogs(ComponentResource):
    """priceguard:flow_logs:FlowLogs. Makes the log group, the role that may write to it, and the flow log."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:flow_logs:FlowLogs", name, None, opts)
        child, tags = ResourceOptions(parent=self), args.naming.tags("flow-logs")
        logs = aws.cloudwatch.LogGroup(
            "flow-logs",
            name=args.naming.path("flow-logs"),
            retention_in_days=args.retention_days,
            kms_key_id=args.key_arn,
            tags=tags,
            opts=child,
        )
        role, policy = self._role(args, logs, child)
        aws.ec2.FlowLog(
            "flow-logs",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination=logs.arn,
            iam_role_arn=role.arn,
            tags=tags,
            opts=ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.register_outputs({})

    @staticmethod
    def _role(
        args: FlowLogsArgs, logs: aws.cloudwatch.LogGroup, child: ResourceOptions
    ) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        naming, service = args.naming, {"Service": "vpc-flow-logs.amazonaws.com"}
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service}
        write = {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            "Resource": [logs.arn, Output.concat(logs.arn, ":*")],
        }
        # VPC looks for its log group among all of them.
        find = {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"}
        role = aws.iam.Role(
            "flow-logs",
            name=naming.physical("flow-logs"),
            path=naming.path(),
            permissions_boundary=args.permissions_boundary,
            assume_role_policy=Output.json_dumps({"Version": "2012-10-17", "Statement": [trust]}),
            tags=naming.tags("flow-logs"),
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            "flow-logs",
            role=role.name,
            policy=Output.json_dumps({"Version": "2012-10-17", "Statement": [write, find]}),
            opts=child,
        )
        return role, policy
