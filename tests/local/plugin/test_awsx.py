"""The components of awsx, constructed over the protocol: the children that awsx was seen to register."""

import json
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import resource_pb2_grpc

from local.plugin.values import UNKNOWN
from render.registration import RESOURCE_SIGNATURE, SIGNATURE, Secret, decode, plain
from tests.local.plugin.component_bench import CREDENTIALS, INVOKED, Bench
from tests.local.plugin.conftest import Plugin, Plugins
from tests.render.test_awsx import OBSERVED as VPCS
from tests.render.test_awsx import component, short_key
from tests.render.test_awsx_ecr import GIVEN, IMAGE, REPOSITORY, URL
from tests.render.test_awsx_ecr import OBSERVED as REGISTRIES

VPC = "awsx:ec2:Vpc"
BUILD = {"repositoryUrl": URL, "imageName": "sha-1"}


@pytest.fixture(scope="module")
def plugin(plugins: Plugins) -> Generator[Plugin]:
    """The plugin of awsx."""
    with plugins.start("awsx") as plugin:
        yield plugin


@pytest.fixture
def bench(plugin: Plugin) -> Generator[Bench]:
    """With an engine that listens."""
    server = grpc.server(ThreadPoolExecutor(4))
    bench = Bench(plugin, f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(bench.engine, server)
    server.start()
    yield bench
    server.stop(grace=None).wait()


def as_observed(request: Any) -> dict[str, Any]:
    """A child in the shape of the observation."""
    inputs = plain(decode(request.object))
    if policy := inputs.get("policy"):
        inputs["policy"] = json.loads(policy)
    dependencies = sorted(map(short_key, request.dependencies))
    return {"parent": short_key(request.parent), "inputs": inputs, "dependencies": dependencies}


def observed(children: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the engine should have."""
    return {
        f"{r['type']}::{r['name']}": {k: r[k] for k in ("parent", "inputs", "dependencies")}
        for r in children
        if not r["type"].startswith("awsx:")
    }


@pytest.mark.parametrize("case", VPCS)
def test_a_vpcs_children_are_those_that_were_observed(case: str, bench: Bench) -> None:
    """Types, names, parents, inputs and dependencies."""
    answer = bench.construct(VPC, "net", component(case).inputs)

    assert {key: as_observed(request) for key, request in bench.engine.children.items()} == observed(VPCS[case])
    state = decode(answer.state)
    assert state["vpcId"] == "<id of aws:ec2/vpc:Vpc::net>"
    assert state["isolatedSubnetIds"] == [f"<id of aws:ec2/subnet:Subnet::net-data-{zone}>" for zone in (1, 2)]


@pytest.mark.parametrize("case", REGISTRIES)
def test_a_repositorys_and_an_images_children_are_those_that_were_observed(case: str, bench: Bench) -> None:
    """The same; what the registry's password is handed on as is a secret."""
    for type_, inputs in GIVEN[case].items():
        bench.construct(type_, {REPOSITORY: "app", IMAGE: "img"}[type_], inputs)

    assert {key: as_observed(request) for key, request in bench.engine.children.items()} == observed(REGISTRIES[case])
    images = [request for request in bench.engine.children.values() if request.type == "docker-build:index:Image"]
    passwords = [decode(image.object)["registries"][0]["password"] for image in images]
    assert passwords == [Secret(CREDENTIALS["password"])] * len(images)


def test_the_outputs_depend_on_the_children(bench: Bench) -> None:
    """So that the engine makes these before what uses an output, and deletes them after it."""
    answer = bench.construct(IMAGE, "img", BUILD)

    assert decode(answer.state) == {"imageUri": f"{URL}@sha256:1"}
    (child,) = (urn for urn, request in bench.engine.registered.items() if request.custom)
    assert {name: list(depends.urns) for name, depends in answer.stateDependencies.items()} == {"imageUri": [child]}
    assert bench.engine.finished == [answer.urn]


def test_the_component_stands_where_the_program_put_it(bench: Bench) -> None:
    """Below its parent, after what it depends on."""
    parent = "urn:pulumi:dev::priceguard::priceguard:index:Network::network"
    before = "urn:pulumi:dev::priceguard::aws:kms/key:Key::key"

    answer = bench.construct(REPOSITORY, "app", {}, parent=parent, dependencies=[before])

    registered = bench.engine.registered[answer.urn]
    assert answer.urn == "urn:pulumi:dev::priceguard::priceguard:index:Network$awsx:ecr:Repository::app"
    assert (registered.parent, list(registered.dependencies), registered.custom) == (parent, [before], False)


def test_options_reach_every_child(bench: Bench) -> None:
    """As awsx hands them on; each child and each function has the provider of its own package."""
    providers = {package: f"urn:pulumi:dev::p::pulumi:providers:{package}::{package}::id" for package in ("aws", "x")}

    bench.construct(VPC, "net", component("a-single").inputs, protect=True, retainOnDelete=True, providers=providers)
    bench.construct(IMAGE, "img", BUILD, protect=True, retainOnDelete=True, providers=providers)

    children = bench.engine.children.values()
    assert {(child.protect, child.retainOnDelete) for child in children} == {(True, True)}
    given = {(child.type.split(":")[0], child.provider) for child in children}
    assert given == {("aws", providers["aws"]), ("docker-build", "")}
    assert {request.provider for request in bench.engine.invoked} == {providers["aws"]}
    assert [dict(r.providers) for r in bench.engine.registered.values() if not r.custom] == [providers] * 2


def test_what_is_not_said_is_left_to_the_engine(bench: Bench) -> None:
    """It has a child protected when its parent is; a plain no would undo that."""
    bench.construct(REPOSITORY, "app", {})
    bench.construct(REPOSITORY, "other", {}, protect=False)

    said = {r.name: (r.HasField("protect"), r.HasField("retainOnDelete")) for r in bench.engine.registered.values()}
    assert said == {"app": (False, False), "other": (True, False)}


@pytest.mark.parametrize("unknown", [{"repositoryUrl": UNKNOWN}, {"args": {"KEY": Secret(UNKNOWN)}}])
def test_an_input_that_is_not_known_leaves_the_children_for_later(unknown: dict[str, Any], bench: Bench) -> None:
    """The component is there, and nothing is known of its outputs."""
    bench.engine.previews = True

    answer = bench.construct(IMAGE, "img", {**BUILD, **unknown})

    assert list(bench.engine.registered) == [answer.urn] == bench.engine.finished
    assert decode(answer.state) == {}


def test_a_preview_knows_the_children_and_not_what_they_will_be(bench: Bench) -> None:
    """No id, no output: what is made of one is not known as a whole."""
    bench.engine.previews = True

    network = bench.construct(VPC, "net", component("b-auto-single").inputs)
    repository = bench.construct(REPOSITORY, "app", {})
    image = bench.construct(IMAGE, "img", BUILD)

    assert decode(network.state)["vpcId"] == UNKNOWN
    assert decode(network.state)["privateSubnetIds"] == [UNKNOWN, UNKNOWN]
    assert decode(repository.state) == {"url": UNKNOWN}
    assert decode(image.state) == {"imageUri": UNKNOWN}
    keys = bench.engine.children.keys()
    assert keys == {
        *observed(VPCS["b-auto-single"]),
        *observed(REGISTRIES["c-repo"]),
        "docker-build:index:Image::sha-1",
    }
    subnet = bench.engine.children["aws:ec2/subnet:Subnet::net-data-1"]
    assert decode(subnet.object)["vpcId"] == UNKNOWN


def test_a_resource_among_the_inputs_is_its_id(bench: Bench) -> None:
    """As the engine hands one on."""
    reference = {SIGNATURE: RESOURCE_SIGNATURE, "urn": "urn:pulumi:dev::p::t:n:T::a", "id": "sha-2"}

    bench.construct(IMAGE, "img", {**BUILD, "imageName": reference})

    assert list(bench.engine.children) == ["docker-build:index:Image::sha-2"]


@pytest.mark.parametrize(
    ("type_", "inputs", "named"),
    [
        ("awsx:ec2:Vpn", {}, "awsx:ec2:Vpn: render/awsx.py does not know"),
        (REPOSITORY, {"encryptionConfigurations": []}, "awsx:ecr:Repository::app: .* encryptionConfigurations"),
    ],
)
def test_what_is_not_known_is_refused_by_name(type_: str, inputs: dict[str, Any], named: str, bench: Bench) -> None:
    """A component, and an argument of one."""
    with pytest.raises(grpc.RpcError, match=named):
        bench.construct(type_, "app", inputs)

    assert not bench.engine.children


def test_a_function_that_refuses_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what its provider says."""
    monkeypatch.delitem(INVOKED, "aws:ecr/getAuthorizationToken:getAuthorizationToken")

    with pytest.raises(grpc.RpcError, match="getAuthorizationToken: no such function"):
        bench.construct(IMAGE, "img", BUILD)
