"""What a plugin answers before anything is made: inputs that are checked and compared."""

from collections.abc import Generator
from importlib.metadata import version
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2

from local.plugin.values import UNKNOWN
from render.registration import decode
from tests.local.plugin.conftest import WITHIN, Plugin, Plugins

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INSTANCE = "aws:rds/instance:Instance"
VPC = "aws:ec2/vpc:Vpc"
SENTINEL = "s3cret-that-nobody-may-see"
OLD: dict[str, Any] = {
    "name": "api",
    "description": "one",
    "vpcId": "vpc-1",
    "tags": {"Name": "api", "a.b": "1"},
    "ingress": [{"protocol": "tcp", "fromPort": 80, "toPort": 80}],
}
"""Inputs of a security group."""


@pytest.fixture(scope="module")
def aws(plugins: Plugins) -> Generator[Plugin]:
    """The plugin of AWS."""
    with plugins.start("aws") as plugin:
        yield plugin


def checked(plugin: Plugin, type_: str, news: dict[str, Any], olds: dict[str, Any] | None = None) -> dict[str, Any]:
    """The inputs that the engine goes on with."""
    answer = plugin.ask("Check", type_, news=news, olds=olds or {})
    assert not answer.failures
    return decode(answer.inputs)


def compared(plugin: Plugin, new: dict[str, Any], type_: str = GROUP, **fields: Any) -> Any:
    """The difference between OLD, or what is given instead, and other inputs."""
    sent: dict[str, Any] = {"id": "id", "old_inputs": OLD, "olds": OLD, **fields}
    return plugin.ask("Diff", type_, news=new, **sent)


def detailed(answer: Any) -> dict[str, str]:
    """Path -> kind of difference."""
    return {path: provider_pb2.PropertyDiff.Kind.Name(diff.kind) for path, diff in answer.detailedDiff.items()}


@pytest.mark.parametrize("package", ["aws", "awsx", "docker-build", "random", "stripe"])
def test_a_plugin_has_the_version_of_its_package(package: str, plugins: Plugins) -> None:
    """The engine asks for the version that the program's SDK was made for."""
    with plugins.start(package) as plugin:
        info = plugin.stub.GetPluginInfo(Empty(), timeout=WITHIN)

    assert info.version == version(f"pulumi-{package}")


def test_a_plugin_takes_any_configuration(aws: Plugin) -> None:
    """A change of it replaces nothing, and previews reach the plugin."""
    provider, config = "pulumi:providers:aws", {"region": "us-east-1", "defaultTags": UNKNOWN}

    assert decode(aws.ask("CheckConfig", provider, news=config, olds={}).inputs) == config
    assert not aws.ask("DiffConfig", provider, news=config, olds={"region": "eu-west-1"}).replaces
    assert aws.stub.Configure(provider_pb2.ConfigureRequest(), timeout=WITHIN).supportsPreview


def test_a_name_that_the_program_leaves_out_is_made_once(aws: Plugin) -> None:
    """The logical name with something random; at later checks the one that it has."""
    made = checked(aws, LOG_GROUP, {"retentionInDays": 7})
    again = checked(aws, LOG_GROUP, {"retentionInDays": 14}, made)

    assert made["name"].startswith("sample-")
    assert again == {**made, "retentionInDays": 14}
    assert checked(aws, LOG_GROUP, {})["name"] != made["name"]
    assert checked(aws, LOG_GROUP, {"name": "given"}, made)["name"] == "given"


def test_wrong_input_is_a_failure_that_names_the_property(aws: Plugin) -> None:
    """The engine says it with the resource, and goes on to check the others."""
    answer = aws.ask("Check", VPC, news={"cidrBlok": "10.0.0.0/16"}, olds={})

    assert [failure.property for failure in answer.failures] == ["cidrBlok"]
    assert "no parameter" in answer.failures[0].reason


@pytest.mark.parametrize("wrong", [{"identifier": "i" * 99}, {"instanceClas": "c"}])
def test_a_failure_never_tells_a_secret(wrong: dict[str, Any], aws: Plugin) -> None:
    """Whatever is wrong beside it."""
    answer = aws.ask("Check", INSTANCE, news={"engine": "postgres", "password": SENTINEL, **wrong}, olds={})

    assert [failure.property for failure in answer.failures] == list(wrong)
    assert SENTINEL not in str(answer)


@pytest.mark.parametrize(
    "news",
    [
        {"name": "api", "vpcId": UNKNOWN, "tags": {"Name": UNKNOWN}, "ingress": [{"fromPort": 1}, UNKNOWN]},
        {"name": UNKNOWN, "vpcId": "vpc-1"},
        {"namePrefix": UNKNOWN, "vpcId": "vpc-1"},
    ],
    ids=["anywhere", "a name", "its prefix"],
)
def test_what_a_preview_does_not_know_stays_so(news: dict[str, Any], aws: Plugin) -> None:
    """It is neither judged nor made up."""
    assert checked(aws, GROUP, news) == news


