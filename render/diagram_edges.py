"""The arrows of a diagram, all read from the manifest: who refers to whom, and who may reach whom on which port."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlsplit

from render.diagram_nodes import BROWSERS, INTERNET, place_of
from render.manifest import Manifest, ManifestResource

ANYWHERE = "0.0.0.0/0"
REFERENCE = re.compile(r"\$\{([\w-]+:[^${}]+)\}")
BY_NAME = {
    "aws:cloudwatch/logGroup:LogGroup": "{name}",
    "aws:ecr/repository:Repository": ".amazonaws.com/{name}",
    "aws:s3/bucket:Bucket": "{bucket}",
}
"""Types that others also refer to by a name that is known beforehand -> how it stands there."""
WORDS = {("netlify", "balancer"): "name", ("netlify", "certificate"): "proof"}
"""What an arrow between two boxes is called, where it is not clear."""
UNSAID = {("firewall", "logs"), ("tasks", "stripe")}
"""Arrows that say what another one, or the box, says already."""
WATCHERS = {"alarms", "dashboard"}
"""They refer to everything that they watch; only whom they tell is drawn."""


@dataclass(frozen=True, order=True)
class Edge:
    """An arrow between two boxes; `traffic` tells a connection from a reference."""

    source: str
    target: str
    label: str
    traffic: bool


def edges(manifest: Manifest) -> list[Edge]:
    """Every arrow, sorted."""
    graph = _Graph(manifest)
    traffic = set(graph.traffic())
    said = {frozenset((edge.source, edge.target)) for edge in traffic}
    references = {
        Edge(*pair, WORDS.get(pair, ""), traffic=False)
        for pair in graph.references()
        if drawn(*pair) and frozenset(pair) not in said
    }
    return sorted(traffic | references)


def drawn(source: str, target: str) -> bool:
    """Whether a reference is worth an arrow. What the key encrypts, its box says."""
    if "key" in {source, target} or (source, target) in UNSAID:
        return False
    return source not in WATCHERS or target == "topic"


def encrypted(manifest: Manifest) -> list[str]:
    """The boxes that use the encryption key."""
    return sorted({source for source, target in _Graph(manifest).references() if target == "key"})


def referred(value: Any) -> set[str]:
    """`type::name` of everything that a value refers to.

    Names and outputs may have dots in them, so what stands before any dot is among it.
    """
    paths: list[str] = REFERENCE.findall(json.dumps(value))
    return {path[: dot.start()] for path in paths for dot in re.finditer(r"\.", path)}


class _Graph:
    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._by_key = {f"{resource.type}::{resource.name}": resource for resource in manifest.resources}
        self._known = [
            (re.compile(re.escape(form.format(**resource.inputs)) + r"(?![\w-])"), resource)
            for type_, form in BY_NAME.items()
            for resource in manifest.of_type(type_)
        ]

    def references(self) -> Iterator[tuple[str, str]]:
        """Pairs of boxes, the first of which names something of the second."""
        for resource in self._manifest.resources:
            source = place_of(resource)
            for other in self._named(resource) if source else ():
                target = place_of(other)
                if source and target and source != target:
                    yield source, target

    def _named(self, resource: ManifestResource) -> Iterator[ManifestResource]:
        inputs = json.dumps(resource.inputs)
        yield from (self._by_key[key] for key in referred(resource.inputs) if key in self._by_key)
        yield from (other for pattern, other in self._known if pattern.search(inputs))

    def traffic(self) -> Iterator[Edge]:
        """What the security groups let through, by way of what stands in between; and the webhooks."""
        filtered = ("firewall", "balancer") in set(self.references())
        front = "firewall" if filtered else "balancer"
        if filtered:
            yield Edge("firewall", "balancer", "what passes", traffic=True)
        for endpoint in self._manifest.of_type("stripe:index/webhookEndpoint:WebhookEndpoint"):
            yield Edge("stripe", front, urlsplit(endpoint.inputs["url"]).path, traffic=True)
        ports: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        for source, target, port in self._open():
            ports[source, front if (source, target) == (BROWSERS, "balancer") else target].add(port)
        for (source, target), numbers in ports.items():
            yield Edge(source, target, ", ".join(map(str, sorted(numbers))), traffic=True)

    def _open(self) -> Iterator[tuple[str, str, int]]:
        """Source, target and port of every rule of the security groups."""
        holders = self._holders()
        for rule in self._manifest.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"):
            anywhere = rule.inputs.get("cidrIpv4") == ANYWHERE
            sources = {BROWSERS} if anywhere else holders[rule.inputs["referencedSecurityGroupId"]]
            for source, target in product(sources, holders[rule.inputs["securityGroupId"]]):
                yield source, target, rule.inputs["fromPort"]
        for rule in self._manifest.of_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"):
            if rule.inputs.get("cidrIpv4") == ANYWHERE:
                for source in holders[rule.inputs["securityGroupId"]]:
                    yield from ((*pair, rule.inputs["fromPort"]) for pair in self._way_out(source))

    def _holders(self) -> defaultdict[str, set[str]]:
        """Reference to a security group -> the boxes that are in it."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for resource in self._manifest.resources:
            for key in referred(resource.inputs):
                if key.startswith("aws:ec2/securityGroup:") and (place := place_of(resource)):
                    found[f"${{{key}.id}}"].add(place)
        return found

    def _way_out(self, source: str) -> Iterable[tuple[str, str]]:
        """Through NAT, if a route of a subnet of the box says so."""
        nat = any(
            "natGatewayId" in route.inputs
            for route in self._manifest.of_type("aws:ec2/route:Route")
            if route.inputs["routeTableId"] in self._route_tables(source)
        )
        return [(source, "nat"), ("nat", INTERNET)] if nat else [(source, INTERNET)]

    def _route_tables(self, place: str) -> set[str]:
        subnets = {f"${{{subnet}.id}}" for subnet in subnets_of(self._manifest, place)}
        associations = self._manifest.of_type("aws:ec2/routeTableAssociation:RouteTableAssociation")
        return {one.inputs["routeTableId"] for one in associations if one.inputs["subnetId"] in subnets}


def subnets_of(manifest: Manifest, place: str) -> list[str]:
    """`type::name` of the subnets that the resources of a box name, sorted."""
    return sorted(
        key
        for resource in manifest.resources
        if place_of(resource) == place
        for key in referred(resource.inputs)
        if key.startswith("aws:ec2/subnet:")
    )
