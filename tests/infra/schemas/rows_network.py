"""Network, load balancer, certificate and firewall."""

from tests.infra.schemas.conversion import attribute, choice, each, flat, inside, only, prefix
from tests.infra.schemas.row import Row, Rows

RULE = {
    "referencedSecurityGroupId": "SourceSecurityGroupId",
    "cidrIpv4": "CidrIp",
    "securityGroupId": "GroupId",
}
HEALTH_CHECK = {
    "path": "HealthCheckPath",
    "protocol": "HealthCheckProtocol",
    "port": "HealthCheckPort",
    "interval": "HealthCheckIntervalSeconds",
    "timeout": "HealthCheckTimeoutSeconds",
    "healthyThreshold": "HealthyThresholdCount",
    "unhealthyThreshold": "UnhealthyThresholdCount",
    "matcher": inside("Matcher", "HttpCode"),
}
SCOPED = {
    "scopeDownStatement": each(
        "ScopeDownStatement", {"notStatement": each("NotStatement", {"statements": only("Statement")})}
    )
}
STATEMENT = {
    "rateBasedStatement": each("RateBasedStatement", SCOPED),
    "managedRuleGroupStatement": each("ManagedRuleGroupStatement", SCOPED),
}

NETWORK: Rows = {
    "aws:acm/certificate:Certificate": Row("AWS::CertificateManager::Certificate", {"options": flat({})}),
    "aws:ec2/eip:Eip": Row("AWS::EC2::EIP"),
    "aws:ec2/flowLog:FlowLog": Row(
        "AWS::EC2::FlowLog",
        {"vpcId": "ResourceId", "iamRoleArn": "DeliverLogsPermissionArn"},
        added={"ResourceType": "VPC"},
    ),
    "aws:ec2/internetGateway:InternetGateway": Row("AWS::EC2::InternetGateway", absent=("vpcId",)),
    "aws:ec2/natGateway:NatGateway": Row("AWS::EC2::NatGateway"),
    "aws:ec2/route:Route": Row("AWS::EC2::Route"),
    "aws:ec2/routeTable:RouteTable": Row("AWS::EC2::RouteTable"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Row("AWS::EC2::SubnetRouteTableAssociation"),
    "aws:ec2/securityGroup:SecurityGroup": Row(
        "AWS::EC2::SecurityGroup",
        {"namePrefix": prefix("GroupName"), "description": "GroupDescription"},
    ),
    "aws:ec2/subnet:Subnet": Row("AWS::EC2::Subnet"),
    "aws:ec2/vpc:Vpc": Row("AWS::EC2::VPC"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Row("AWS::EC2::VPCEndpoint"),
    "aws:lb/listener:Listener": Row(
        "AWS::ElasticLoadBalancingV2::Listener",
        {
            "certificateArn": inside("Certificates[]", "CertificateArn"),
            "defaultActions": each("DefaultActions", {"redirect": "RedirectConfig"}),
        },
    ),
    "aws:lb/loadBalancer:LoadBalancer": Row(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {
            "loadBalancerType": "Type",
            "internal": choice("Scheme", "internal", "internet-facing"),
            "dropInvalidHeaderFields": attribute(
                "LoadBalancerAttributes", "routing.http.drop_invalid_header_fields.enabled"
            ),
            "enableDeletionProtection": attribute("LoadBalancerAttributes", "deletion_protection.enabled"),
            "idleTimeout": attribute("LoadBalancerAttributes", "idle_timeout.timeout_seconds"),
            "desyncMitigationMode": attribute("LoadBalancerAttributes", "routing.http.desync_mitigation_mode"),
            "accessLogs": flat(
                {
                    "enabled": attribute("LoadBalancerAttributes", "access_logs.s3.enabled"),
                    "bucket": attribute("LoadBalancerAttributes", "access_logs.s3.bucket"),
                    "prefix": attribute("LoadBalancerAttributes", "access_logs.s3.prefix"),
                }
            ),
        },
    ),
    "aws:lb/targetGroup:TargetGroup": Row(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        {
            "namePrefix": prefix("Name"),
            "healthCheck": flat(HEALTH_CHECK),
            "deregistrationDelay": attribute("TargetGroupAttributes", "deregistration_delay.timeout_seconds"),
        },
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Row(
        "AWS::EC2::SecurityGroupEgress",
        {**RULE, "referencedSecurityGroupId": "DestinationSecurityGroupId"},
        ("tags",),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Row("AWS::EC2::SecurityGroupIngress", RULE, ("tags",)),
    "aws:wafv2/webAcl:WebAcl": Row(
        "AWS::WAFv2::WebACL", {"rules": each("Rules", {"statement": each("Statement", STATEMENT)})}
    ),
    "aws:wafv2/webAclAssociation:WebAclAssociation": Row("AWS::WAFv2::WebACLAssociation"),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": Row("AWS::WAFv2::LoggingConfiguration"),
}
