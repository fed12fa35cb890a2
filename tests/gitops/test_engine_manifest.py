"""The engine's resources as a manifest: what was made of the program reads like the program."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops.engine_manifest import from_states
from gitops.engine_result import ResourceState
from render.cost import cost, difference
from render.diagram import diagram
from render.manifest import Manifest
from tests.gitops.engine_states import NAMED, states, value_of
from tests.manifests import rendered

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"


def state(type_: str, name: str, **given: object) -> ResourceState:
    """A resource that a provider has made."""
    whole = {"id": "", "custom": True, "parent": "", "provider": "", "protect": False, "inputs": {}, "outputs": {}}
    return ResourceState(urn=f"urn:pulumi:dev::priceguard::{type_}::{name}", type=type_, **{**whole, **given})  # pyright: ignore[reportArgumentType]


@pytest.fixture(scope="module", params=["dev", "prod"])
def planned(request: pytest.FixtureRequest) -> Manifest:
    """An environment as its program declares it."""
    return rendered(request.param)


def test_what_was_made_reads_like_the_program(planned: Manifest) -> None:
    """The same resources with the same inputs, but for values that only functions of providers give."""
    found = from_states(states(planned), planned.stack)
    functions = {
        name for name in NAMED.findall(planned.to_json()) if "getAuthorizationToken" in name or "current" in name
    }
    text = json.dumps([resource.inputs for resource in found.resources])
    for name in functions:
        text = text.replace(value_of(name), name)

    assert json.loads(text) == [resource.inputs for resource in planned.resources]
    assert found.outputs == planned.outputs
    for one, of_program in zip(found.resources, planned.resources, strict=True):
        assert replace(one, inputs={}, options={}) == replace(of_program, inputs={}, options={})
        kept = {name: of_program.options[name] for name in ("protect", "provider") if of_program.options.get(name)}
        assert one.options == kept


def test_cost_and_picture_are_those_of_the_program(planned: Manifest) -> None:
    """So that a comparison of both says nothing where nothing changes."""
    found = from_states(states(planned), planned.stack)

    assert diagram(found) == diagram(planned)
    assert cost(found) == cost(planned)
    assert difference(cost(found), cost(planned)).as_dict()["monthly_usd"] == 0


@pytest.mark.parametrize(
    ("given_id", "text", "expected"),
    [
        ("vpc-0a1b2c3d", "vpc-0a1b2c3d", f"${{{VPC}::main.id}}"),
        ("arn:aws:x:y", "arn:aws:x:y:*", f"${{{VPC}::main.id}}:*"),
        ("vpc-0a1b2c3d", "vpc-0a1b2c3d4", "vpc-0a1b2c3d4"),
        ("vpc-0a1b2c3d", "my-vpc-0a1b2c3d", "my-vpc-0a1b2c3d"),
        ("123456789012", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:root"),
        ("true", "true", "true"),
        ("[unknown]", "[unknown]", "[unknown]"),
    ],
)
def test_only_what_is_one_of_a_kind_is_named(given_id: str, text: str, expected: str) -> None:
    """In whole and inside a longer text; no accounts, ports and flags, and no other id that begins like it."""
    found = from_states([state(VPC, "main", id=given_id), state(SUBNET, "a", inputs={"vpcId": text})], "dev")

    assert found.one(SUBNET).inputs == {"vpcId": expected}


def test_what_the_program_said_itself_stays_as_it_is() -> None:
    """A name that was chosen; what several have; and a resource's own id."""
    group = "aws:cloudwatch/logGroup:LogGroup"
    chosen = state(group, "api", id="/priceguard/dev/api", inputs={"name": "/priceguard/dev/api"})
    shared = [state(VPC, name, outputs={"defaultRouteTableId": "rtb-shared-1"}) for name in "ab"]
    own = state(SUBNET, "a", id="subnet-12345", inputs={"x": "subnet-12345", "y": "/priceguard/dev/api rtb-shared-1"})

    found = from_states([chosen, *shared, own], "dev")

    assert found.one(SUBNET).inputs == own.inputs


def test_what_is_the_engines_own_is_left_out() -> None:
    """The stack, providers that nobody declared, and inputs that are none."""
    inputs = {"size": 3.0, "half": 0.5, "__provider": "x", "deep": [{"__defaults": [], "flag": True}]}
    found = from_states(
        [
            state("pulumi:pulumi:Stack", "priceguard-dev"),
            state("pulumi:providers:awsx", "default_3_11_0"),
            state("pulumi:providers:aws", "aws", id="a1b2c3d4-e5f6"),
            state(
                "not/a/class:of:Ours", "x", inputs=inputs, provider="urn:pulumi:dev::p::pulumi:providers:b::default::1"
            ),
        ],
        "dev",
    )

    assert [resource.name for resource in found.resources] == ["x", "aws"]
    assert found.resources[0].inputs == {"size": 3, "half": 0.5, "deep": [{"flag": True}]}
    assert found.resources[0].options == {}
    assert '"size": 3\n' in found.to_json()


def test_the_longest_name_wins() -> None:
    """An id that has another id in it."""
    both = [state(VPC, "a", id="vpc-12345"), state(VPC, "b", id="vpc-12345/blue-67")]
    found = from_states([*both, state(SUBNET, "s", inputs={"x": "vpc-12345/blue-67 vpc-12345"})], "dev")

    assert found.one(SUBNET).inputs == {"x": f"${{{VPC}::b.id}} ${{{VPC}::a.id}}"}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_without_others_nothing_is_named(value: object) -> None:
    """Whatever stands in an input."""
    found = from_states([state(VPC, "main", id="vpc-0a1b2c3d", inputs={"x": value})], "dev")

    assert found.one(VPC).inputs == {"x": value}
