"""The picture of an environment: what is in it, and that it follows the manifest."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from render.configuration import ROOT
from render.diagram import diagram, escaped
from render.diagram_nodes import HIDDEN, PLACES, unplaced
from render.manifest import Manifest, ManifestResource
from tests.manifests import rendered

MOST_BOXES = 25
FRAME = re.compile(r' *subgraph \w+\["[^"]+"\]| *end')
BOX = re.compile(r' *(?P<name>\w+)(\(\[|\[\(|\[)"(?P<text>[^"]*)"(\]\)|\)\]|\])')
ARROW = re.compile(r' *(?P<source>\w+) (?P<line>-->|-\.->|~~~)(\|"(?P<label>[^"]*)"\|)? (?P<target>\w+)')


@pytest.fixture(scope="module")
def dev() -> Manifest:
    """The dev environment."""
    return rendered("dev")


@pytest.fixture(scope="module")
def prod() -> Manifest:
    """The prod environment."""
    return rendered("prod")


@pytest.fixture(params=["dev", "prod"])
def stack(request: pytest.FixtureRequest) -> Manifest:
    """Each environment in turn."""
    return request.getfixturevalue(request.param)


def boxes(text: str) -> dict[str, str]:
    """Box -> what it says."""
    return {match["name"]: match["text"] for line in text.splitlines() if (match := BOX.fullmatch(line))}


def arrows(text: str) -> dict[tuple[str, str], str]:
    """Source and target -> label, or nothing; without the links that nobody sees."""
    found = [match for line in text.splitlines() if (match := ARROW.fullmatch(line)) and match["line"] != "~~~"]
    return {(match["source"], match["target"]): match["label"] or "" for match in found}


def without(manifest: Manifest, out: Callable[[ManifestResource], bool]) -> Manifest:
    """The manifest without some resources."""
    return replace(manifest, resources=tuple(resource for resource in manifest.resources if not out(resource)))


def changed(manifest: Manifest, type_: str, **inputs: Any) -> Manifest:
    """The manifest with other inputs of every resource of a type."""
    resources = [replace(r, inputs={**r.inputs, **inputs}) if r.type == type_ else r for r in manifest.resources]
    return replace(manifest, resources=tuple(resources))


def test_every_resource_type_has_its_place(stack: Manifest) -> None:
    """In a box, or hidden for a reason; a new type is added to one of the tables."""
    assert unplaced(stack) == [], "say in render/diagram_nodes.py which box they belong to, or why they are hidden"
    assert "unplaced" not in boxes(diagram(stack))


def test_the_tables_hold_nothing_else(dev: Manifest, prod: Manifest) -> None:
    """A type that the program no longer has leaves them."""
    planned = {resource.type for manifest in (dev, prod) for resource in manifest.resources}

    assert not (PLACES.keys() | HIDDEN.keys()) - planned
    assert not PLACES.keys() & HIDDEN.keys()


def test_a_new_type_is_drawn_and_named(prod: Manifest) -> None:
    """A comment on a pull request comes all the same."""
    queue = replace(prod.resources[0], type="aws:sqs/queue:Queue", custom=True, inputs={})
    manifest = replace(prod, resources=(*prod.resources, queue))

    assert unplaced(manifest) == ["aws:sqs/queue:Queue"]
    assert boxes(diagram(manifest))["unplaced"] == "not in the diagram yet<br>Queue"


def test_it_is_mermaid_that_people_can_read(stack: Manifest) -> None:
    """Frames are closed, arrows lead from box to box, and all of it fits on a page."""
    first, *lines = diagram(stack).splitlines()
    found = boxes(diagram(stack))

    assert first == "flowchart TB"
    assert [line for line in lines if not (FRAME.fullmatch(line) or BOX.fullmatch(line) or ARROW.fullmatch(line))] == []
    assert sum(" subgraph " in line for line in lines) == sum(line.strip() == "end" for line in lines)
    assert {end for arrow in arrows(diagram(stack)) for end in arrow} <= found.keys()
    assert len(found) <= MOST_BOXES


def test_nothing_secret_or_unknown_is_shown(stack: Manifest) -> None:
    """Only what is known before AWS is asked."""
    assert "[secret]" not in diagram(stack)
    assert "${" not in diagram(stack)


def test_the_same_manifest_gives_the_same_text(stack: Manifest) -> None:
    """Hash randomisation does not show."""
    script = (
        "import json, sys; from render.diagram import diagram; from render.manifest import Manifest, ManifestResource\n"
        "given = json.load(sys.stdin); resources = tuple(ManifestResource(**r) for r in given['resources'])\n"
        "sys.stdout.write(diagram(Manifest(given['stack'], resources, given['outputs'])))"
    )
    texts = [
        subprocess.run(
            [sys.executable, "-c", script],
            input=stack.to_json(),
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    ]

    assert texts == [diagram(stack)] * 2


def test_it_shows_what_differs_between_the_environments(dev: Manifest, prod: Manifest) -> None:
    """Size, capacity, zones and the way out."""
    small, large = boxes(diagram(dev)), boxes(diagram(prod))

    assert "nat" not in small
    assert large["nat"] == "NAT<br>2 gateways"
    assert "Fargate Spot<br>a public address each" in small["tasks"]
    assert "2-10 tasks<br>Fargate<br>" in large["tasks"]
    assert "db.t4g.micro, 20 GB<br>single AZ<br>7 days" in small["database"]
    assert "db.t4g.medium, 50 GB<br>multi-AZ<br>30 days" in large["database"]


def test_arrows_are_open_ports_and_references(prod: Manifest) -> None:
    """From the browser to the database, and out."""
    found = arrows(diagram(prod))

    assert found["browsers", "firewall"] == "80, 443"
    assert found["balancer", "tasks"] == "4000"
    assert found["tasks", "database"] == "5432"
    assert found["tasks", "nat"] == found["nat", "internet"] == "443"
    assert found["stripe", "firewall"] == "/api/stripe/webhook"
    assert {target for source, target in found if source == "tasks"} >= {"secrets", "logs", "images"}


def test_without_a_rule_there_is_no_arrow(prod: Manifest) -> None:
    """Nothing is drawn by hand."""
    closed = without(prod, lambda r: r.name == "task-to-database" and "Ingress" in r.type)

    assert ("tasks", "database") not in arrows(diagram(closed))


def test_without_a_route_nobody_leaves_through_nat(prod: Manifest) -> None:
    """The way out follows the routes of the tasks' subnets."""
    found = arrows(diagram(without(prod, lambda r: "natGatewayId" in r.inputs)))

    assert ("tasks", "nat") not in found
    assert found["tasks", "internet"] == "443"


