"""What is encrypted with which key, who may use the key, and what may leave the network."""

import json
from fnmatch import fnmatchcase

from render.manifest import Manifest

KEY = "${aws:kms/key:Key::environment.arn}"


def test_everything_kept_is_encrypted_with_the_key_of_the_environment(stack: Manifest) -> None:
    """Secrets, database, insights and logs."""
    database = stack.one("aws:rds/instance:Instance").inputs

    assert (database["kmsKeyId"], database["performanceInsightsKmsKeyId"]) == (KEY, KEY)
    assert {r.inputs["kmsKeyId"] for r in stack.of_type("aws:secretsmanager/secret:Secret")} == {KEY}
    assert {r.inputs["kmsKeyId"] for r in stack.of_type("aws:cloudwatch/logGroup:LogGroup")} == {KEY}


def test_only_the_account_its_logs_and_its_alarms_may_use_the_key(stack: Manifest) -> None:
    """The logs service for this environment's log groups only, alarms for its topic only; and the key rotates."""
    key = stack.one("aws:kms/key:Key").inputs
    account, logs, alarms = json.loads(key["policy"])["Statement"]

    assert key["enableKeyRotation"] is True
    assert account["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert logs["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    patterns = logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    for group in stack.of_type("aws:cloudwatch/logGroup:LogGroup"):
        arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group.inputs['name']}"
        assert any(fnmatchcase(arn, pattern) for pattern in patterns), arn
    assert all(stack.stack in pattern.split("log-group:")[1] for pattern in patterns)
    topic = alarms["Condition"]["StringEquals"]["kms:EncryptionContext:aws:sns:topicArn"]
    assert topic.endswith(f":priceguard-{stack.stack}-alarms")


def test_tasks_may_decrypt_their_secrets(stack: Manifest) -> None:
    """Without it they cannot start; and the task's own role may do nothing at all."""
    policy = stack.one("aws:iam/rolePolicy:RolePolicy", "execution").inputs
    task = stack.one("aws:ecs/taskDefinition:TaskDefinition").inputs

    assert {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY} in json.loads(policy["policy"])["Statement"]
    assert task["executionRoleArn"] == "${aws:iam/role:Role::execution.arn}"
    assert task["taskRoleArn"] == "${aws:iam/role:Role::task.arn}"
    assert "task" not in {r.name for r in stack.of_type("aws:iam/rolePolicy:RolePolicy")}


def test_what_may_leave(stack: Manifest) -> None:
    """Load balancer to tasks, tasks to database and to HTTPS, and nothing else."""
    rules = stack.of_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    found = {(r.name, r.inputs["ipProtocol"], r.inputs["fromPort"], r.inputs["toPort"]) for r in rules}

    assert found == {
        ("load-balancer-to-task", "tcp", 4000, 4000),
        ("task-to-database", "tcp", 5432, 5432),
        ("task-to-https", "tcp", 443, 443),
    }


def test_what_a_rollback_needs_is_retained(stack: Manifest) -> None:
    """The last task definition, the secret versions that it names, and its image, where the stack builds one."""
    retained = {r.type for r in stack.resources if r.custom and r.options.get("retainOnDelete")}

    assert retained == {
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:secretsmanager/secretVersion:SecretVersion",
        *({"docker-build:index:Image"} if stack.stack == "dev" else ()),
    }


def test_the_provider_works_in_the_environments_account_only(stack: Manifest) -> None:
    """Credentials of another account are refused before anything is made."""
    assert json.loads(stack.one("pulumi:providers:aws").inputs["allowedAccountIds"]) == ["123456789012"]


def test_the_load_balancer_drops_what_is_not_http(stack: Manifest) -> None:
    """Invalid headers go; prod cannot be deleted by accident."""
    inputs = stack.one("aws:lb/loadBalancer:LoadBalancer").inputs

    assert inputs["dropInvalidHeaderFields"] is True
    assert inputs["enableDeletionProtection"] is (stack.stack == "prod")
