"""What `status` tells of the resources, and how people read it."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.display import counted, show_status, show_summary
from local.providers import Resource
from local.state import Entry, State
from local.status import made, spoken
from tests.manifests import rendered

STATUS: dict[str, Any] = {
    "state": "healthy",
    "stack": "dev",
    "api_url": "http://localhost:1",
    "shop_url": "http://localhost:2",
    "outputs": {"apiUrl": "https://api.example"},
    "parts": [{"name": "stripe", "state": "running", "address": "http://127.0.0.1:2", "pid": 3}],
    "made": {"EC2": {"VPC": 1, "subnet": 6}, "IAM": {"role policy": 2}},
}


def console(width: int = 80) -> tuple[Console, StringIO]:
    """A console and what is written on it."""
    written = StringIO()
    return Console(file=written, width=width), written


def state(path: Path, *types: str) -> State:
    """A state with a resource of each of these types."""
    resources = [Resource(type_, str(number), "id", {}, {}) for number, type_ in enumerate(types)]
    return State(path, {resource.name: Entry(resource, {}) for resource in resources})


@pytest.mark.parametrize(
    ("type_", "said"),
    [
        ("aws:ecs/taskDefinition:TaskDefinition", ("ECS", "task definition")),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", ("EC2", "security group egress rule")),
        ("aws:wafv2/webAcl:WebAcl", ("WAF", "web ACL")),
        ("docker-build:index:Image", ("Docker", "image")),
        ("stripe:index/price:Price", ("Stripe", "price")),
        ("aws:newservice/thing:Thing", ("newservice", "thing")),
    ],
)
def test_a_type_is_called_as_people_call_it(type_: str, said: tuple[str, str]) -> None:
    """Service and kind; a service that nobody has named yet is called as Pulumi calls it."""
    assert spoken(type_) == said


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_service_of_the_program_has_a_name(stack: str) -> None:
    """And every name fits beside what is counted."""
    types = {r.type for r in rendered(stack).resources if r.custom and not r.type.startswith("pulumi:")}

    services = {spoken(type_)[0] for type_ in types}

    assert all(service[0].isupper() for service in services), services


def test_resources_are_counted_by_service_and_kind(tmp_path: Path) -> None:
    """In order; Pulumi's own are none."""
    subnet, role = "aws:ec2/subnet:Subnet", "aws:iam/role:Role"

    found = made(state(tmp_path / "state.json", subnet, role, "pulumi:providers:aws", subnet, "aws:ec2/eip:Eip"))

    assert found == {"EC2": {"EIP": 1, "subnet": 2}, "IAM": {"role": 1}}
    assert list(found["EC2"]) == ["EIP", "subnet"]


@pytest.mark.parametrize(
    ("count", "kind", "said"),
    [(1, "policy", "1 policy"), (2, "policy", "2 policies"), (3, "key", "3 keys"), (2, "VPC", "2 VPCs")],
)
def test_several_are_several(count: int, kind: str, said: str) -> None:
    """In plain English."""
    assert counted(count, kind) == said


def test_a_person_sees_parts_and_what_was_made() -> None:
    """A line for each service."""
    screen, written = console()

    show_status(screen, STATUS)

    lines = [line.rstrip() for line in written.getvalue().splitlines()]
    assert lines[0] == "dev  healthy  http://localhost:1"
    assert lines[2].split() == ["stripe", "running", "http://127.0.0.1:2", "3"]
    assert lines[5:] == ["EC2      1 VPC, 6 subnets", "IAM      2 role policies"]


def test_what_does_not_run_is_one_word() -> None:
    """Nothing was made, and nobody knows of which stack."""
    screen, written = console()

    show_status(screen, {"state": "stopped", "stack": None, "api_url": None, "outputs": {}, "parts": [], "made": {}})

    assert written.getvalue() == "stopped\n"


@pytest.mark.parametrize("service", [True, False])
def test_what_can_be_tried_is_shown_where_somebody_answers(service: bool) -> None:  # noqa: FBT001
    """Else the reason."""
    screen, written = console()
    task = {"name": "api/1", "state": "healthy", "address": "127.0.0.2:4000", "pid": 4}

    show_summary(screen, {**STATUS, "parts": [*STATUS["parts"], *([task] if service else [])]})

    assert STATUS["shop_url"] in written.getvalue()
    assert ("Try it" in written.getvalue()) is service
    assert ("No service runs, the program makes none: priceguard:image is none" in written.getvalue()) is not service
