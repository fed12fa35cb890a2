"""Resources that live through a plugin: what it is asked for really happens, and nothing in a preview."""

import uuid
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from local.plugin.values import UNKNOWN
from render.registration import decode, encode
from tests.local.conftest import AskAws
from tests.local.plugin.conftest import Plugin, Plugins

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
NESTED = f"priceguard:index:Service${LOG_GROUP}"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
ENDPOINT = "stripe:index/webhookEndpoint:WebhookEndpoint"
SENTINEL = "s3cret-that-nobody-may-see"


@pytest.fixture(scope="module")
def aws(plugins_here: Plugins) -> Generator[Plugin]:
    """The plugin of AWS, on the emulator."""
    with plugins_here.start("aws") as plugin:
        yield plugin


@pytest.fixture
def inputs() -> dict[str, Any]:
    """Those of a log group that no other test has."""
    return {"name": f"/{uuid.uuid4().hex}", "retentionInDays": 7, "tags": {"part": "api"}}


def days(ask_aws: AskAws, name: str) -> list[int]:
    """The retention of the log groups of a name at AWS."""
    return [g["retentionInDays"] for g in ask_aws("logs", "describe_log_groups", logGroupNamePrefix=name)["logGroups"]]


def made(plugin: Plugin, properties: dict[str, Any], type_: str = LOG_GROUP) -> tuple[str, dict[str, Any]]:
    """Make one: its id and what the engine remembers of it."""
    answer = plugin.ask("Create", type_, properties=properties)
    return answer.id, decode(answer.properties)


def test_a_log_group_lives(aws: Plugin, inputs: dict[str, Any], ask_aws: AskAws) -> None:
    """Made, read, changed, deleted: each time AWS has what the engine was told."""
    name, changed = inputs["name"], {**inputs, "retentionInDays": 14}

    resource_id, outputs = made(aws, inputs)
    assert days(ask_aws, name) == [7]
    assert outputs.items() >= inputs.items()
    assert outputs["arn"].endswith(name)

    answer = aws.ask("Update", LOG_GROUP, id=resource_id, olds=outputs, old_inputs=inputs, news=changed)
    assert days(ask_aws, name) == [14]
    assert decode(answer.properties) == {**outputs, "retentionInDays": 14}

    aws.ask("Delete", LOG_GROUP, id=resource_id, properties=decode(answer.properties), old_inputs=changed)
    assert days(ask_aws, name) == []


def test_what_nobody_has_touched_is_read_as_it_was(aws: Plugin, inputs: dict[str, Any]) -> None:
    """Else every refresh would find a difference."""
    resource_id, outputs = made(aws, inputs)

    found = aws.ask("Read", LOG_GROUP, id=resource_id, properties=outputs, inputs=inputs)

    assert (found.id, decode(found.properties), decode(found.inputs)) == (resource_id, outputs, inputs)


def test_what_somebody_has_changed_is_read_as_it_is(aws: Plugin, inputs: dict[str, Any], ask_aws: AskAws) -> None:
    """In the inputs too, which are what the engine compares."""
    resource_id, outputs = made(aws, inputs)
    ask_aws("logs", "put_retention_policy", logGroupName=inputs["name"], retentionInDays=30)

    found = aws.ask("Read", LOG_GROUP, id=resource_id, properties=outputs, inputs=inputs)

    assert decode(found.inputs) == {**inputs, "retentionInDays": 30}
    assert decode(found.properties)["retentionInDays"] == 30


def test_what_is_gone_has_no_id(aws: Plugin, inputs: dict[str, Any], ask_aws: AskAws) -> None:
    """From that the engine knows."""
    resource_id, outputs = made(aws, inputs)
    ask_aws("logs", "delete_log_group", logGroupName=inputs["name"])

    assert aws.ask("Read", LOG_GROUP, id=resource_id, properties=outputs, inputs=inputs).id == ""


def test_a_preview_makes_nothing(aws: Plugin, inputs: dict[str, Any], ask_aws: AskAws) -> None:
    """What it does not say is not known; an id would be taken for one that exists."""
    answer = aws.ask("Create", LOG_GROUP, properties={**inputs, "kmsKeyId": UNKNOWN}, preview=True)

    assert (answer.id, decode(answer.properties)) == ("", {**inputs, "kmsKeyId": UNKNOWN})
    assert days(ask_aws, inputs["name"]) == []


def test_a_preview_changes_nothing(aws: Plugin, inputs: dict[str, Any], ask_aws: AskAws) -> None:
    """What AWS had added before stays known; what the program no longer says is not told."""
    resource_id, outputs = made(aws, inputs)
    new = {"name": inputs["name"], "retentionInDays": 14}

    answer = aws.ask("Update", LOG_GROUP, id=resource_id, olds=outputs, old_inputs=inputs, news=new, preview=True)

    told = decode(answer.properties)
    assert told["arn"] == outputs["arn"]
    assert told.items() >= new.items()
    assert "tags" not in told
    assert days(ask_aws, inputs["name"]) == [7]


