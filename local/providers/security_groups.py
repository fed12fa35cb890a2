"""Security groups and their rules: aws:ec2/...SecurityGroup, aws:vpc/securityGroup...Rule."""

from local.providers.ec2 import EC2
from local.providers.naming import Named
from local.providers.rows import MANAGED, Call, Row, Update

# What AWS lets out of every new group, and the AWS provider closes again.
_OUT_TO_ANYWHERE = '`[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]`'

_PERMISSION = """[{
    IpProtocol: ipProtocol, FromPort: fromPort, ToPort: toPort,
    IpRanges: cidrIpv4 && [{CidrIp: cidrIpv4, Description: description}],
    Ipv6Ranges: cidrIpv6 && [{CidrIpv6: cidrIpv6, Description: description}],
    PrefixListIds: prefixListId && [{PrefixListId: prefixListId, Description: description}],
    UserIdGroupPairs:
        referencedSecurityGroupId && [{GroupId: referencedSecurityGroupId, Description: description}]
}]"""

_RULE = """[{
    SecurityGroupRuleId: id,
    SecurityGroupRule: {
        IpProtocol: ipProtocol, FromPort: fromPort, ToPort: toPort, Description: description, CidrIpv4: cidrIpv4,
        CidrIpv6: cidrIpv6, PrefixListId: prefixListId, ReferencedGroupId: referencedSecurityGroupId
    }
}]"""


def _rule(direction: str) -> Row:
    return Row(
        service=EC2,
        create=Call(
            f"authorize_security_group_{direction}",
            {"GroupId": "securityGroupId", "IpPermissions": _PERMISSION},
        ),
        answer="SecurityGroupRules[0]",
        id="SecurityGroupRuleId",
        arn="security-group-rule/{id}",
        outputs={"securityGroupRuleId": "SecurityGroupRuleId"},
        key={"GroupId": "securityGroupId"},
        updates=(Update((Call("modify_security_group_rules", {"SecurityGroupRules": _RULE}),)),),
        replaces={"securityGroupId"},
        delete=(Call(f"revoke_security_group_{direction}", {"SecurityGroupRuleIds": "[id]"}),),
    )


ROWS = {
    "aws:ec2/securityGroup:SecurityGroup": Row(
        service=EC2,
        create=Call("create_security_group", {"Description": f"description || '{MANAGED}'"}),
        id="GroupId",
        arn="security-group/{id}",
        outputs={"ownerId": "account"},
        defaults={"description": MANAGED},
        names={"name": "GroupName"},
        key={"GroupId": "id"},
        then=(Call("revoke_security_group_egress", {"IpPermissions": _OUT_TO_ANYWHERE}),),
        replaces={"name", "namePrefix", "description", "vpcId"},
        delete=(Call("delete_security_group"),),
        recorded={"revokeRulesOnDelete"},
        named=Named(),
    ),
    # AWS makes it with the VPC and never lets it go: creating adopts and empties it, deleting leaves it be.
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Row(
        service=EC2,
        create=Call(
            "describe_security_groups",
            {"Filters": "[{Name: 'vpc-id', Values: [vpcId]}, {Name: 'group-name', Values: ['default']}]"},
        ),
        answer="SecurityGroups[0]",
        id="GroupId",
        arn="security-group/{id}",
        outputs={"ownerId": "OwnerId", "name": "GroupName", "description": "Description"},
        key={"GroupId": "id"},
        then=(
            Call("revoke_security_group_ingress", {"IpPermissions": "IpPermissions"}, when="IpPermissions"),
            Call(
                "revoke_security_group_egress",
                {"IpPermissions": "IpPermissionsEgress"},
                when="IpPermissionsEgress",
            ),
        ),
        replaces={"vpcId"},
        recorded={"revokeRulesOnDelete"},
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("egress"),
}
