"""Samples of VPC networking."""

from tests.local.provider_samples.sample import Sample

SAMPLES = {
    "vpc": Sample(
        "aws:ec2/vpc:Vpc",
        {"cidrBlock": "10.20.0.0/16", "enableDnsHostnames": True, "tags": {"Name": "net", "Env": "dev"}},
        {"enableDnsHostnames": False, "tags": {"Name": "net"}},
        (
            "ec2",
            "describe_vpc_attribute",
            {"VpcId": "@vpc.id", "Attribute": "enableDnsHostnames"},
            "EnableDnsHostnames.Value == `false`",
        ),
        {"cidrBlock": "10.30.0.0/16"},
    ),
    "gateway": Sample(
        "aws:ec2/internetGateway:InternetGateway",
        {"vpcId": "@vpc.id", "tags": {"Name": "net"}},
        {"tags": None},
        (
            "ec2",
            "describe_internet_gateways",
            {"InternetGatewayIds": ["@gateway.id"]},
            "InternetGateways[0].Tags == `[]`",
        ),
    ),
    "subnet": Sample(
        "aws:ec2/subnet:Subnet",
        {
            "vpcId": "@vpc.id",
            "cidrBlock": "10.20.0.0/24",
            "availabilityZone": "us-east-1a",
            "assignIpv6AddressOnCreation": False,
            "mapPublicIpOnLaunch": False,
            "tags": {"SubnetType": "Public"},
        },
        {"mapPublicIpOnLaunch": True},
        ("ec2", "describe_subnets", {"SubnetIds": ["@subnet.id"]}, "Subnets[0].MapPublicIpOnLaunch"),
        {"availabilityZone": "us-east-1b"},
    ),
    "other_subnet": Sample(
        "aws:ec2/subnet:Subnet",
        {"vpcId": "@vpc.id", "cidrBlock": "10.20.1.0/24", "availabilityZone": "us-east-1b"},
    ),
    "routes": Sample("aws:ec2/routeTable:RouteTable", {"vpcId": "@vpc.id"}),
    "other_routes": Sample("aws:ec2/routeTable:RouteTable", {"vpcId": "@vpc.id"}),
    "address": Sample("aws:ec2/eip:Eip", {"tags": {"Name": "net-1"}}),
    "nat": Sample(
        "aws:ec2/natGateway:NatGateway",
        {"allocationId": "@address.id", "subnetId": "@subnet.id", "tags": {"Name": "net-1"}},
        {"tags": {"Name": "net-2"}},
        ("ec2", "describe_nat_gateways", {"NatGatewayIds": ["@nat.id"]}, "NatGateways[0].Tags[0].Value == 'net-2'"),
        {"subnetId": "@other_subnet.id"},
    ),
    "route": Sample(
        "aws:ec2/route:Route",
        {"routeTableId": "@routes.id", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "@gateway.id"},
        {"gatewayId": None, "natGatewayId": "@nat.id"},
        (
            "ec2",
            "describe_route_tables",
            {"RouteTableIds": ["@routes.id"]},
            "RouteTables[0].Routes[?DestinationCidrBlock == '0.0.0.0/0'].NatGatewayId | [0]",
        ),
        {"destinationCidrBlock": "10.0.0.0/8"},
    ),
    "association": Sample(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        {"routeTableId": "@routes.id", "subnetId": "@subnet.id"},
        {"routeTableId": "@other_routes.id"},
        (
            "ec2",
            "describe_route_tables",
            {"RouteTableIds": ["@other_routes.id"]},
            "length(RouteTables[0].Associations) == `1`",
        ),
        {"subnetId": "@other_subnet.id"},
    ),
    "endpoint": Sample(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "@vpc.id",
            "serviceName": "com.amazonaws.us-east-1.s3",
            "vpcEndpointType": "Gateway",
            "routeTableIds": ["@routes.id"],
        },
        {"routeTableIds": ["@other_routes.id"]},
        (
            "ec2",
            "describe_vpc_endpoints",
            {"VpcEndpointIds": ["@endpoint.id"]},
            "VpcEndpoints[0].RouteTableIds | length(@) == `1`",
        ),
        {"serviceName": "com.amazonaws.us-east-1.dynamodb"},
    ),
    "default_group": Sample("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {"vpcId": "@vpc.id"}),
    "group": Sample(
        "aws:ec2/securityGroup:SecurityGroup",
        {"vpcId": "@vpc.id", "namePrefix": "sample-", "description": "a group", "tags": {"Name": "a"}},
        {"tags": {"Name": "b"}},
        ("ec2", "describe_security_groups", {"GroupIds": ["@group.id"]}, "SecurityGroups[0].Tags[0].Value == 'b'"),
        {"description": "the group"},
    ),
    "ingress": Sample(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {
            "securityGroupId": "@group.id",
            "description": "HTTPS",
            "cidrIpv4": "0.0.0.0/0",
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "tags": {"Name": "https"},
        },
        {"fromPort": 80, "toPort": 80},
        (
            "ec2",
            "describe_security_group_rules",
            {"Filters": [{"Name": "group-id", "Values": ["@group.id"]}]},
            "SecurityGroupRules[?!IsEgress].FromPort == `[80]`",
        ),
    ),
    "egress": Sample(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        {
            "securityGroupId": "@group.id",
            "description": "PostgreSQL",
            "referencedSecurityGroupId": "@default_group.id",
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
        },
    ),
    "egress_to_vpc": Sample(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        {"securityGroupId": "@group.id", "cidrIpv4": "10.20.0.0/16", "ipProtocol": "-1"},
    ),
    "exclusive": Sample(
        "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive",
        {
            "securityGroupId": "@group.id",
            "ingressRuleIds": ["@ingress.id"],
            "egressRuleIds": ["@egress_to_vpc.id", "@egress.securityGroupRuleId"],
        },
        replaced_by={"securityGroupId": "@default_group.id"},
    ),
}
