"""The customer key that encrypts the environment's secrets, database, logs and alarms."""

import json
from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Output, ResourceOptions

from infra.naming import Naming


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs:
    """What the key is made from.

    Args:
        naming: names and tags of the environment.
        region: region whose CloudWatch Logs may use the key.
        account: AWS account that administers the key, 12 digits.
        protect: refuse deletion.
    """

    naming: Naming
    region: str
    account: str
    protect: bool


class EncryptionKey(ComponentResource):
    """priceguard:encryption_key:EncryptionKey. Makes a KMS key that rotates yearly, and its alias.

    Attributes:
        arn: ARN of the key.
    """

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:encryption_key:EncryptionKey", name, None, opts)
        # Renaming this schedules the key's deletion, and what it encrypted can never be read again.
        key = aws.kms.Key(
            "environment",
            description=f"Secrets, database and logs of {args.naming.physical()}",
            enable_key_rotation=True,
            deletion_window_in_days=30 if args.protect else 7,
            policy=json.dumps(key_policy(args)),
            tags=args.naming.tags(),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        aws.kms.Alias(
            "environment",
            name=f"alias/{args.naming.physical()}",
            target_key_id=key.key_id,
            opts=ResourceOptions(parent=self),
        )
        self.arn: Output[str] = key.arn
        self.register_outputs({"arn": self.arn})


def key_policy(args: EncryptionKeyArgs) -> dict[str, object]:
    """IAM of the account decides who uses the key.

    Services may for this environment only: CloudWatch Logs for its log groups, alarms and budgets for their topic.
    """
    account = {
        "Sid": "Account",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{args.account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [account, for_logs(args), for_alarms(args)]}


def for_logs(args: EncryptionKeyArgs) -> dict[str, object]:
    """CloudWatch Logs encrypts and reads the environment's log groups."""
    log_groups = f"arn:aws:logs:{args.region}:{args.account}:log-group:"
    return {
        "Sid": "CloudWatchLogs",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{args.region}.amazonaws.com"},
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {
            "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn": [
                    f"{log_groups}{args.naming.path()}*",
                    f"{log_groups}/aws/rds/instance/{args.naming.physical()}/*",
                    f"{log_groups}aws-waf-logs-{args.naming.physical()}",
                ]
            }
        },
    }


def for_alarms(args: EncryptionKeyArgs) -> dict[str, object]:
    """Who publishes to the topic of the alarms, which is encrypted; its policy says for whom they must work.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    topic = f"arn:aws:sns:{args.region}:{args.account}:{args.naming.physical('alarms')}"
    return {
        "Sid": "Alarms",
        "Effect": "Allow",
        "Principal": {"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": topic}},
    }
