"""The network: one VPC over two availability zones, with public, private and isolated subnets."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx
from pulumi import ComponentResource, Output, ResourceOptions

from infra.naming import Naming

AVAILABILITY_ZONES = 2
NAT_GATEWAYS = {
    "public-ip": awsx.ec2.NatGatewayStrategy.NONE,
    "single-nat": awsx.ec2.NatGatewayStrategy.SINGLE,
    "nat-per-az": awsx.ec2.NatGatewayStrategy.ONE_PER_AZ,
}
"""`egress` of the settings -> NAT gateways."""


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What a network is made from.

    Args:
        naming: names and tags of the environment.
        region: region of the S3 endpoint.
        cidr: private IPv4 /16.
        egress: a key of `NAT_GATEWAYS`.
        protect: refuse that the VPC, or a subnet, is deleted or replaced.
    """

    naming: Naming
    region: str
    cidr: str
    egress: str
    protect: bool


class Network(ComponentResource):
    """priceguard:network:Network.

    Makes the VPC with its subnets, routes, internet gateway, NAT gateways and S3 endpoint (through awsx), and closes
    the default security group.

    Attributes:
        vpc_id: id of the VPC.
        public_subnet_ids: one per zone, routed to the internet gateway.
        task_subnet_ids: where tasks run: the private subnets, or the public ones when `egress` is public-ip.
        isolated_subnet_ids: one per zone, without any route out.
    """

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:network:Network", name, None, opts)
        self._args = args
        self._child = ResourceOptions(parent=self)
        vpc = self._vpc()
        self.vpc_id: Output[str] = vpc.vpc_id
        self.public_subnet_ids: Output[list[str]] = vpc.public_subnet_ids.apply(list)
        self.isolated_subnet_ids: Output[list[str]] = vpc.isolated_subnet_ids.apply(list)
        private_subnet_ids: Output[list[str]] = vpc.private_subnet_ids.apply(list)
        self.task_subnet_ids = self.public_subnet_ids if args.egress == "public-ip" else private_subnet_ids
        self._close_default_security_group()
        self.register_outputs({"vpcId": self.vpc_id})

    def _vpc(self) -> awsx.ec2.Vpc:
        subnet = awsx.ec2.SubnetSpecArgs
        kind = awsx.ec2.SubnetType
        # Renaming this, or changing its range or zones, replaces every subnet, and with them the database.
        return awsx.ec2.Vpc(
            "network",
            cidr_block=self._args.cidr,
            number_of_availability_zones=AVAILABILITY_ZONES,
            subnet_strategy=awsx.ec2.SubnetAllocationStrategy.AUTO,
            subnet_specs=[
                subnet(type=kind.PUBLIC, name="public", cidr_mask=24),
                subnet(type=kind.PRIVATE, name="private", cidr_mask=22),
                subnet(type=kind.ISOLATED, name="isolated", cidr_mask=24),
            ],
            nat_gateways=awsx.ec2.NatGatewayConfigurationArgs(strategy=NAT_GATEWAYS[self._args.egress]),
            # A gateway endpoint is free, and image layers come from S3.
            vpc_endpoint_specs=[
                awsx.ec2.VpcEndpointSpecArgs(
                    service_name=f"com.amazonaws.{self._args.region}.s3", vpc_endpoint_type="Gateway"
                )
            ],
            vpc_endpoint_strategy=awsx.ec2.VpcEndpointStrategy.AUTO,
            enable_dns_hostnames=True,
            # Without a Name: awsx names each child after its logical name.
            tags=self._args.naming.shared_tags,
            opts=ResourceOptions(parent=self, protect=self._args.protect, transforms=[no_automatic_public_addresses]),
        )

    def _close_default_security_group(self) -> None:
        """What AWS puts an interface into that is given no group: nothing may come or go there, now or later."""
        group = aws.ec2.DefaultSecurityGroup(
            "default", vpc_id=self.vpc_id, tags=self._args.naming.tags("default-closed"), opts=self._child
        )
        aws.ec2.VpcSecurityGroupRulesExclusive(
            "default", security_group_id=group.id, ingress_rule_ids=[], egress_rule_ids=[], opts=self._child
        )


def no_automatic_public_addresses(
    args: pulumi.ResourceTransformArgs,
) -> pulumi.ResourceTransformResult | None:
    """Keep awsx from giving every network interface in a public subnet a public address."""
    if args.type_ != "aws:ec2/subnet:Subnet" or not args.props.get("mapPublicIpOnLaunch"):
        return None
    return pulumi.ResourceTransformResult({**args.props, "mapPublicIpOnLaunch": False}, args.opts)
