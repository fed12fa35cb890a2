"""What the roles may do: a request in, yes or no out."""

from collections.abc import Iterator

import pytest

from tests.bootstrap.account import ACCOUNT, BOOTSTRAP, BUCKET, REGION, Account
from tests.bootstrap.evaluator import Context, allowed

ROLES = {"preview": "", "drift": "", "deploy-dev": "dev", "promote-prod": "prod"}
WRITERS = {"deploy-dev": ("dev", "prod"), "promote-prod": ("prod", "dev")}
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/priceguard/bootstrap/priceguard-boundary"
READING = ("Describe", "Get", "List", "View")
TAG, NEW_TAG = "aws:ResourceTag/Environment", "aws:RequestTag/Environment"


def arn(service: str, resource: str) -> str:
    """An ARN in the account, in the region for services that have one."""
    return f"arn:aws:{service}:{'' if service == 'iam' else REGION}:{ACCOUNT}:{resource}"


def may(account: Account, role: str, action: str, resource: str = "*", **context: str | list[str]) -> bool:
    """Whether `role` may; its own tag and the region are part of every request."""
    request: Context = {"aws:RequestedRegion": REGION, **context, **tag_of(role)}
    return allowed(account.roles[f"priceguard-{role}"].statements, action, resource, request)


def tag_of(role: str) -> dict[str, str]:
    """The tag that the template puts on the role; a test of the template holds it to this."""
    return {"aws:PrincipalTag/Environment": ROLES[role]} if ROLES[role] else {}


def actions(account: Account, role: str) -> Iterator[str]:
    """Everything that a role's policies allow, wherever."""
    for statement in account.roles[f"priceguard-{role}"].statements:
        if statement["Effect"] == "Allow":
            named = statement["Action"]
            yield from [named] if isinstance(named, str) else named


@pytest.mark.parametrize("role", ["preview", "drift"])
def test_who_reads_has_no_action_that_writes(account: Account, role: str) -> None:
    """`kms:Decrypt` opens what may be read."""
    writing = [a for a in actions(account, role) if not a.split(":")[1].startswith(READING) and a != "kms:Decrypt"]

    assert not writing


def test_a_preview_reads_no_secret_value(account: Account) -> None:
    """It sees which versions a secret has, and the copy of the state without secrets."""
    secret = arn("secretsmanager", "secret:priceguard/dev/database-url-AbCdEf")
    s3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}

    assert "secretsmanager:GetSecretValue" not in set(actions(account, "preview"))
    assert may(account, "preview", "secretsmanager:DescribeSecret", secret)
    assert may(account, "preview", "secretsmanager:ListSecretVersionIds", secret)
    assert may(account, "preview", "s3:GetObject", f"arn:aws:s3:::{BUCKET}/previews/dev/checkpoint.json")
    assert not may(account, "preview", "s3:GetObject", f"arn:aws:s3:::{BUCKET}/.pulumi/stacks/priceguard/dev.json")
    assert may(account, "preview", "kms:Decrypt", account.outputs["StateBucketKeyArn"], **s3)
    for name in ("DevStateKeyArn", "ProdStateKeyArn"):
        assert not may(account, "preview", "kms:Decrypt", account.outputs[name], **s3)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_reads_the_key_that_a_person_put(account: Account, role: str) -> None:
    """Nor changes it."""
    secret = arn("secretsmanager", f"secret:priceguard/{ROLES[role] or 'dev'}/stripe-secret-key-AbCdEf")

    assert not may(account, role, "secretsmanager:GetSecretValue", secret)
    assert not may(account, role, "secretsmanager:PutSecretValue", secret)


@pytest.mark.parametrize(("role", "own", "other"), [(role, *pair) for role, pair in WRITERS.items()])
def test_state_and_secrets_of_one_environment_only(account: Account, role: str, own: str, other: str) -> None:
    """Both may be in the same bucket."""
    for environment in (own, other):
        mine = environment == own
        for path in (
            f"stacks/priceguard/{environment}.json",
            f"locks/organization/priceguard/{environment}/1.json",
            f"history/priceguard/{environment}/1.json",
            f"backups/priceguard/{environment}/1.json",
        ):
            assert may(account, role, "s3:PutObject", f"arn:aws:s3:::{BUCKET}/.pulumi/{path}") == mine
        key = account.outputs[f"{environment.title()}StateKeyArn"]
        assert may(account, role, "kms:Decrypt", key, **{"aws:ResourceTag/ManagedBy": "bootstrap"}) == mine
        secret = arn("secretsmanager", f"secret:priceguard/{environment}/database-url-AbCdEf")
        assert may(account, role, "secretsmanager:PutSecretValue", secret) == mine
        assert may(account, role, "rds:ModifyDBInstance", arn("rds", f"db:priceguard-{environment}")) == mine
        assert may(account, role, "ec2:DeleteVpc", arn("ec2", "vpc/vpc-1"), **{TAG: environment}) == mine
        assert may(account, role, "ec2:CreateVpc", arn("ec2", "vpc/*"), **{NEW_TAG: environment}) == mine
    assert not may(account, role, "s3:PutObject", f"arn:aws:s3:::{BUCKET}/.pulumi/meta.yaml")