def test_a_component_around_it_is_no_part_of_the_type(aws: Plugin, inputs: dict[str, Any], ask_aws: AskAws) -> None:
    """For all that is asked about a resource."""
    resource_id, outputs = made(aws, inputs, NESTED)
    assert days(ask_aws, inputs["name"]) == [7]
    found = aws.ask("Read", NESTED, id=resource_id, properties=outputs, inputs=inputs)
    assert found.id == resource_id
    aws.ask("Update", NESTED, id=resource_id, olds=outputs, old_inputs=inputs, news={**inputs, "retentionInDays": 1})
    assert days(ask_aws, inputs["name"]) == [1]
    aws.ask("Delete", NESTED, id=resource_id, properties=outputs, old_inputs=inputs)
    assert days(ask_aws, inputs["name"]) == []


def test_a_function_is_answered(aws: Plugin) -> None:
    """And one that is not known is named."""
    token = "aws:index/getAvailabilityZones:getAvailabilityZones"
    answer = aws.stub.Invoke(invocation(token, {"state": "available"}), timeout=30)

    assert decode(getattr(answer, "return"))["names"][:2] == ["us-east-1a", "us-east-1b"]
    with pytest.raises(grpc.RpcError, match="aws:index/getMoon:getMoon"):
        aws.stub.Invoke(invocation("aws:index/getMoon:getMoon", {}), timeout=30)


def invocation(token: str, args: dict[str, Any]) -> provider_pb2.InvokeRequest:
    """A question to a function."""
    return provider_pb2.InvokeRequest(tok=token, args=encode(args))


def test_a_refusal_never_tells_a_secret(aws: Plugin) -> None:
    """AWS says what it was given; the traceback may not either."""
    secretive = {"secretId": f"arn:{SENTINEL}", "secretString": SENTINEL}

    with pytest.raises(grpc.RpcError, match=VERSION) as refused:
        aws.ask("Create", VERSION, properties=secretive)

    assert SENTINEL not in str(refused.value)


def test_two_resources_are_made_at_the_same_time(aws: Plugin, ask_aws: AskAws) -> None:
    """The engine does not wait for one before it asks for the next; each gets its own answer."""
    names = [f"/{uuid.uuid4().hex}" for _ in range(8)]
    with ThreadPoolExecutor(len(names)) as threads:
        answers = list(threads.map(lambda name: made(aws, {"name": name, "retentionInDays": 1}), names))

    assert [outputs["name"] for _, outputs in answers] == names
    assert [days(ask_aws, name) for name in names] == [[1]] * len(names)


def test_comparisons_at_the_same_time_do_not_mix(aws: Plugin) -> None:
    """Each has old inputs of its own."""

    def changed(number: int) -> list[str]:
        old = {"name": "a", f"tags{number}": "old", "retentionInDays": number}
        answer = aws.ask("Diff", LOG_GROUP, id="a", olds=old, old_inputs=old, news={**old, "retentionInDays": 0})
        return sorted(answer.diffs)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(changed, range(1, 33))) == [["retentionInDays"]] * 32


def test_stripes_resources_live_at_its_stand_in(plugins_here: Plugins) -> None:
    """Each package is served by a plugin of its own; a secret that is told once comes with the creation."""
    inputs = {"url": "https://api.plugin.example/hook", "enabledEvents": ["invoice.paid"]}
    with plugins_here.start("stripe") as stripe:
        inputs = decode(stripe.ask("Check", ENDPOINT, news=inputs, olds={}).inputs)
        resource_id, outputs = made(stripe, inputs, ENDPOINT)
        found = stripe.ask("Read", ENDPOINT, id=resource_id, properties=outputs, inputs=inputs)
        stripe.ask("Delete", ENDPOINT, id=resource_id, properties=outputs, old_inputs=inputs)
        gone = stripe.ask("Read", ENDPOINT, id=resource_id, properties=outputs, inputs=inputs)

    assert outputs["secret"].startswith("whsec_")
    assert (found.id, decode(found.properties)) == (resource_id, outputs)
    assert gone.id == ""


def test_a_password_is_random(plugins: Plugins) -> None:
    """Nothing but the program's wishes is needed for it."""
    with plugins.start("random") as plugin:
        passwords = [made(plugin, {"length": 20}, "random:index/randomPassword:RandomPassword")[1] for _ in range(2)]

    assert [len(outputs["result"]) for outputs in passwords] == [20, 20]
    assert passwords[0]["result"] != passwords[1]["result"]
