"""What AWS refuses although its resource schemas leave it open, by the service's own documentation."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

BALANCER, LISTENER = "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
DATABASE = "AWS::RDS::DBInstance"
DAY, TIME = "(mon|tue|wed|thu|fri|sat|sun)", r"([01]\d|2[0-3]):[0-5]\d"
SHORT_NAME = r"(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)"


@cache
def patterns() -> dict[tuple[str, str], str]:
    """Type and property -> what the whole value must look like."""
    from moto.elbv2.ssl_policies import SSL_POLICIES  # noqa: PLC0415 - takes long, and every worker collects this

    return {
        (DATABASE, "PreferredBackupWindow"): f"{TIME}-{TIME}",
        (DATABASE, "PreferredMaintenanceWindow"): f"{DAY}:{TIME}-{DAY}:{TIME}",
        (BALANCER, "Name"): SHORT_NAME,
        (TARGET_GROUP, "Name"): SHORT_NAME,
        (LISTENER, "SslPolicy"): "|".join(map(re.escape, SSL_POLICIES)),
    }


def open_findings(resources: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, list[str], str]]:
    """Name, path and what is wrong, for every value of `patterns` that is known."""
    return [
        (name, [property_], f"{value!r} is not {pattern}")
        for name, resource in resources.items()
        for (type_, property_), pattern in patterns().items()
        if resource["Type"] == type_ and isinstance(value := resource["Properties"].get(property_), str)
        if not re.fullmatch(pattern, value)
    ]
