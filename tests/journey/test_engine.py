"""Both environments on Pulumi's engine, offline: made, previewed, changed, drifted, destroyed, made again.

The steps build on each other, in this order.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from gitops.previews.preview import examine
from local.engine_client import ask
from render.program import run
from tests.journey.agreement import differences
from tests.journey.platform import Commands

pytestmark = pytest.mark.usefixtures("pulumi")
TASK, SERVICE = "aws:ecs/taskDefinition:TaskDefinition", "aws:ecs/service:Service"
CERTIFICATE = "aws:acm/certificate:Certificate"
MOVED = {"dev": "api2.dev.priceguardbackend.live", "prod": "api2.priceguardbackend.live"}


@pytest.fixture(scope="module", params=["dev", "prod"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Commands]]:
    """An environment that the engine has made from nothing."""
    name: str = request.param
    commands = Commands(tmp_path_factory.mktemp(f"engine-{name}") / "local", engine="pulumi")
    commands.up("--stack", name)
    yield name, commands
    commands.run("down", "--reset")


def aws(commands: Commands, service: str) -> Any:
    """A client of the local AWS."""
    endpoint = commands.part("aws")["address"]
    return boto3.Session("test", "test", region_name="us-east-1").client(service, endpoint_url=endpoint)


def operations(preview: dict[str, Any]) -> set[tuple[str, str, str]]:
    """What a preview would do: operation, type, name."""
    return {(change["op"], change["type"], change["name"]) for change in preview["changes"]}


def test_it_is_healthy_and_the_engines(stack: tuple[str, Commands]) -> None:
    """The API answers; what was made is counted as ever."""
    name, commands = stack
    status = commands.status()

    assert (status["state"], status["stack"], status["engine"]) == ("healthy", name, "pulumi")
    assert status["outputs"]["service"] == "priceguard-server"
    assert status["made"]["ECS"]["service"] == status["made"]["RDS"]["instance"] == 1


def test_a_preview_shows_no_change_and_what_render_shows(
    stack: tuple[str, Commands], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No change at all; and resource by resource the same URN, type, provider, protection and inputs as render's."""
    name, commands = stack
    monkeypatch.setenv("PRICEGUARD_LOCAL", str(commands.directory))

    result, config = ask("preview", {}, lambda _: None)

    assert result
    assert result.changes == ()
    assert differences(run(name, config), result.after) == []
    preview = examine(name, result, config)
    assert (preview.blocked, preview.cost and preview.cost.monthly) == (False, 0)
    timing = result.timing
    assert timing.start + timing.program + timing.resources + timing.end == pytest.approx(timing.total, abs=0.1)


def test_a_changed_setting_changes_exactly_what_it_must(stack: tuple[str, Commands]) -> None:
    """In the preview, and then in the update."""
    name, commands = stack
    more = ("--set", "priceguard:maxCount=9")

    assert operations(commands.preview(name, *more)) == {("update", "aws:appautoscaling/target:Target", "api")}
    printed = commands.up(*more)
    assert "~ update  aws:appautoscaling/target:Target api (maxCapacity)" in printed
    assert re.search(r"Pulumi program +1 updated, \d+ unchanged", printed)


@pytest.fixture(scope="module")
def moved(stack: tuple[str, Commands]) -> dict[str, Any]:
    """A preview in which the API gets another name."""
    name, commands = stack
    return commands.preview(name, "--set", f"priceguard:apiDomain={MOVED[name]}")


def test_what_cannot_change_in_place_is_replaced_and_says_why(
    stack: tuple[str, Commands], moved: dict[str, Any]
) -> None:
    """A certificate is for the names that it was made for."""
    (certificate,) = [change for change in moved["changes"] if change["type"] == CERTIFICATE]
    (domain,) = [one for one in certificate["diff"] if one["path"] == "domainName"]

    assert (certificate["op"], certificate["reasons"]) == ("replace", ["domainName"])
    assert (domain["after"], domain["replaces"]) == (MOVED[stack[0]], True)