@pytest.mark.parametrize(("role", "own", "other"), [(role, *pair) for role, pair in WRITERS.items()])
def test_every_role_that_is_made_is_inside_the_boundary(account: Account, role: str, own: str, other: str) -> None:
    """With the environment's path and tag; nothing else is made, and none is handed to another service."""
    made, foreign = arn("iam", f"role/priceguard/{own}/new"), arn("iam", f"role/priceguard/{other}/new")
    inside = {"iam:PermissionsBoundary": BOUNDARY, NEW_TAG: own}

    assert may(account, role, "iam:CreateRole", made, **inside)
    assert not may(account, role, "iam:CreateRole", made, **{NEW_TAG: own})
    assert not may(account, role, "iam:CreateRole", made, **{**inside, "iam:PermissionsBoundary": f"{BOUNDARY}-x"})
    assert not may(account, role, "iam:CreateRole", made, **{**inside, NEW_TAG: other})
    assert not may(account, role, "iam:CreateRole", foreign, **inside)
    assert not may(account, role, "iam:CreateRole", arn("iam", "role/new"), **inside)
    assert not may(account, role, "iam:DeleteRolePermissionsBoundary", made)
    assert not may(account, role, "iam:PutRolePolicy", made)
    assert not may(account, role, "iam:TagRole", made, **{NEW_TAG: other})
    assert not may(account, role, "iam:UntagRole", made, **{"aws:TagKeys": ["Environment"]})
    assert may(account, role, "iam:PassRole", made, **{"iam:PassedToService": "ecs-tasks.amazonaws.com"})
    assert not may(account, role, "iam:PassRole", made, **{"iam:PassedToService": "ec2.amazonaws.com"})
    assert not may(account, role, "iam:PassRole", foreign, **{"iam:PassedToService": "ecs-tasks.amazonaws.com"})


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:UpdateAssumeRolePolicy", f"{BOOTSTRAP}priceguard-deploy-dev"),
        ("iam:PutRolePolicy", f"{BOOTSTRAP}priceguard-deploy-dev"),
        ("iam:TagRole", f"{BOOTSTRAP}priceguard-deploy-dev"),
        ("iam:PassRole", f"{BOOTSTRAP}priceguard-deploy-dev"),
        ("iam:CreatePolicyVersion", BOUNDARY),
        ("iam:DeletePolicy", BOUNDARY),
        ("iam:AddClientIDToOpenIDConnectProvider", arn("iam", "oidc-provider/token.actions.githubusercontent.com")),
        ("iam:CreateUser", arn("iam", "user/x")),
        ("sts:AssumeRole", arn("iam", "role/anything")),
        ("cloudformation:UpdateStack", arn("cloudformation", "stack/priceguard-bootstrap/1")),
        ("s3:PutBucketPolicy", f"arn:aws:s3:::{BUCKET}"),
        ("s3:DeleteObjectVersion", f"arn:aws:s3:::{BUCKET}/.pulumi/stacks/priceguard/dev.json"),
    ],
)
def test_nobody_changes_what_holds_him(account: Account, role: str, action: str, resource: str) -> None:
    """Also not with the boundary and the right tag in hand."""
    context = {"iam:PermissionsBoundary": BOUNDARY, "iam:PassedToService": "ecs-tasks.amazonaws.com", **new_tag(role)}

    assert not may(account, role, action, resource, **context)


def new_tag(role: str) -> dict[str, str]:
    """The tag that lets a request of `role` through, where any does."""
    return {NEW_TAG: ROLES[role]} if ROLES[role] else {}


