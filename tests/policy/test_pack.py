"""The pack, started and asked as Pulumi's engine does it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import proxy

from policy.pack import environment, policies
from policy.rules import RULES
from render.configuration import ROOT

ALL = len(RULES) + 2
LISTENER = "aws:lb/listener:Listener"
ZONE = "us-east-1a"


@pytest.fixture(scope="module")
def analyzer() -> Iterator[Any]:
    """The pack as a process of its own, for dev."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."]
    stack = {"PULUMI_PROJECT": "priceguard", "PULUMI_STACK": "dev", "PULUMI_DRY_RUN": "true"}
    with subprocess.Popen(command, cwd=ROOT / "policy", env=os.environ | stack, stdout=subprocess.PIPE) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
        process.terminate()


def declared(type_: str, name: str, properties: dict[str, Any], **more: Any) -> Any:
    """A resource as the engine sends it."""
    resource = analyzer_pb2.AnalyzerResource(type=type_, name=name, urn=f"urn:{type_}::{name}", **more)
    json_format.ParseDict(properties, resource.properties)
    resource.options.protect = False
    return resource


def asked(analyzer: Any, *resources: Any) -> dict[str, Any]:
    """Each violation by its policy's name."""
    answer = analyzer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources))
    return {one.policyName: one for one in answer.diagnostics}


def test_the_engine_is_told_every_policy_with_its_level(analyzer: Any) -> None:
    """That of the stack which the engine works on."""
    info = analyzer.GetAnalyzerInfo(empty_pb2.Empty())
    levels = {policy.name: policy.enforcementLevel for policy in info.policies}

    assert info.name == "priceguard"
    assert len(levels) == ALL
    assert levels["http-only-redirects"] == analyzer_pb2.MANDATORY
    assert levels["load-balancer-access-logs"] == analyzer_pb2.ADVISORY
    assert levels["two-tasks"] == analyzer_pb2.DISABLED


def test_a_violation_names_resource_cause_and_fix(analyzer: Any) -> None:
    """At the level of the environment."""
    forward = {"port": 80, "protocol": "HTTP", "defaultActions": [{"type": "forward"}]}

    found = asked(analyzer, declared(LISTENER, "http", forward))["http-only-redirects"]

    assert found.urn == f"urn:{LISTENER}::http"
    assert found.enforcementLevel == analyzer_pb2.MANDATORY
    assert "http: answers on port 80 with something else" in found.message
    assert "Give the listener one default action: redirect" in found.message


def test_relations_are_seen_before_anything_has_an_id(analyzer: Any) -> None:
    """By the resources that a property comes from, while its value is unknown."""
    unknown = proxy.UNKNOWN_STRING_VALUE
    balancer, subnet = "aws:lb/loadBalancer:LoadBalancer", "aws:ec2/subnet:Subnet"
    sources = analyzer_pb2.AnalyzerPropertyDependencies(urns=[f"urn:{subnet}::{name}" for name in "ab"])
    in_both = {"subnets": [unknown, unknown]}

    found = asked(
        analyzer,
        declared(balancer, "api", in_both, propertyDependencies={"subnets": sources}),
        *(declared(subnet, name, {"availabilityZone": ZONE, "vpcId": unknown}) for name in "ab"),
    )

    assert f"stands in one zone only, {ZONE}" in found["load-balancer-in-two-zones"].message


def test_what_is_unknown_in_a_preview_is_not_judged(analyzer: Any) -> None:
    """No policy gives up either, which the engine would report as a diagnostic too."""
    text, truth = proxy.UNKNOWN_STRING_VALUE, proxy.UNKNOWN_BOOLEAN_VALUE
    task = {"containerDefinitions": text, "networkMode": text}
    cluster = {"settings": [{"name": "containerInsights", "value": text}]}

    found = asked(
        analyzer,
        declared("aws:ecs/taskDefinition:TaskDefinition", "api", {**task, "tags": text}),
        declared("aws:ecs/cluster:Cluster", "api", {**cluster, "tags": text}),
        declared("aws:ec2/subnet:Subnet", "a", {"mapPublicIpOnLaunch": truth, "tags": text}),
    )

    assert set(found) == {"budget", "exception-unused"}


def test_secrets_of_the_engine_do_not_reach_the_messages(analyzer: Any) -> None:
    """It sends them in clear text."""
    variable = {"name": "STRIPE_SECRET_KEY", "value": "sk_" + "test_hidden"}
    containers = json.dumps([{"name": "api", "environment": [variable]}])

    found = asked(
        analyzer, declared("aws:ecs/taskDefinition:TaskDefinition", "api", {"containerDefinitions": containers})
    )

    assert "container api has STRIPE_SECRET_KEY" in found["container-secrets-in-environment"].message
    assert not any("hidden" in one.message for one in found.values())


def test_without_a_stack_the_pack_is_the_strictest(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when it is only looked at."""
    monkeypatch.setattr("pulumi.get_stack", lambda: None)

    assert environment() == "prod"
    assert len({policy.name for policy in policies(environment())}) == ALL
