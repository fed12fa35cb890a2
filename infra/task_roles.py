"""The two roles of a task: what ECS may do to start it, and what the API itself may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.naming import Naming


@dataclass(frozen=True, kw_only=True)
class TaskRolesArgs:
    """What the roles are made from.

    Args:
        naming: names and tags of the environment.
        region: region of the image repository.
        account: AWS account of the image repository, 12 digits.
        log_group_arn: where the tasks write.
        secret_arns: the secrets that the tasks are given.
        key_arn: KMS key that encrypts those.
        permissions_boundary: ARN of the policy that no role may exceed.
    """

    naming: Naming
    region: str
    account: str
    log_group_arn: Input[str]
    secret_arns: Sequence[Input[str]]
    key_arn: Input[str]
    permissions_boundary: str


class TaskRoles(ComponentResource):
    """priceguard:task_roles:TaskRoles. Makes both roles, and the policy of the first.

    Attributes:
        execution_role_arn: pulls this environment's image, writes its log group, reads its secrets.
        task_role_arn: may do nothing; the API calls no AWS service.
        execution_policy: what a service must wait for, or its first tasks fail to start.
    """

    def __init__(self, name: str, args: TaskRolesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:task_roles:TaskRoles", name, None, opts)
        self._args = args
        execution = self._role("execution")
        self.execution_policy = aws.iam.RolePolicy(
            "execution",
            role=execution.name,
            policy=Output.json_dumps({"Version": "2012-10-17", "Statement": self._execution_statements()}),
            opts=ResourceOptions(parent=self),
        )
        self.execution_role_arn: Output[str] = execution.arn
        self.task_role_arn: Output[str] = self._role("task").arn
        self.register_outputs({})

    def _role(self, name: str) -> aws.iam.Role:
        naming = self._args.naming
        trust = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": self._args.account}},
        }
        return aws.iam.Role(
            name,
            name=naming.physical(name),
            path=naming.path(),
            permissions_boundary=self._args.permissions_boundary,
            assume_role_policy=Output.json_dumps({"Version": "2012-10-17", "Statement": [trust]}),
            tags=naming.tags(name),
            opts=ResourceOptions(parent=self),
        )

    def _execution_statements(self) -> list[dict[str, Any]]:
        args = self._args
        repository = f"arn:aws:ecr:{args.region}:{args.account}:repository/{args.naming.physical()}"
        return [
            # AWS knows no resource for this action.
            {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:GetDownloadUrlForLayer",
                ],
                "Resource": repository,
            },
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": Output.concat(args.log_group_arn, ":*"),
            },
            {
                "Effect": "Allow",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": list(args.secret_arns),
            },
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": args.key_arn},
        ]
