"""Prices of what traffic passes: load balancers, NAT gateways, addresses, endpoints, the firewall."""

import json
from decimal import Decimal

from render.cost_inputs import (
    Charge,
    Charges,
    Context,
    Unpriced,
    Usage,
    flag,
    mentions,
    nested,
    refers,
    several,
    times,
    word,
)
from render.manifest import ManifestResource

EIP = "aws:ec2/eip:Eip"
BILLED_BY_REQUEST_TOO = frozenset(
    {
        "AWSManagedRulesACFPRuleSet",
        "AWSManagedRulesATPRuleSet",
        "AWSManagedRulesAntiDDoSRuleSet",
        "AWSManagedRulesBotControlRuleSet",
    }
)
"""Groups of AWS's managed rules that cost more than a rule."""


def load_balancer(resource: ManifestResource, _: Context) -> Charges:
    """An application load balancer by the hour, and an address in each subnet of one that faces the internet."""
    kind = word(resource, "loadBalancerType", "application")
    if kind != "application":
        yield Unpriced(f"load balancer of type {kind}")
        return
    yield Charge(part="hours", what="application load balancer", item="alb", quantity=Decimal(1))
    without_addresses = word(resource, "ipAddressType", "ipv4") == "dualstack-without-public-ipv4"
    zones = len(several(resource, "subnets") or several(resource, "subnetMappings"))
    if flag(resource, "internal") or without_addresses:
        return
    if zones:
        yield public_addresses(zones, f"public IPv4 in {times(zones, 'subnet')}")
    else:
        yield Unpriced("public IPv4 in subnets that are not named")


def public_addresses(quantity: int, what: str) -> Charge:
    """Public IPv4 addresses in use."""
    return Charge(part="addresses", what=what, item="public_ipv4_in_use", quantity=Decimal(quantity))


def nat_gateway(resource: ManifestResource, context: Context) -> Charges:
    """By the hour; its addresses are those of `Eip` resources, and only others are counted here."""
    if word(resource, "availabilityMode", "zonal") != "zonal":
        yield Unpriced("NAT gateway of a whole region")
        return
    yield Charge(part="hours", what="NAT gateway", item="nat_gateway", quantity=Decimal(1))
    if word(resource, "connectivityType", "public") == "private":
        return
    addresses = [resource.inputs.get("allocationId"), *several(resource, "secondaryAllocationIds")]
    made_here = context.manifest.of_type(EIP)
    others = [address for address in addresses if not any(refers(address, eip) for eip in made_here)]
    if others:
        yield public_addresses(len(others), "public IPv4 of the NAT gateway")


def elastic_ip(resource: ManifestResource, context: Context) -> Charges:
    """An address, whoever uses it; idle ones cost too."""
    attached = {"instance", "networkInterface"} & set(resource.inputs)
    others = (other for other in context.manifest.resources if other.urn != resource.urn)
    if attached or any(refers(json.dumps(other.inputs), resource) for other in others):
        yield public_addresses(1, "public IPv4 in use")
    else:
        yield Charge(part="addresses", what="public IPv4, idle", item="public_ipv4_idle", quantity=Decimal(1))


def endpoint(resource: ManifestResource, _: Context) -> Charges:
    """An interface endpoint by the hour in each of its zones; gateway endpoints are free."""
    kind = word(resource, "vpcEndpointType", "Gateway")
    if kind == "Gateway":
        return
    zones = len(several(resource, "subnetIds"))
    if kind != "Interface" or not zones:
        yield Unpriced(f"endpoint of type {kind} in {times(zones, 'subnet')}")
        return
    item = "vpc_interface_endpoint"
    yield Charge(part="hours", what=f"interface endpoint in {times(zones, 'zone')}", item=item, quantity=Decimal(zones))
    yield Usage("interface endpoint data (GB)")


def web_acl(resource: ManifestResource, _: Context) -> Charges:
    """A web ACL and each of its rules; a group of AWS's managed rules counts as one."""
    yield Charge(part="web ACL", what="web ACL", item="waf_web_acl", quantity=Decimal(1))
    if "ruleJson" in resource.inputs:
        yield Unpriced("rules of the web ACL that are given as ruleJson")
    rules = several(resource, "rules")
    if rules:
        yield Charge(
            part="rules", what="rules of the web ACL", item="waf_rule_or_rule_group", quantity=Decimal(len(rules))
        )
    for group in mentions(rules, BILLED_BY_REQUEST_TOO):
        yield Unpriced(f"{group}, which costs more than a rule")


def web_acl_rule(resource: ManifestResource, _: Context) -> Charges:
    """A rule that is a resource of its own."""
    yield Charge(part="rules", what="rule of a web ACL", item="waf_rule_or_rule_group", quantity=Decimal(1))
    for group in mentions(resource.inputs, BILLED_BY_REQUEST_TOO):
        yield Unpriced(f"{group}, which costs more than a rule")


def certificate(resource: ManifestResource, _: Context) -> Charges:
    """Free, unless its private key can be exported or an authority of one's own has signed it."""
    if "certificateAuthorityArn" in resource.inputs or nested(resource, "options").get("export") == "ENABLED":
        yield Unpriced("certificate of a private authority, or one that can be exported")
