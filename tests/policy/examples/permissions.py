"""Roles, policies and keys."""

from policy.iam import ROLE
from policy.kms import KEY, KEY_POLICY
from policy.stack import Resource
from tests.policy.examples.example import Example, one, policy
from tests.policy.resources import literal

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READ = {"Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:x"}
ACCOUNT = {"AWS": "arn:aws:iam::123456789012:root"}


def allowing(action: str | list[str], resource: str = "*") -> list[Resource]:
    """A policy with one statement."""
    return [literal(ROLE_POLICY, {"policy": policy({"Action": action, "Resource": resource})})]


def key(**statement: object) -> dict[str, str]:
    """A key's policy with one statement."""
    return {"policy": policy({"Action": "kms:*", "Resource": "*", **statement})}


EXAMPLES = {
    "iam-administrator": Example(
        bad=[
            allowing("*"),
            allowing(["s3:GetObject", "*"]),
            [literal(ROLE, {"inlinePolicies": [{"name": "x", "policy": policy({"Action": "*", "Resource": ["*"]})}]})],
            [literal(ROLE, {"managedPolicyArns": [ADMINISTRATOR]})],
            [literal(ATTACHMENT, {"policyArn": ADMINISTRATOR})],
            [literal(ROLE_POLICY, {"policy": policy({"NotAction": "iam:*", "Resource": "*"})})],
        ],
        good=[
            [literal(ROLE_POLICY, {"policy": policy(READ)})],
            [literal(ROLE_POLICY, {"policy": policy({"Effect": "Deny", "Action": "*", "Resource": "*"})})],
            [literal(ATTACHMENT, {"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})],
        ],
    ),
    "iam-whole-service": Example(
        bad=[allowing("s3:*", "arn:aws:s3:::logs/*"), allowing(["logs:PutLogEvents", "SQS:*"])],
        good=[allowing("s3:Get*", "arn:aws:s3:::logs/*"), allowing("ecr:GetAuthorizationToken")],
    ),
    "iam-pass-role": Example(
        bad=[allowing("iam:PassRole"), allowing("iam:PassRole", "arn:aws:iam::123456789012:role/*")],
        good=[allowing("iam:PassRole", "arn:aws:iam::123456789012:role/priceguard/dev/task")],
    ),
    "iam-open-trust": one(
        ROLE,
        [
            {"assumeRolePolicy": policy({"Action": "sts:AssumeRole", "Principal": "*"})},
            {"assumeRolePolicy": policy({"Action": "sts:AssumeRole", "Principal": {"AWS": "*"}})},
        ],
        [
            {
                "assumeRolePolicy": policy(
                    {"Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
                )
            }
        ],
    ),
    "key-rotation": one(
        KEY, [{}, {"enableKeyRotation": False}], [{"enableKeyRotation": True}, {"customerMasterKeySpec": "RSA_2048"}]
    ),
    "key-decrypt-everything": Example(
        bad=[allowing("kms:Decrypt"), allowing("kms:*", "arn:aws:kms:us-east-1:123456789012:key/*"), allowing("*")],
        good=[allowing("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/1"), allowing("kms:DescribeKey")],
    ),
    "key-public": Example(
        bad=[
            [literal(KEY, key(Principal="*"))],
            [literal(KEY_POLICY, key(Principal={"AWS": "*"}))],
            [literal(KEY, key(Principal="*", Condition={"Bool": {"aws:SecureTransport": "true"}}))],
        ],
        good=[
            [literal(KEY, key(Principal=ACCOUNT))],
            [literal(KEY, key(Principal="*", Condition={"StringEquals": {"kms:CallerAccount": "123456789012"}}))],
        ],
    ),
}
