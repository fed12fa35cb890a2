"""VPC networking: aws:ec2/..., without routes and security groups."""

from local.providers.rows import EVERYTHING, Call, Lookup, Read, Row, Service, Update, document, tagging

EC2 = Service(
    "ec2",
    tagging(
        Call("create_tags", {"Resources": "[id]", "Tags": "added.tags"}),
        Call("delete_tags", {"Resources": "[id]", "Tags": "removed.tags[].{Key: @}"}),
    ),
    Lookup(
        Call("describe_tags", {"Filters": "[{Name: 'resource-id', Values: [id]}]"}),
        {"tags": "pairs(Tags, 'Key', 'Value')"},
    ),
)


def _of_vpc(question: str, more: str, outputs: dict[str, str]) -> Lookup:
    """What AWS makes together with a VPC."""
    return Lookup(Call(question, {"Filters": f"[{{Name: 'vpc-id', Values: [id]}}, {more}]"}), outputs)


def _attribute(name: str) -> Lookup:
    """AWS tells one attribute of a VPC at a time."""
    answer = f"{name[0].upper()}{name[1:]}.Value"
    return Lookup(Call("describe_vpc_attribute", {"Attribute": f"'{name}'"}), {name: answer})


ROWS = {
    "aws:ec2/vpc:Vpc": Row(
        service=EC2,
        create=Call("create_vpc"),
        answer="Vpc",
        id="VpcId",
        arn="vpc/{id}",
        outputs={"ownerId": "OwnerId", "dhcpOptionsId": "DhcpOptionsId"},
        defaults={"enableDnsSupport": True, "enableDnsHostnames": False, "instanceTenancy": "default"}
        | {"ipv6CidrBlock": "", "assignGeneratedIpv6CidrBlock": False},
        names={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
        key={"VpcId": "id"},
        lookups=(
            _of_vpc(
                "describe_security_groups",
                "{Name: 'group-name', Values: ['default']}",
                {"defaultSecurityGroupId": "SecurityGroups[0].GroupId"},
            ),
            _of_vpc(
                "describe_route_tables",
                "{Name: 'association.main', Values: ['true']}",
                {
                    "defaultRouteTableId": "RouteTables[0].RouteTableId",
                    "mainRouteTableId": "RouteTables[0].RouteTableId",
                },
            ),
            _of_vpc(
                "describe_network_acls",
                "{Name: 'default', Values: ['true']}",
                {"defaultNetworkAclId": "NetworkAcls[0].NetworkAclId"},
            ),
        ),
        read=Read(
            Call("describe_vpcs", {"VpcIds": "[id]"}),
            found="Vpcs[0]",
            more=(_attribute("enableDnsSupport"), _attribute("enableDnsHostnames")),
        ),
        updates=(Update((Call("modify_vpc_attribute"),), each=True),),
        replaces={"cidrBlock", "instanceTenancy", "ipv4IpamPoolId", "ipv4NetmaskLength"},
        delete=(Call("delete_vpc"),),
    ),
    "aws:ec2/internetGateway:InternetGateway": Row(
        service=EC2,
        create=Call("create_internet_gateway"),
        answer="InternetGateway",
        id="InternetGatewayId",
        arn="internet-gateway/{id}",
        outputs={"ownerId": "OwnerId"},
        key={"InternetGatewayId": "id"},
        read=Read(
            Call("describe_internet_gateways", {"InternetGatewayIds": "[id]"}),
            {"vpcId": "Attachments[0].VpcId"},
            "InternetGateways[0]",
        ),
        updates=(
            Update(
                (
                    Call("detach_internet_gateway", {"VpcId": "old.vpcId"}, when="old.vpcId"),
                    Call("attach_internet_gateway", {"VpcId": "vpcId"}, when="vpcId"),
                ),
                {"vpcId"},
            ),
        ),
        delete=(
            Call("detach_internet_gateway", {"VpcId": "vpcId"}, when="vpcId"),
            Call("delete_internet_gateway"),
        ),
    ),
    "aws:ec2/subnet:Subnet": Row(
        service=EC2,
        create=Call("create_subnet"),
        answer="Subnet",
        id="SubnetId",
        arn="subnet/{id}",
        outputs={
            "ownerId": "OwnerId",
            "availabilityZone": "AvailabilityZone",
            "availabilityZoneId": "AvailabilityZoneId",
        },
        defaults={"mapPublicIpOnLaunch": False, "assignIpv6AddressOnCreation": False},
        key={"SubnetId": "id"},
        read=Read(
            Call("describe_subnets", {"SubnetIds": "[id]"}),
            {
                "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
                "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
            },
            "Subnets[0]",
        ),
        updates=(Update((Call("modify_subnet_attribute"),), each=True),),
        replaces={"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6Native", "outpostArn"},
        delete=(Call("delete_subnet"),),
    ),
    "aws:ec2/eip:Eip": Row(
        service=EC2,
        create=Call("allocate_address", {"Domain": "domain || 'vpc'"}),
        id="AllocationId",
        arn="elastic-ip/{id}",
        outputs={"allocationId": "AllocationId", "publicIp": "PublicIp"},
        defaults={"domain": "vpc"},
        read=Read(Call("describe_addresses", {"AllocationIds": "[id]"}), found="Addresses[0]"),
        replaces=EVERYTHING,
        delete=(Call("release_address", {"AllocationId": "id"}),),
    ),
    "aws:ec2/natGateway:NatGateway": Row(
        service=EC2,
        create=Call("create_nat_gateway"),
        answer="NatGateway",
        id="NatGatewayId",
        outputs={
            "publicIp": "NatGatewayAddresses[0].PublicIp",
            "privateIp": "NatGatewayAddresses[0].PrivateIp",
            "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
        },
        defaults={"connectivityType": "public"},
        names={"privateIp": "PrivateIpAddress"},
        read=Read(
            Call("describe_nat_gateways", {"NatGatewayIds": "[id]"}), found="NatGateways[?State != 'deleted'] | [0]"
        ),
        replaces=EVERYTHING,
        delete=(Call("delete_nat_gateway", {"NatGatewayId": "id"}),),
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Row(
        service=EC2,
        create=Call("create_vpc_endpoint"),
        answer="VpcEndpoint",
        id="VpcEndpointId",
        arn="vpc-endpoint/{id}",
        outputs={"ownerId": "OwnerId", "state": "State", "networkInterfaceIds": "NetworkInterfaceIds"},
        defaults={"vpcEndpointType": "Gateway", "privateDnsEnabled": False},
        names={"policy": "PolicyDocument"},
        key={"VpcEndpointId": "id"},
        lookups=(
            Lookup(
                Call(
                    "describe_managed_prefix_lists",
                    {"Filters": "[{Name: 'prefix-list-name', Values: [serviceName]}]"},
                ),
                {"prefixListId": "PrefixLists[0].PrefixListId"},
            ),
        ),
        read=Read(
            Call("describe_vpc_endpoints", {"VpcEndpointIds": "[id]"}),
            {
                "policy": "PolicyDocument",
                "routeTableIds": "RouteTableIds",
                "subnetIds": "SubnetIds",
                "securityGroupIds": "Groups[].GroupId",
            },
            "VpcEndpoints[?State != 'deleted'] | [0]",
            filled={"policy", "securityGroupIds"},
        ),
        updates=(
            Update(
                (
                    Call(
                        "modify_vpc_endpoint",
                        {
                            f"{verb}{kind}Ids": f"{view}.{name}"
                            for verb, view in (("Add", "added"), ("Remove", "removed"))
                            for kind, name in (
                                ("RouteTable", "routeTableIds"),
                                ("Subnet", "subnetIds"),
                                ("SecurityGroup", "securityGroupIds"),
                            )
                        },
                    ),
                )
            ),
        ),
        replaces={"vpcId", "serviceName", "vpcEndpointType"},
        delete=(
            # moto looks for the routes of an endpoint in the tables that it had at first.
            Call("modify_vpc_endpoint", {"RemoveRouteTableIds": "routeTableIds"}, when="routeTableIds"),
            Call("delete_vpc_endpoints", {"VpcEndpointIds": "[id]"}),
        ),
        recorded={"autoAccept"},
        normal={"policy": document},
    ),
    "aws:ec2/flowLog:FlowLog": Row(
        service=EC2,
        create=Call(
            "create_flow_logs",
            {
                "ResourceIds": "[vpcId || subnetId || eniId]",
                "ResourceType": "vpcId && 'VPC' || subnetId && 'Subnet' || 'NetworkInterface'",
            },
        ),
        id="FlowLogIds[0]",
        arn="vpc-flow-log/{id}",
        defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        names={"iamRoleArn": "DeliverLogsPermissionArn"},
        read=Read(Call("describe_flow_logs", {"FlowLogIds": "[id]"}), found="FlowLogs[0]"),
        replaces=EVERYTHING,
        delete=(Call("delete_flow_logs", {"FlowLogIds": "[id]"}),),
    ),
}