def test_no_secret_is_in_what_is_told_or_kept(stack: tuple[str, Commands], moved: dict[str, Any]) -> None:
    """Neither in a preview nor in the state and the files of the engine, nor in what the platform knows of them."""
    name, commands = stack
    secrets = aws(commands, "secretsmanager")
    url, signing = (
        secrets.get_secret_value(SecretId=f"priceguard/{name}/{secret}")["SecretString"]
        for secret in ("database-url", "stripe-webhook-secret")
    )
    password = url.split("@")[0].rsplit(":", 1)[1]
    place = commands.directory / ("" if name == "dev" else name)
    kept = [file for file in (place / "pulumi").rglob("*") if file.is_file()]
    state = (place / "state.json").read_text()

    assert len(kept) > 10
    for secret in (password, signing):
        assert secret not in json.dumps(moved) + state
        assert [file for file in kept if secret.encode() in file.read_bytes()] == []
    assert "[secret]" in state


def test_drift_is_found_and_named(stack: tuple[str, Commands]) -> None:
    """What somebody did behind the program's back, in the cloud and at Stripe."""
    name, commands = stack
    assert "nothing has drifted" in commands.run("drift")
    ec2 = aws(commands, "ec2")
    groups = ec2.describe_security_groups()["SecurityGroups"]
    group = next(one["GroupId"] for one in groups if one["GroupName"].startswith(f"priceguard-{name}-task-"))
    opened = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[opened])
    aws(commands, "secretsmanager").put_secret_value(
        SecretId=f"priceguard/{name}/allowed-origins", SecretString="https://evil.example"
    )
    bounds = {"ResourceId": f"service/priceguard-{name}/priceguard-server", "MinCapacity": 7, "MaxCapacity": 8}
    aws(commands, "application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs", ScalableDimension="ecs:service:DesiredCount", **bounds
    )
    endpoint = commands.status()["outputs"]["webhookEndpoints"]["a"]
    commands.stripe(f"/v1/webhook_endpoints/{endpoint}", disabled="true")

    found = json.loads(commands.run("drift", "--json", code=5))

    assert {
        (one["type"], one["name"], difference["path"].split("[")[0]) for one in found for difference in one["diff"]
    } == {
        ("aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive", "task", "ingressRuleIds"),
        ("aws:secretsmanager/secretVersion:SecretVersion", "allowed-origins", "versionStages"),
        ("aws:appautoscaling/target:Target", "api", "minCapacity"),
        ("aws:appautoscaling/target:Target", "api", "maxCapacity"),
        ("stripe:index/webhookEndpoint:WebhookEndpoint", "webhook-a", "disabled"),
    }


def test_what_has_drifted_is_put_back(stack: tuple[str, Commands]) -> None:
    """By an update that looks first."""
    _, commands = stack

    printed = commands.up("--refresh", "--set", "priceguard:maxCount=9")

    assert "~ update  stripe:index/webhookEndpoint:WebhookEndpoint webhook-a (disabled)" in printed
    assert "nothing has drifted" in commands.run("drift")


def test_dev_can_be_destroyed_and_made_again(stack: tuple[str, Commands]) -> None:
    """What is not gone then is listed with the reason; prod refuses, and names what it protects."""
    name, commands = stack
    if name == "prod":
        refused = commands.run("destroy", code=1)
        for protected in (
            "aws:rds/instance:Instance database",
            "aws:ec2/vpc:Vpc network",
            "aws:kms/key:Key environment",
        ):
            assert protected in refused
        assert commands.status()["made"]["RDS"]["instance"] == 1
        return
    told = json.loads(commands.run("destroy", "--json"))

    reasons = {one["type"]: one["why"] for one in told["left"]}
    assert "window of 7 days" in reasons["aws:kms/key:Key"]
    assert "Stripe deletes no price" in reasons["stripe:index/price:Price"]
    assert "Stripe deletes no product" in reasons["stripe:index/product:Product"]
    assert set(reasons) <= {"aws:kms/key:Key", "stripe:index/price:Price", "stripe:index/product:Product", TASK}
    assert (commands.status()["made"], commands.status()["outputs"]) == ({}, {})
    commands.up()
    assert commands.status()["state"] == "healthy"
