"""An account of moto's as `bootstrap/account.yaml` makes it.

CloudFormation in moto makes keys, aliases, roles and policies, and resolves what their documents say; the doctor has
to come to the same. What moto leaves out is put here, from the template as the doctor computes it.
"""

import copy
import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from gitops.doctor.examination import examine
from gitops.doctor.report import Report, Row
from gitops.doctor.template import PATH, Resource, Template, read_template
from render.configuration import ROOT

ACCOUNT, REGION, STACK = "123456789012", "us-east-1", "priceguard-bootstrap"
TEXT = (ROOT / PATH).read_text()
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/priceguard/bootstrap/priceguard-boundary"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
BUCKET = f"priceguard-state-{ACCOUNT}-{REGION}"
CANARIES = {"AWS_ACCESS_KEY_ID": "AKIACANARYACCESSKEY0", "AWS_SECRET_ACCESS_KEY": "canary-of-the-secret-key"}
_NOT_IN_MOTO = {"AWS::S3::BucketPolicy", "AWS::IAM::OIDCProvider"}
ENCRYPTED = "v1:canary-of-the-encrypted-key"
PARAMETERS = {
    "Environments": "dev,prod",
    "Owner": "example",
    "OwnerId": "1001",
    "Repository": "platform",
    "RepositoryId": "2002",
}


@dataclass
class Patient:
    """The account, the folder with its stack files, and every operation that was asked of it."""

    root: Path
    session: Any
    template: Template
    asked: list[str]
    _clients: dict[str, Any] = field(default_factory=dict[str, Any])

    def client(self, service: str) -> Any:
        """One of boto3's that the doctor does not notice."""
        if service not in self._clients:
            self._clients[service] = boto3.client(service, REGION)
        return self._clients[service]

    def examine(self, *environments: str, session: Any = None) -> Report:
        """Let the doctor look, with another session perhaps."""
        self.asked.clear()
        return examine(
            environments or ("dev", "prod"), only=["aws"], session=session or self.session, root=self.root, environ={}
        )

    def findings(self) -> dict[str, Row]:
        """What it finds, by id."""
        return {row.id: row for row in self.examine().findings}

    def ref(self, name: str) -> str:
        """What AWS calls a resource of the template."""
        return self.template.resource(name).ref

    def write_stack_file(self, environment: str, **changed: Any) -> None:
        """`Pulumi.<environment>.yaml`; what is None is left out."""
        provider = f"awskms://alias/priceguard/{environment}/state?region={REGION}&awssdk=v2"
        file = {"secretsprovider": provider, "encryptedkey": ENCRYPTED, "account": ACCOUNT, "region": REGION, **changed}
        config = {"priceguard:account": file.pop("account"), "aws:region": file.pop("region")}
        document = {**file, "config": {key: value for key, value in config.items() if value is not None}}
        kept = {key: value for key, value in document.items() if value is not None}
        (self.root / f"Pulumi.{environment}.yaml").write_text(yaml.safe_dump(kept))


