"""What the providers refuse: by type, name and property, and never with a secret in the message."""

import json
import socket
from dataclasses import replace
from typing import Any

import pytest

from local.providers import ProviderError, Providers, Resource, Surroundings

UNKNOWN = "aws:sqs/queue:Queue"
INSTANCE = "aws:rds/instance:Instance"
SERVICE = "aws:ecs/service:Service"
VPC = "aws:ec2/vpc:Vpc"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
SENTINEL = "s3cret-that-nobody-may-see"

REFUSED = {
    "a misspelt property": (VPC, {"cidrBlok": "10.0.0.0/16"}, "cidrBlok"),
    "one inside an object": (SERVICE, {"networkConfiguration": {"subnetz": []}}, "networkConfiguration.subnetz"),
    "one inside a list of objects": (
        "aws:lb/listener:Listener",
        {"loadBalancerArn": "a", "defaultActions": [{"type": "redirect", "redirect": {"prot": "HTTPS"}}]},
        "defaultActions.redirect.prot",
    ),
    "one inside an object that AWS does not have": (
        "aws:lb/targetGroup:TargetGroup",
        {"name": "a", "healthCheck": {"grpc": True}},
        "healthCheck.grpc",
    ),
    "a value of the wrong type": (VPC, {"cidrBlock": ["10.0.0.0/16"]}, "cidrBlock"),
    "a missing value": ("aws:ec2/subnet:Subnet", {"cidrBlock": "10.0.0.0/24"}, "vpcId"),
    "text that is not JSON": (
        "aws:ecs/taskDefinition:TaskDefinition",
        {"family": "f", "containerDefinitions": "{"},
        "",
    ),
    "what the table has no row for": ("aws:ec2/routeTable:RouteTable", {"vpcId": "v", "routes": []}, "routes"),
    "what the emulator refuses": ("aws:ec2/subnet:Subnet", {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24"}, ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_names_type_name_and_property(case: str, providers: Providers) -> None:
    """The reader finds the line of the program at once."""
    type_, inputs, blamed = REFUSED[case]

    with pytest.raises(ProviderError) as refused:
        providers.create(type_, "api", inputs)

    assert str(refused.value).startswith(f"{type_} api: {blamed}")
    assert refused.value.property == blamed


def test_an_unknown_type_is_named(providers: Providers) -> None:
    """Whatever is asked of it."""
    queue = Resource(UNKNOWN, "jobs", "id", {}, {})
    for ask in (
        lambda: providers.check(UNKNOWN, "jobs", {}, None),
        lambda: providers.diff(UNKNOWN, {}, {}),
        lambda: providers.create(UNKNOWN, "jobs", {}),
        lambda: providers.update(queue, {}),
        lambda: providers.delete(queue),
    ):
        with pytest.raises(ProviderError, match=UNKNOWN):
            ask()


def test_an_emulator_that_does_not_answer_is_named(surroundings: Surroundings) -> None:
    """With the operation and the address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    providers = Providers(replace(surroundings, aws_endpoint=nobody))

    with pytest.raises(ProviderError, match=f"create_vpc was not answered: .*{nobody}"):
        providers.create(VPC, "network", {"cidrBlock": "10.0.0.0/16"})


SECRETIVE: dict[str, tuple[str, dict[str, Any]]] = {
    "a version of no secret": (VERSION, {"secretId": f"arn:{SENTINEL}", "secretString": SENTINEL}),
    "a version of the wrong type": (VERSION, {"secretId": "a", "secretString": {"value": SENTINEL}}),
    "a version with a property too many": (VERSION, {"secretId": "a", "secretString": SENTINEL, "more": 1}),
    "a password of the wrong type": (
        INSTANCE,
        {"engine": "postgres", "username": "u", "password": [SENTINEL], "instanceClass": "c"},
    ),
    "a password that cannot be": (
        INSTANCE,
        {"engine": "postgres", "username": "u", "password": f"{SENTINEL}\0", "instanceClass": "c"},
    ),
    "an instance with a property too many": (
        INSTANCE,
        {"identifier": "i", "engine": "postgres", "username": "u", "password": SENTINEL, "instanceClas": "c"},
    ),
    "another engine": (INSTANCE, {"engine": "mysql", "username": "u", "password": SENTINEL}),
}


@pytest.mark.parametrize("case", SECRETIVE)
def test_a_refusal_never_tells_a_secret(case: str, providers: Providers) -> None:
    """Not in the message, nor in an exception behind it."""
    type_, inputs = SECRETIVE[case]

    with pytest.raises(ProviderError) as refused:
        providers.create(type_, "api", inputs)

    shown: BaseException | None = refused.value
    while shown is not None:
        assert SENTINEL not in str(shown)
        shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)


def test_what_may_be_secret_is_not_in_a_repr(surroundings: Surroundings) -> None:
    """Log lines and tracebacks show these objects."""
    told = replace(surroundings, database_admin_dsn=SENTINEL)
    resource = Resource(VERSION, "api", "id", {"secretString": SENTINEL}, {"secretString": SENTINEL})

    assert SENTINEL not in f"{told!r} {resource!r}"


def test_a_resource_that_is_gone_is_named(providers: Providers) -> None:
    """An update or a deletion behind the platform's back is no silent success."""
    inputs = {"name": "gone", "policy": json.dumps({})}
    gone = Resource("aws:secretsmanager/secret:Secret", "gone", "gone", inputs, {**inputs, "id": "gone"})

    with pytest.raises(ProviderError, match="delete_secret was refused: ResourceNotFoundException"):
        providers.delete(gone)