def test_without_its_association_the_firewall_stands_aside(prod: Manifest) -> None:
    """Browsers and Stripe then reach the load balancer itself."""
    found = arrows(diagram(without(prod, lambda r: r.type.endswith(":WebAclAssociation"))))

    assert found["browsers", "balancer"] == "80, 443"
    assert ("stripe", "balancer") in found
    assert ("firewall", "balancer") not in found


def test_a_task_that_names_no_secret_has_no_arrow_to_them(prod: Manifest) -> None:
    """Nor to logs and images, which stand in the same definition."""
    bare = changed(prod, "aws:ecs/taskDefinition:TaskDefinition", containerDefinitions="[]")

    assert not {target for source, target in arrows(diagram(bare)) if source == "tasks"} & {"secrets", "logs", "images"}


def test_only_some_resources(prod: Manifest) -> None:
    """Their boxes, with all that these say, and the arrows between them."""
    chosen = [prod.one("aws:rds/instance:Instance").urn, prod.one("aws:ecs/service:Service").urn]

    text = diagram(prod, only=chosen)

    assert set(boxes(text)) == {"tasks", "database"}
    assert arrows(text) == {("tasks", "database"): "5432"}
    assert boxes(text)["tasks"] == boxes(diagram(prod))["tasks"]


def test_what_mermaid_would_read_is_escaped(prod: Manifest) -> None:
    """Also the names that others chose."""
    odd = changed(prod, "aws:acm/certificate:Certificate", domainName='a"]<b>#;`')

    assert escaped('"#<>&`') == "#quot;#35;#lt;#gt;#amp;#96;"
    assert boxes(diagram(odd))["certificate"] == "certificate<br>a#quot;]#lt;b#gt;#35;;#96;"