@contextmanager
def an_account(root: Path) -> Generator[Patient]:
    """One with nothing in it; its stack files are in `root`."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name, value in CANARIES.items():
            patch.setenv(name, value)
        session, asked = boto3.Session(region_name=REGION), list[str]()
        session.events.register(
            "before-call", lambda model, **_: asked.append(f"{model.service_model.service_name}:{model.name}")
        )
        template = Template(read_template(), parameters=PARAMETERS, outputs={}, account=ACCOUNT, region=REGION)
        patient = Patient(root, session, template, asked)
        for environment in ("dev", "prod"):
            patient.write_stack_file(environment)
        yield patient


def describing(**stack: Any) -> Any:
    """A session in which CloudFormation says something else of the stack."""

    def change(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Stacks"][0].update(stack)

    session = boto3.Session(region_name=REGION)
    session.events.register("after-call.cloudformation.DescribeStacks", change)
    return session


def refusing(operation: str, code: str, message: str = "no") -> Any:
    """A session in which AWS refuses one operation, such as `iam.GetRole`, or all of a service, such as `iam`."""

    def refuse(**_: Any) -> tuple[Any, dict[str, Any]]:
        answer = AWSResponse("https://aws.example", 400, {}, None)
        return answer, {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}}

    session = boto3.Session(region_name=REGION)
    session.events.register(f"before-call.{operation}", refuse)
    return session


def bootstrap(patient: Patient, **parameters: str) -> None:
    """Deploy the template, and do what the README says to do once."""
    given = {**PARAMETERS, **parameters}
    outputs = _create_stack(patient.client("cloudformation"), given)
    patient.template = Template(read_template(), parameters=given, outputs=outputs, account=ACCOUNT, region=REGION)
    s3 = patient.client("s3")
    s3.put_object(Bucket=BUCKET, Key=".pulumi/meta.yaml", Body=b"version: 1")
    for resource in patient.template.resources():
        if resource.type in _COMPLETED:
            _COMPLETED[resource.type](patient, resource)
    logging = patient.template.properties("StateBucket")["LoggingConfiguration"]
    target = {"TargetBucket": logging["DestinationBucketName"], "TargetPrefix": logging["LogFilePrefix"]}
    s3.put_bucket_logging(Bucket=BUCKET, BucketLoggingStatus={"LoggingEnabled": target})


def _create_stack(cloudformation: Any, parameters: dict[str, str]) -> dict[str, str]:
    """As CloudFormation would; without what moto lacks, or takes for something else."""
    document = copy.deepcopy(read_template())
    made = {n: r for n, r in document["Resources"].items() if r["Type"] not in _NOT_IN_MOTO}
    del made["StateBucket"]["DependsOn"]
    for resource in made.values():
        if resource["Type"] == "AWS::KMS::Key":
            del resource["Properties"]["Tags"]
    body = json.dumps({**document, "Resources": made}).replace('{"Ref": "OidcProvider"}', json.dumps(PROVIDER))
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=body,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
        EnableTerminationProtection=True,
    )
    deploy_text(TEXT)
    (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def deploy_text(text: str) -> None:
    """Make it the template that was deployed."""
    from moto.cloudformation.models import cloudformation_backends  # noqa: PLC0415 - takes long, and every worker collects this

    cloudformation_backends[ACCOUNT][REGION].get_stack(STACK).template = text  # moto would make everything again


def _complete_bucket(patient: Patient, bucket: Resource) -> None:
    s3, p, name = patient.client("s3"), bucket.properties, {"Bucket": bucket.ref}
    (encrypted,) = p["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    by_default = {"ApplyServerSideEncryptionByDefault": encrypted["ServerSideEncryptionByDefault"]}
    rule = {**by_default, "BucketKeyEnabled": encrypted.get("BucketKeyEnabled", False)}
    s3.put_bucket_encryption(**name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_bucket_versioning(**name, VersioningConfiguration=p["VersioningConfiguration"])
    s3.put_bucket_ownership_controls(**name, OwnershipControls=p["OwnershipControls"])
    s3.put_public_access_block(**name, PublicAccessBlockConfiguration=p["PublicAccessBlockConfiguration"])
    rules = [_as_rule(rule) for rule in p["LifecycleConfiguration"]["Rules"]]
    s3.put_bucket_lifecycle_configuration(**name, LifecycleConfiguration={"Rules": rules})


def _as_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of the template as S3 wants it."""
    same = {
        key: value for key, value in rule.items() if key not in {"Id", "ExpirationInDays", "ExpiredObjectDeleteMarker"}
    }
    days, marker = rule.get("ExpirationInDays"), rule.get("ExpiredObjectDeleteMarker")
    expiration = {key: value for key, value in {"Days": days, "ExpiredObjectDeleteMarker": marker}.items() if value}
    return {**same, "ID": rule["Id"], "Filter": {}, **({"Expiration": expiration} if expiration else {})}


def _complete_bucket_policy(patient: Patient, policy: Resource) -> None:
    document = json.dumps(policy.properties["PolicyDocument"])
    patient.client("s3").put_bucket_policy(Bucket=policy.ref, Policy=document)


def _complete_key(patient: Patient, key: Resource) -> None:
    kms, tags = patient.client("kms"), [{"TagKey": t["Key"], "TagValue": t["Value"]} for t in key.properties["Tags"]]
    kms.tag_resource(KeyId=key.ref, Tags=tags)
    document = kms.get_key_policy(KeyId=key.ref, PolicyName="default")["Policy"]  # moto has resolved, but not dumped it
    kms.put_key_policy(KeyId=key.ref, PolicyName="default", Policy=json.dumps(document))


def _complete_role(patient: Patient, role: Resource) -> None:
    iam = patient.client("iam")
    for arn in role.properties["ManagedPolicyArns"]:
        iam.attach_role_policy(RoleName=role.ref, PolicyArn=arn)
    for policy in role.properties["Policies"]:  # moto has written them as Python does
        document = json.dumps(policy["PolicyDocument"])
        iam.put_role_policy(RoleName=role.ref, PolicyName=policy["PolicyName"], PolicyDocument=document)
    trust = iam.get_role(RoleName=role.ref)["Role"]["AssumeRolePolicyDocument"]
    for statement in trust["Statement"]:  # moto leaves a null where AWS::NoValue leaves nothing
        tests = statement["Condition"]["StringEquals"]
        tests.update({k: [item for item in v if item] for k, v in tests.items() if isinstance(v, list)})
    iam.update_assume_role_policy(RoleName=role.ref, PolicyDocument=json.dumps(trust))


def _make_provider(patient: Patient, provider: Resource) -> None:
    p = provider.properties
    patient.client("iam").create_open_id_connect_provider(Url=p["Url"], ClientIDList=p["ClientIdList"])


_COMPLETED = {
    "AWS::S3::Bucket": _complete_bucket,
    "AWS::S3::BucketPolicy": _complete_bucket_policy,
    "AWS::KMS::Key": _complete_key,
    "AWS::IAM::Role": _complete_role,
    "AWS::IAM::OIDCProvider": _make_provider,
}
