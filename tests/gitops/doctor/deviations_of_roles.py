"""What people, other tools and attackers do to roles and policies, and what is forgotten in an environment."""

import json
from collections.abc import Callable
from typing import Any

from tests.gitops.doctor.deviations import ANYTHING, REVERT, Deviation, document
from tests.gitops.doctor.patient import BOUNDARY, BUCKET, PROVIDER, REGION, Patient


def iam(operation: str, role: str, **arguments: Any) -> Callable[[Patient], Any]:
    """Something done to a role of the pipeline."""
    return lambda patient: getattr(patient.client("iam"), operation)(RoleName=f"priceguard-{role}", **arguments)


def trust(role: str, old: str, new: str) -> Callable[[Patient], None]:
    """Change some text in who may become a role."""

    def change(patient: Patient) -> None:
        client, name = patient.client("iam"), f"priceguard-{role}"
        policy = json.dumps(client.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"])
        assert old in policy
        client.update_assume_role_policy(RoleName=name, PolicyDocument=policy.replace(old, new))

    return change


def widen_guard(patient: Patient) -> None:
    """A new version of a policy, in force at once."""
    arn = patient.ref("GuardPolicy")
    patient.client("iam").create_policy_version(PolicyArn=arn, PolicyDocument=document(ANYTHING), SetAsDefault=True)


def make_provider(patient: Patient, *audiences: str) -> None:
    """Put another in the place of GitHub's provider: moto knows no other way to change one."""
    client = patient.client("iam")
    client.delete_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)
    url = "https://token.actions.githubusercontent.com"
    client.create_open_id_connect_provider(Url=url, ClientIDList=list(audiences))


def forget_login(patient: Patient) -> None:
    """Delete an object that the bucket's policy would keep, since moto does not read its conditions."""
    client = patient.client("s3")
    policy = client.get_bucket_policy(Bucket=BUCKET)["Policy"]
    client.delete_bucket_policy(Bucket=BUCKET)
    client.delete_object(Bucket=BUCKET, Key=".pulumi/meta.yaml")
    client.put_bucket_policy(Bucket=BUCKET, Policy=policy)


def workload_role(name: str, environment: str, tag: str, **arguments: str) -> Callable[[Patient], Any]:
    """A role below an environment's path."""
    given = {"Path": f"/priceguard/{environment}/", "AssumeRolePolicyDocument": "{}", **arguments}
    tags = [{"Key": "Environment", "Value": tag}]
    return lambda patient: patient.client("iam").create_role(RoleName=name, Tags=tags, **given)


def stack_file(environment: str, **changed: Any) -> Callable[[Patient], None]:
    """What somebody committed."""
    return lambda patient: patient.write_stack_file(environment, **changed)


OF_ROLES = (
    Deviation("DriftRole.AssumeRolePolicyDocument", ':repository_id: ["6666"]', REVERT, trust("drift", "2002", "6666")),
    Deviation(
        "DeployDevRole.AssumeRolePolicyDocument",
        "StringLike",
        REVERT,
        trust("deploy-dev", "StringEquals", "StringLike"),
    ),
    Deviation(
        "PreviewRole.ManagedPolicyArns",
        "policy/priceguard/bootstrap/priceguard-identity",
        REVERT,
        lambda patient: iam("attach_role_policy", "preview", PolicyArn=patient.ref("IdentityPolicy"))(patient),
    ),
    Deviation(
        "DeployDevRole.ManagedPolicyArns",
        "nothing",
        REVERT,
        lambda patient: iam("detach_role_policy", "deploy-dev", PolicyArn=patient.ref("GuardPolicy"))(patient),
    ),
    Deviation(
        "PreviewRole.Policies",
        '"PolicyName": "more"',
        REVERT,
        iam("put_role_policy", "preview", PolicyName="more", PolicyDocument=document(ANYTHING)),
    ),
    Deviation(
        "DriftRole.Policies",
        "[state-and-secrets].PolicyDocument.Statement",
        REVERT,
        iam("put_role_policy", "drift", PolicyName="state-and-secrets", PolicyDocument=document(ANYTHING)),
    ),
    Deviation(
        "PromoteProdRole.Policies",
        "nothing",
        REVERT,
        iam("delete_role_policy", "promote-prod", PolicyName="state-secrets"),
    ),
    Deviation(
        "DriftRole.MaxSessionDuration",
        "43200",
        REVERT,
        iam(
            "update_role",
            "drift",
            MaxSessionDuration=43200,
            Description="Compares what is there to the state; writes nothing",
        ),
    ),
    Deviation(
        "PreviewRole.Description",
        "Mine",
        REVERT,
        iam("update_role", "preview", Description="Mine", MaxSessionDuration=3600),
    ),
    Deviation(
        "PreviewRole.PermissionsBoundary",
        BOUNDARY,
        "delete-role-permissions-boundary --role-name priceguard-preview",
        iam("put_role_permissions_boundary", "preview", PermissionsBoundary=BOUNDARY),
    ),
    Deviation(
        "PreviewRole.Tags",
        "dev",
        "untag-role --role-name priceguard-preview --tag-keys Environment",
        iam("tag_role", "preview", Tags=[{"Key": "Environment", "Value": "dev"}]),
    ),
    Deviation(
        "DeployDevRole.Tags",
        "[Environment].Value: prod",
        REVERT,
        iam("tag_role", "deploy-dev", Tags=[{"Key": "Environment", "Value": "prod"}]),
    ),
    Deviation("GuardPolicy.PolicyDocument", '"Action": ["*"]', REVERT, widen_guard),
    Deviation(
        "Boundary", "it is missing", REVERT, lambda patient: patient.client("iam").delete_policy(PolicyArn=BOUNDARY)
    ),
    Deviation(
        "OidcProvider.ClientIdList",
        "elsewhere.example",
        REVERT,
        lambda patient: make_provider(patient, "sts.amazonaws.com", "elsewhere.example"),
    ),
)
OF_ENVIRONMENTS = (
    Deviation(
        "dev.roles.PermissionsBoundary",
        "stray: nothing",
        f"put-role-permissions-boundary --permissions-boundary {BOUNDARY} --role-name stray",
        workload_role("stray", "dev", "dev"),
    ),
    Deviation(
        "dev.roles.Environment",
        "spy: prod",
        "aws iam tag-role --tags Key=Environment,Value=dev --role-name spy",
        workload_role("spy", "dev", "prod", PermissionsBoundary=BOUNDARY),
    ),
    Deviation(
        "prod.roles.PermissionsBoundary",
        "other: arn:aws:iam::aws:policy/AdministratorAccess",
        "--role-name other",
        workload_role("other", "prod", "prod", PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess"),
    ),
    Deviation(
        "dev.secretsprovider",
        "no secretsprovider in Pulumi.dev.yaml",
        f"pulumi stack init dev --secrets-provider='awskms://alias/priceguard/dev/state?region={REGION}&awssdk=v2'",
        stack_file("dev", secretsprovider=None),
    ),
    Deviation(
        "prod.secretsprovider",
        f"awskms://alias/priceguard/dev/state?region={REGION}&awssdk=v2 in Pulumi.prod.yaml",
        "pulumi stack change-secrets-provider --stack prod 'awskms://alias/priceguard/prod/state",
        stack_file("prod", secretsprovider=f"awskms://alias/priceguard/dev/state?region={REGION}&awssdk=v2"),
    ),
    Deviation(
        "state.Layout",
        "nobody has logged in yet",
        f"pulumi login 's3://{BUCKET}?region={REGION}&awssdk=v2'",
        forget_login,
    ),
)
