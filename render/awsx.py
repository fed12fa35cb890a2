"""What awsx makes of its components.

An awsx component lives in awsx's provider: the program registers one resource, and the provider registers the
children. Without that provider the children are registered from here, with the same types, names, parents, inputs
and dependencies that it was observed to give them (a test holds this against what was observed). Only the arguments
that the program uses are known; any other is refused by name.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from render.awsx_ecr import expand_image, expand_repository
from render.registration import Call, RegisterChild, Registration

KNOWN_VPC_ARGUMENTS = {
    "cidrBlock",
    "enableDnsHostnames",
    "natGateways",
    "numberOfAvailabilityZones",
    "subnetSpecs",
    "subnetStrategy",
    "tags",
    "vpcEndpointSpecs",
    "vpcEndpointStrategy",
}


@dataclass(frozen=True)
class Child:
    """A child that has been registered: its URN and id."""

    urn: str
    id: str


@dataclass
class Vpc:
    """The expansion of one `awsx:ec2:Vpc`: subnets per zone, each with a route table of its own."""

    component: Registration
    register: RegisterChild
    zones: list[str]
    vpc: Child = field(init=False)
    gateway: Child = field(init=False)
    subnets: dict[str, list[Child]] = field(default_factory=lambda: {"Public": [], "Private": [], "Isolated": []})
    route_tables: list[Child] = field(default_factory=list)
    nat_gateways: list[Child] = field(default_factory=list)

    def make(self) -> dict[str, Any]:
        """Register every child, and return the outputs of the component."""
        inputs, name = self.component.inputs, self.component.name
        settings = {k: inputs[k] for k in ("cidrBlock", "enableDnsHostnames") if k in inputs}
        self.vpc = self._child("aws:ec2/vpc:Vpc", name, {**settings, "tags": self._tags(name)}, self.component.urn)
        of_vpc = {"vpcId": self.vpc.id, "tags": self._tags(name)}
        self.gateway = self._child("aws:ec2/internetGateway:InternetGateway", name, of_vpc, self.vpc.urn, self.vpc)
        for index, zone in enumerate(self.zones):
            for spec, cidr in self._layout(index):
                self._subnet(spec, cidr, zone, index + 1)
        self._endpoints()
        return {
            "vpcId": self.vpc.id,
            **{f"{kind.lower()}SubnetIds": [s.id for s in subnets] for kind, subnets in self.subnets.items()},
        }

    def _child(self, type_: str, name: str, inputs: dict[str, Any], parent: str, *depends_on: Child) -> Child:
        urn, made = self.register(self.component, parent, type_, name, inputs, [c.urn for c in depends_on])
        return Child(urn, made.id)

    def _tags(self, name: str, **more: str) -> dict[str, str]:
        return {"Name": name, **more, **self.component.inputs.get("tags", {})}

    def _layout(self, zone: int) -> Iterator[tuple[dict[str, Any], str]]:
        """Each subnet's range: zones share the VPC's range evenly, subnets follow each other, aligned to their size."""
        whole = ipaddress.IPv4Network(self.component.inputs["cidrBlock"])
        blocks = list(whole.subnets(prefixlen_diff=(len(self.zones) - 1).bit_length()))
        address = int(blocks[zone].network_address)
        for spec in self.component.inputs["subnetSpecs"]:
            size = 2 ** (32 - spec["cidrMask"])
            address = -(-address // size) * size
            yield spec, f"{ipaddress.IPv4Address(address)}/{spec['cidrMask']}"
            address += size

    def _subnet(self, spec: dict[str, Any], cidr: str, zone: str, number: int) -> None:
        kind, name = spec["type"], f"{self.component.name}-{spec['name']}-{number}"
        inputs = {
            "vpcId": self.vpc.id,
            "availabilityZone": zone,
            "cidrBlock": cidr,
            "mapPublicIpOnLaunch": kind == "Public",
            "assignIpv6AddressOnCreation": False,
            "tags": self._tags(name, SubnetType=kind),
        }
        subnet = self._child("aws:ec2/subnet:Subnet", name, inputs, self.vpc.urn, self.vpc)
        of_subnet = {"vpcId": self.vpc.id, "tags": self._tags(name, SubnetType=kind)}
        table = self._child("aws:ec2/routeTable:RouteTable", name, of_subnet, subnet.urn, subnet, self.vpc)
        both = {"routeTableId": table.id, "subnetId": subnet.id}
        self._child("aws:ec2/routeTableAssociation:RouteTableAssociation", name, both, table.urn, table, subnet)
        self.subnets[kind].append(subnet)
        self.route_tables.append(table)
        if kind == "Public":
            self._nat_gateway(subnet, number)
            self._default_route(name, table, "gatewayId", self.gateway)
        elif kind == "Private" and self.nat_gateways:
            self._default_route(name, table, "natGatewayId", self.nat_gateways[-1])

    def _nat_gateway(self, subnet: Child, number: int) -> None:
        """None, one in the first zone, or one in each."""
        strategy = self.component.inputs.get("natGateways", {}).get("strategy", "OnePerAz")
        if strategy == "None" or (strategy == "Single" and self.nat_gateways):
            return
        name = f"{self.component.name}-{number}"
        address = self._child("aws:ec2/eip:Eip", name, {"tags": self._tags(name)}, subnet.urn, subnet)
        inputs = {"allocationId": address.id, "subnetId": subnet.id, "tags": self._tags(name)}
        gateway = self._child("aws:ec2/natGateway:NatGateway", name, inputs, subnet.urn, address, subnet)
        self.nat_gateways.append(gateway)

    def _default_route(self, name: str, table: Child, property_: str, gateway: Child) -> None:
        inputs = {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", property_: gateway.id}
        self._child("aws:ec2/route:Route", name, inputs, table.urn, table, gateway)

    def _endpoints(self) -> None:
        for spec in self.component.inputs.get("vpcEndpointSpecs", []):
            inputs = {**spec, "vpcId": self.vpc.id, "tags": self._tags(self.component.name)}
            tables: list[Child] = []
            if self.component.inputs.get("vpcEndpointStrategy") == "Auto" and spec["vpcEndpointType"] == "Gateway":
                tables = self.route_tables
                inputs["routeTableIds"] = [table.id for table in tables]
            type_, name = "aws:ec2/vpcEndpoint:VpcEndpoint", spec["serviceName"]
            self._child(type_, name, inputs, self.vpc.urn, self.vpc, *tables)


def expand_vpc(component: Registration, register: RegisterChild, call: Call) -> dict[str, Any]:
    """Register the children of an `awsx.ec2.Vpc`, and return its outputs.

    Raises:
        ValueError: an argument that this expansion does not know.
    """
    unknown = sorted(set(component.inputs) - KNOWN_VPC_ARGUMENTS)
    if unknown or component.inputs.get("subnetStrategy") != "Auto":
        raise ValueError(f"{component.key}: render/awsx.py knows no {', '.join(unknown) or 'strategy but Auto'}")
    names = call("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"})["names"]
    return Vpc(component, register, names[: component.inputs["numberOfAvailabilityZones"]]).make()


EXPANSIONS = {
    "awsx:ec2:Vpc": expand_vpc,
    "awsx:ecr:Image": expand_image,
    "awsx:ecr:Repository": expand_repository,
}