def test_what_stays_the_same_is_no_difference(aws: Plugin) -> None:
    """Null is the same as absent."""
    answer = compared(aws, {**OLD, "revokeRulesOnDelete": None})

    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE
    assert not answer.diffs
    assert not answer.detailedDiff


def test_a_change_in_place_is_told_by_its_paths(aws: Plugin) -> None:
    """As deep as it goes; a value that the program no longer gives is one as well."""
    new = {**OLD, "tags": {"Name": "web", "a.b": "2", "new": "x"}, "ingress": [{"fromPort": 80, "toPort": 81}]}

    answer = compared(aws, new)

    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert (sorted(answer.diffs), list(answer.replaces)) == (["ingress", "tags"], [])
    assert detailed(answer) == {
        "tags.Name": "UPDATE",
        'tags["a.b"]': "UPDATE",
        "tags.new": "ADD",
        "ingress[0].toPort": "UPDATE",
        "ingress[0].protocol": "DELETE",
    }
    assert all(diff.inputDiff for diff in answer.detailedDiff.values())


def test_a_property_that_is_gone_is_a_deletion(aws: Plugin) -> None:
    """Of the whole property."""
    answer = compared(aws, {name: value for name, value in OLD.items() if name != "tags"})

    assert detailed(answer) == {"tags": "DELETE"}


def test_what_cannot_change_replaces(aws: Plugin) -> None:
    """Only its own paths are to blame; the old one goes first, because the new one has its name."""
    answer = compared(aws, {**OLD, "description": "two", "tags": {"Name": "api"}})

    assert list(answer.replaces) == ["description"]
    assert detailed(answer) == {"description": "UPDATE_REPLACE", 'tags["a.b"]': "DELETE"}
    assert answer.deleteBeforeReplace


def test_a_replacement_with_a_name_of_its_own_comes_first(aws: Plugin) -> None:
    """So that nothing is missed for as long as it is made."""
    answer = compared(aws, {**OLD, "name": "web"})

    assert (list(answer.replaces), answer.deleteBeforeReplace) == (["name"], False)


def test_what_a_preview_does_not_know_may_replace(aws: Plugin) -> None:
    """As with every provider: it is another value until it is known."""
    answer = compared(aws, {**OLD, "vpcId": UNKNOWN})

    assert detailed(answer) == {"vpcId": "UPDATE_REPLACE"}


def test_a_property_that_is_ignored_is_no_difference(aws: Plugin) -> None:
    """Neither by itself nor beside others."""
    new = {**OLD, "description": "two", "tags": {}}

    assert list(compared(aws, new, ignoreChanges=["description"]).diffs) == ["tags"]
    both = compared(aws, new, ignoreChanges=["description", "tags"])
    assert (both.changes, both.deleteBeforeReplace) == (provider_pb2.DiffResponse.DIFF_NONE, False)


def test_inputs_are_compared_with_inputs(aws: Plugin) -> None:
    """What AWS has added is none of the program's."""
    outputs = {**OLD, "arn": "arn:aws:ec2:us-east-1:1:security-group/sg-1", "tagsAll": {"Name": "api"}, "name": "x"}

    assert compared(aws, OLD, olds=outputs).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_component_around_it_is_no_part_of_the_type(aws: Plugin) -> None:
    """The engine's URN has the types of all parents."""
    nested = f"priceguard:index:Network$awsx:ec2:Vpc${LOG_GROUP}"

    assert checked(aws, nested, {"name": "a"}) == {"name": "a"}
    assert list(compared(aws, {**OLD, "description": "two"}, f"a:b:C${GROUP}").replaces) == ["description"]


def test_an_unknown_type_is_named(aws: Plugin) -> None:
    """Already at the check, where the engine adds the name of the resource."""
    assert "no such type" in aws.ask("Check", "aws:sqs/queue:Queue", news={}, olds={}).failures[0].reason
    with pytest.raises(grpc.RpcError, match="aws:sqs/queue:Queue: no such type"):
        compared(aws, {}, "aws:sqs/queue:Queue")


def test_a_refusal_is_told_as_it_is(aws: Plugin) -> None:
    """The engine shows all of what it is told: a reader needs no line of our code."""
    with pytest.raises(grpc.RpcError) as refused:
        compared(aws, {}, "aws:sqs/queue:Queue")

    assert isinstance(refused.value, grpc.Call)
    said = refused.value.details()
    assert said == "aws:sqs/queue:Queue: no such type on this machine: it needs a row in local/providers/"
