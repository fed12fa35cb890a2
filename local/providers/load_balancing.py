"""Load balancers and target groups: aws:lb/..."""

from collections import defaultdict
from collections.abc import Mapping

from local.providers.naming import Named
from local.providers.parameters import INLINE
from local.providers.rows import Call, Lookup, Read, Row, Service, Update, tagging

ELB = Service(
    "elbv2",
    tagging(
        Call("add_tags", {"ResourceArns": "[arn]", "Tags": "added.tags"}),
        Call("remove_tags", {"ResourceArns": "[arn]", "TagKeys": "removed.tags"}),
    ),
    Lookup(
        Call("describe_tags", {"ResourceArns": "[arn]"}), {"tags": "pairs(TagDescriptions[0].Tags, 'Key', 'Value')"}
    ),
)


_BALANCER = {
    "access_logs.s3.enabled": "accessLogs.enabled",
    "access_logs.s3.bucket": "accessLogs.bucket",
    "access_logs.s3.prefix": "accessLogs.prefix",
    "client_keep_alive.seconds": "clientKeepAlive",
    "connection_logs.s3.enabled": "connectionLogs.enabled",
    "connection_logs.s3.bucket": "connectionLogs.bucket",
    "connection_logs.s3.prefix": "connectionLogs.prefix",
    "deletion_protection.enabled": "enableDeletionProtection",
    "idle_timeout.timeout_seconds": "idleTimeout",
    "load_balancing.cross_zone.enabled": "enableCrossZoneLoadBalancing",
    "routing.http.desync_mitigation_mode": "desyncMitigationMode",
    "routing.http.drop_invalid_header_fields.enabled": "dropInvalidHeaderFields",
    "routing.http.preserve_host_header.enabled": "preserveHostHeader",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "enableTlsVersionAndCipherSuiteHeaders",
    "routing.http.xff_client_port.enabled": "enableXffClientPort",
    "routing.http.xff_header_processing.mode": "xffHeaderProcessingMode",
    "routing.http2.enabled": "enableHttp2",
    "waf.fail_open.enabled": "enableWafFailOpen",
}
_TARGETS = {
    "deregistration_delay.connection_termination.enabled": "connectionTermination",
    "deregistration_delay.timeout_seconds": "deregistrationDelay",
    "load_balancing.algorithm.anomaly_mitigation": "loadBalancingAnomalyMitigation",
    "load_balancing.algorithm.type": "loadBalancingAlgorithmType",
    "load_balancing.cross_zone.enabled": "loadBalancingCrossZoneEnabled",
    "preserve_client_ip.enabled": "preserveClientIp",
    "proxy_protocol_v2.enabled": "proxyProtocolV2",
    "slow_start.duration_seconds": "slowStart",
    "stickiness.app_cookie.cookie_name": "stickiness.cookieName",
    "stickiness.enabled": "stickiness.enabled",
    "stickiness.lb_cookie.duration_seconds": "stickiness.cookieDuration",
    "stickiness.type": "stickiness.type",
}
"""Key of an attribute -> expression, the way there."""
_CHECK = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "matcher": "Matcher.HttpCode",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
"""What a health check is -> AWS's word for it."""


def _attributes(question: str, attributes: Mapping[str, str]) -> Lookup:
    """The way back: each attribute as the property, or the member of one, that it is set from."""
    members: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for key, expression in attributes.items():
        name, _, member = expression.partition(".")
        members[name][member] = f"plain(pairs(Attributes, 'Key', 'Value').\"{key}\")"
    return Lookup(
        Call(question),
        {
            name: values.get("") or f"{{{', '.join(f'{member}: {value}' for member, value in values.items())}}}"
            for name, values in members.items()
        },
    )


def _properties(attributes: Mapping[str, str]) -> set[str]:
    return {expression.partition(".")[0] for expression in attributes.values()}


ROWS = {
    "aws:lb/loadBalancer:LoadBalancer": Row(
        service=ELB,
        create=Call("create_load_balancer", {"Scheme": "internal && 'internal' || 'internet-facing'"}),
        answer="LoadBalancers[0]",
        id="LoadBalancerArn",
        outputs={
            "arn": "LoadBalancerArn",
            "arnSuffix": "after(LoadBalancerArn, ':loadbalancer/')",
            "dnsName": "DNSName",
            "vpcId": "VpcId",
            "zoneId": "CanonicalHostedZoneId",
        },
        defaults={"loadBalancerType": "application", "internal": False, "ipAddressType": "ipv4"}
        | {"idleTimeout": 60, "enableHttp2": True, "enableDeletionProtection": False},
        names={"loadBalancerType": "Type"},
        key={"LoadBalancerArn": "id"},
        read=Read(
            Call("describe_load_balancers", {"LoadBalancerArns": "[arn]"}),
            {
                "subnets": "AvailabilityZones[].SubnetId",
                "securityGroups": "SecurityGroups",
                "ipAddressType": "IpAddressType",
            },
            "LoadBalancers[0]",
            more=(_attributes("describe_load_balancer_attributes", _BALANCER),),
            filled=_properties(_BALANCER),
        ),
        updates=(
            Update((Call("set_subnets"),), {"subnets"}),
            Update((Call("set_security_groups"),), {"securityGroups"}),
            Update((Call("set_ip_address_type"),), {"ipAddressType"}),
            Update(
                (Call("modify_load_balancer_attributes"),),
                attributes=_BALANCER,
            ),
        ),
        replaces={"name", "namePrefix", "internal", "loadBalancerType", "subnetMappings"},
        delete=(Call("delete_load_balancer"),),
        named=Named(most=32),
    ),
    "aws:lb/targetGroup:TargetGroup": Row(
        service=ELB,
        create=Call("create_target_group"),
        answer="TargetGroups[0]",
        id="TargetGroupArn",
        outputs={
            "arn": "TargetGroupArn",
            "arnSuffix": "join('', ['targetgroup/', after(TargetGroupArn, ':targetgroup/')])",
        },
        defaults={"targetType": "instance", "deregistrationDelay": 300, "slowStart": 0},
        names={"healthCheck": INLINE, **{f"healthCheck.{name}": there for name, there in _CHECK.items()}},
        key={"TargetGroupArn": "id"},
        read=Read(
            Call("describe_target_groups", {"TargetGroupArns": "[arn]"}),
            {"healthCheck": f"{{{', '.join(f'{name}: {there}' for name, there in _CHECK.items())}}}"},
            "TargetGroups[0]",
            more=(_attributes("describe_target_group_attributes", _TARGETS),),
            filled={"healthCheck", *_properties(_TARGETS)},
        ),
        updates=(
            Update((Call("modify_target_group"),), {"healthCheck"}),
            Update(
                (Call("modify_target_group_attributes"),),
                attributes=_TARGETS,
            ),
        ),
        replaces={
            *("name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId"),
            "ipAddressType",
        },
        delete=(Call("delete_target_group"),),
        named=Named(most=32),
    ),
}
