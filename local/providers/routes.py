"""Route tables, their routes and subnets: aws:ec2/route..."""

from local.providers.ec2 import EC2
from local.providers.rows import Call, Read, Row, Service, Update

_DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
_TARGETS = ("gatewayId", "natGatewayId", "networkInterfaceId", "transitGatewayId", "vpcPeeringConnectionId")


def _aws(name: str) -> str:
    """A property as AWS spells it."""
    return name[0].upper() + name[1:]


ROWS = {
    "aws:ec2/routeTable:RouteTable": Row(
        service=EC2,
        create=Call("create_route_table"),
        answer="RouteTable",
        id="RouteTableId",
        arn="route-table/{id}",
        outputs={"ownerId": "OwnerId"},
        key={"RouteTableId": "id"},
        read=Read(Call("describe_route_tables", {"RouteTableIds": "[id]"}), found="RouteTables[0]"),
        replaces={"vpcId"},
        delete=(Call("delete_route_table"),),
    ),
    "aws:ec2/route:Route": Row(
        service=Service("ec2"),
        create=Call("create_route"),
        id="join('_', ['r', routeTableId, destinationCidrBlock || destinationIpv6CidrBlock])",
        defaults={"state": "active", "origin": "CreateRoute"},
        read=Read(
            Call("describe_route_tables", {"RouteTableIds": "[routeTableId]"}),
            {name: _aws(name) for name in _TARGETS},
            " || ".join(f"{name} && where(RouteTables[0].Routes, '{_aws(name)}', {name})" for name in _DESTINATIONS),
        ),
        updates=(Update((Call("replace_route"),), whole=True),),
        replaces={"routeTableId", *_DESTINATIONS},
        delete=(Call("delete_route", {_aws(name): name for name in ("routeTableId", *_DESTINATIONS)}),),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Row(
        service=Service("ec2"),
        create=Call("associate_route_table"),
        id="AssociationId",
        key={"AssociationId": "id"},
        read=Read(
            Call(
                "describe_route_tables",
                {"Filters": "[{Name: 'association.route-table-association-id', Values: [id]}]"},
            ),
            {"routeTableId": "RouteTableId"},
            "RouteTables[0]",
        ),
        updates=(Update((Call("replace_route_table_association"),), {"routeTableId"}, id="NewAssociationId"),),
        replaces={"subnetId", "gatewayId"},
        delete=(Call("disassociate_route_table"),),
    ),
}
