"""Load balancers: aws:lb/..."""

from typing import Any

from local.providers.aws_resource import AwsResource
from local.providers.errors import Refusal
from local.providers.naming import Named
from local.providers.parameters import INLINE
from local.providers.resource import Kind, World
from local.providers.rows import Call, Row, Service, Update, tagging

ELB = Service(
    "elbv2",
    tagging(
        Call("add_tags", {"ResourceArns": "[arn]", "Tags": "added.tags"}),
        Call("remove_tags", {"ResourceArns": "[arn]", "TagKeys": "removed.tags"}),
    ),
)


class Listener(AwsResource):
    """A listener, whose certificate may be one that was made outside of the program."""

    def sent(self, world: World, properties: dict[str, Any]) -> dict[str, Any]:
        """Return the properties with a certificate that the emulator has: it refuses one it has not made itself."""
        arn = properties.get("certificateArn")
        if not arn:
            return properties
        try:
            world.aws.call("acm", "describe_certificate", {"CertificateArn": arn})
        except Refusal:
            # Made once: the token makes AWS answer the same certificate again.
            request = {"DomainName": "stand-in.invalid", "IdempotencyToken": "standin"}
            arn = world.aws.call("acm", "request_certificate", request)["CertificateArn"]
        return {**properties, "certificateArn": arn}


ROWS: dict[str, Row | Kind] = {
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
        updates=(
            Update((Call("set_subnets"),), {"subnets"}),
            Update((Call("set_security_groups"),), {"securityGroups"}),
            Update((Call("set_ip_address_type"),), {"ipAddressType"}),
            Update(
                (Call("modify_load_balancer_attributes"),),
                attributes={
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
                },
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
        names={
            "healthCheck": INLINE,
            "healthCheck.enabled": "HealthCheckEnabled",
            "healthCheck.healthyThreshold": "HealthyThresholdCount",
            "healthCheck.interval": "HealthCheckIntervalSeconds",
            "healthCheck.matcher": "Matcher.HttpCode",
            "healthCheck.path": "HealthCheckPath",
            "healthCheck.port": "HealthCheckPort",
            "healthCheck.protocol": "HealthCheckProtocol",
            "healthCheck.timeout": "HealthCheckTimeoutSeconds",
            "healthCheck.unhealthyThreshold": "UnhealthyThresholdCount",
        },
        key={"TargetGroupArn": "id"},
        updates=(
            Update((Call("modify_target_group"),), {"healthCheck"}),
            Update(
                (Call("modify_target_group_attributes"),),
                attributes={
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
                },
            ),
        ),
        replaces={
            *("name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId"),
            "ipAddressType",
        },
        delete=(Call("delete_target_group"),),
        named=Named(most=32),
    ),
    "aws:lb/listener:Listener": Listener(
        Row(
            service=ELB,
            create=Call("create_listener", {"Certificates": "certificateArn && [{CertificateArn: certificateArn}]"}),
            answer="Listeners[0]",
            id="ListenerArn",
            outputs={"arn": "ListenerArn"},
            names={
                "defaultActions.fixedResponse": "FixedResponseConfig",
                "defaultActions.forward": "ForwardConfig",
                "defaultActions.forward.stickiness": "TargetGroupStickinessConfig",
                "defaultActions.forward.stickiness.duration": "DurationSeconds",
                "defaultActions.forward.targetGroups.arn": "TargetGroupArn",
                "defaultActions.redirect": "RedirectConfig",
            },
            key={"ListenerArn": "id"},
            updates=(
                Update(
                    (
                        Call(
                            "modify_listener",
                            {"Certificates": "certificateArn && [{CertificateArn: certificateArn}]"},
                        ),
                    )
                ),
            ),
            replaces={"loadBalancerArn"},
            delete=(Call("delete_listener"),),
        )
    ),
}
