"""awsx's components expand into what awsx's provider was seen to register under the real engine.

`observed_awsx_vpc.json` holds, per NAT strategy and endpoint, every child with type, name, parent, inputs and
dependencies, as recorded from awsx 3.8 for a VPC named `net` with public, private and isolated subnets in two zones.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from render.monitor import Monitor
from render.program import NamedUnknowns
from render.registration import Registration, make_urn

OBSERVED = json.loads((Path(__file__).parent / "observed_awsx_vpc.json").read_text())
STRATEGIES = {"none": "None", "single": "Single", "oneperaz": "OnePerAz"}


def component(case: str, **inputs: Any) -> Registration:
    """The registration that the program sends for the observed VPC."""
    arguments: dict[str, Any] = {
        "cidrBlock": "10.20.0.0/16",
        "numberOfAvailabilityZones": 2,
        "subnetStrategy": "Auto",
        "subnetSpecs": [
            {"type": "Public", "name": "public", "cidrMask": 24},
            {"type": "Private", "name": "private", "cidrMask": 22},
            {"type": "Isolated", "name": "data", "cidrMask": 24},
        ],
        "natGateways": {"strategy": STRATEGIES[case.rsplit("-", 1)[-1]]},
        "enableDnsHostnames": True,
        "tags": {"project": "obs", "env": "dev"},
    }
    if case.startswith("b-auto"):
        arguments["vpcEndpointSpecs"] = [{"serviceName": "com.amazonaws.us-east-1.s3", "vpcEndpointType": "Gateway"}]
        arguments["vpcEndpointStrategy"] = "Auto"
    return Registration(
        urn=make_urn("dev", "priceguard", "", "awsx:ec2:Vpc", "net"),
        type="awsx:ec2:Vpc",
        name="net",
        parent="",
        custom=False,
        inputs=arguments | inputs,
        options={},
    )


def short_key(urn: str) -> str:
    """`type::name` of a URN."""
    _, _, types, name = urn.split("::", 3)
    return f"{types.rsplit('$', 1)[-1]}::{name}"


def expanded(registration: Registration) -> dict[str, dict[str, Any]]:
    """Every child by `type::name`, in the shape of the observation."""
    monitor = Monitor(NamedUnknowns("us-east-1"), "dev")
    monitor.register(registration)
    return {
        child.key: {
            "parent": short_key(child.parent),
            "inputs": json.loads(json.dumps(child.inputs).replace("${", "<id of ").replace(".id}", ">")),
            "dependencies": sorted(short_key(urn) for urn in child.options["dependsOn"]),
        }
        for child in monitor.registrations[1:]
    }


@pytest.mark.parametrize("case", OBSERVED)
def test_a_vpc_expands_as_observed(case: str) -> None:
    """Same children, same names, parents, inputs and dependencies."""
    observed = {
        f"{r['type']}::{r['name']}": {k: r[k] for k in ("parent", "inputs", "dependencies")}
        for r in OBSERVED[case]
        if r["type"] != "awsx:ec2:Vpc"
    }

    assert expanded(component(case)) == observed


def test_an_argument_that_is_not_known_is_refused() -> None:
    """Rather that than a manifest that shows something else than awsx would make."""
    with pytest.raises(ValueError, match="assignGeneratedIpv6CidrBlock"):
        expanded(component("a-none", assignGeneratedIpv6CidrBlock=True))


def test_two_resources_of_one_name_are_refused() -> None:
    """As the engine does."""
    monitor = Monitor(NamedUnknowns("us-east-1"), "dev")
    monitor.register(component("a-none"))

    with pytest.raises(ValueError, match="registered twice"):
        monitor.register(component("a-none"))