@pytest.mark.parametrize("role", WRITERS)
@pytest.mark.parametrize("action", ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:DisableKey", "kms:TagResource"])
def test_the_keys_of_the_state_are_not_taken_over(account: Account, role: str, action: str) -> None:
    """They have no environment's tag, and getting one is refused; the environment's own key obeys."""
    theirs = {"aws:ResourceTag/ManagedBy": "bootstrap", **new_tag(role)}
    own = {"aws:ResourceTag/ManagedBy": "pulumi", TAG: ROLES[role], **new_tag(role)}

    assert not may(account, role, action, account.outputs["StateBucketKeyArn"], **theirs)
    assert not may(account, role, action, account.outputs["StateBucketKeyArn"], **theirs, **{TAG: ROLES[role]})
    assert may(account, role, action, arn("kms", "key/own"), **own) == (action != "kms:DisableKey")


@pytest.mark.parametrize("role", WRITERS)
def test_the_other_environments_resources_get_no_new_owner(account: Account, role: str) -> None:
    """The tag is set on what has none, kept where it is, and never moved."""
    own, other = WRITERS[role]
    group = arn("ec2", "security-group/sg-1")

    assert may(account, role, "ec2:CreateTags", group, **{NEW_TAG: own})
    assert not may(account, role, "ec2:CreateTags", group, **{NEW_TAG: own, TAG: other})
    assert not may(account, role, "ec2:CreateTags", group, **{NEW_TAG: other, TAG: own})
    assert may(account, role, "ec2:DeleteTags", group, **{TAG: own, "aws:TagKeys": ["Name"]})
    assert not may(account, role, "ec2:DeleteTags", group, **{TAG: own, "aws:TagKeys": ["Name", "Environment"]})


@pytest.mark.parametrize("role", ROLES)
def test_a_refresh_reads_what_the_provider_asks_for(account: Account, role: str) -> None:
    """The bucket of the access logs by its names alone, and the token without which no image is looked at."""
    logs = f"arn:aws:s3:::priceguard-dev-access-logs-{ACCOUNT}-{REGION}"

    assert may(account, role, "s3:ListBucket", logs)
    assert may(account, role, "s3:ListBucket", f"arn:aws:s3:::{BUCKET}")
    assert not may(account, role, "s3:GetObject", f"{logs}/load-balancer/x")
    assert may(account, role, "logs:DescribeMetricFilters", arn("logs", "log-group:/priceguard/dev/api"))
    assert may(account, role, "wafv2:GetWebACLForResource", arn("elasticloadbalancing", "loadbalancer/app/x/1"))
    assert may(account, role, "ecr:GetAuthorizationToken")
    assert may(account, role, "ecr:PutImage", arn("ecr", "repository/priceguard-dev")) == (role == "deploy-dev")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_what_tasks_have_written_only_who_deploys_them_reads(account: Account, role: str, environment: str) -> None:
    """Whether an event was booked, and why a task stopped; a preview runs the code of strangers, and logs are data."""
    group = arn("logs", f"log-group:/priceguard/{environment}/api")

    for action, resource in (("FilterLogEvents", group), ("GetLogEvents", f"{group}:log-stream:api/api/1")):
        assert may(account, role, f"logs:{action}", resource) == (ROLES[role] == environment)
    assert not may(
        account, role, "logs:FilterLogEvents", arn("logs", f"log-group:aws-waf-logs-priceguard-{environment}")
    )


@pytest.mark.parametrize(("role", "own", "other"), [(role, *pair) for role, pair in WRITERS.items()])
def test_a_deployment_is_verified_and_its_image_copied(account: Account, role: str, own: str, other: str) -> None:
    """What runs is asked for; the image that dev has proved is read by prod and written to prod's own repository."""
    for action, resource in (
        ("DescribeServices", f"service/priceguard-{own}/priceguard-server"),
        ("ListTasks", f"container-instance/priceguard-{own}/1"),
        ("DescribeTasks", f"task/priceguard-{own}/1"),
        ("DescribeTaskDefinition", "*"),
    ):
        assert may(account, role, f"ecs:{action}", arn("ecs", resource))
    proven, mine, theirs = (arn("ecr", f"repository/priceguard-{name}") for name in ("dev", own, other))
    for action in ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"):
        assert may(account, role, f"ecr:{action}", proven)
    for action in ("CompleteLayerUpload", "InitiateLayerUpload", "PutImage", "UploadLayerPart"):
        assert may(account, role, f"ecr:{action}", mine)
        assert not may(account, role, f"ecr:{action}", theirs)
    assert may(account, role, "ecr:GetAuthorizationToken")


@pytest.mark.parametrize(("role", "own", "other"), [(role, *pair) for role, pair in WRITERS.items()])
def test_a_firewall_stands_before_its_own_environment_only(account: Account, role: str, own: str, other: str) -> None:
    """AWS asks for both ends; what it asks of the load balancer besides has no resource."""
    for environment in (own, other):
        for end in (
            arn("wafv2", f"regional/webacl/priceguard-{environment}/1"),
            arn("elasticloadbalancing", f"loadbalancer/app/priceguard-{environment}/1"),
        ):
            assert may(account, role, "wafv2:AssociateWebACL", end) == (environment == own)
    assert may(account, role, "elasticloadbalancing:SetWebAcl")


@pytest.mark.parametrize("role", WRITERS)
def test_nothing_is_made_in_another_region(account: Account, role: str) -> None:
    """Only IAM and Budgets, which have one endpoint for all."""
    elsewhere = {"aws:RequestedRegion": "eu-west-1", NEW_TAG: ROLES[role], TAG: ROLES[role]}

    assert not may(account, role, "kms:CreateKey", **elsewhere)
    assert not may(account, role, "ec2:CreateVpc", arn("ec2", "vpc/*"), **elsewhere)
