"""Security groups and their rules: aws:ec2/...SecurityGroup..., aws:vpc/securityGroup...Rule."""

from typing import Any

from local.providers.aws_resource import AwsResource
from local.providers.ec2 import EC2
from local.providers.expressions import evaluate
from local.providers.naming import Named
from local.providers.resource import Kind, Resource, World
from local.providers.rows import MANAGED, Call, Lookup, Read, Row, Service, Update

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
        IpProtocol: ipProtocol, Description: description, FromPort: fromPort || `-1`, ToPort: toPort || `-1`,
        CidrIpv4: cidrIpv4, CidrIpv6: cidrIpv6, PrefixListId: prefixListId, ReferencedGroupId: referencedSecurityGroupId
    }
}]"""

_RULE_PROPERTIES = {
    "description": "Description",
    "ipProtocol": "IpProtocol",
    "fromPort": "FromPort",
    "toPort": "ToPort",
    "cidrIpv4": "CidrIpv4",
    "cidrIpv6": "CidrIpv6",
    "prefixListId": "PrefixListId",
    "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId",
}
_RULE_IDS = {
    "ingressRuleIds": "SecurityGroupRules[?!IsEgress].SecurityGroupRuleId",
    "egressRuleIds": "SecurityGroupRules[?IsEgress].SecurityGroupRuleId",
}
_GROUP = Call("describe_security_groups", {"GroupIds": "[id]"})
_TAGS = {"tags": "pairs(Tags, 'Key', 'Value')"}


def _port(port: Any) -> Any:
    """Normal form of a port: AWS says -1 where the program says nothing."""
    return None if port == -1 else port


def _unordered(ids: Any) -> Any:
    """Normal form of a list whose order means nothing."""
    return sorted(ids, key=str) if isinstance(ids, list) else ids


class Rule(AwsResource):
    """A rule of a group."""

    def delete(self, world: World, resource: Resource) -> None:
        """Remove it, unless the list that no longer names it has done so."""
        if self.read(world, resource):
            super().delete(world, resource)


class ExclusiveRules(AwsResource):
    """All rules that a group has: another one is taken away, and one that is missing is not made."""

    def sent(self, world: World, properties: dict[str, Any]) -> dict[str, Any]:
        """As in AwsResource: in place of the rules that the group is to have, those that it has beside them."""
        question = {"Filters": [{"Name": "group-id", "Values": [properties["securityGroupId"]]}]}
        answer = world.aws.call("ec2", "describe_security_group_rules", question)
        there = {name: evaluate(expression, answer) for name, expression in _RULE_IDS.items()}
        return properties | {name: [id_ for id_ in there[name] if id_ not in properties[name]] for name in there}


def _rule(direction: str) -> Rule:
    row = Row(
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
        # moto forgets what a rule that names a group is for, until it is told again.
        then=(
            Call(
                "modify_security_group_rules",
                {"SecurityGroupRules": _RULE},
                when="description && referencedSecurityGroupId",
            ),
        ),
        read=Read(
            Call("describe_security_group_rules", {"SecurityGroupRuleIds": "[id]"}),
            _RULE_PROPERTIES | _TAGS,
            found="SecurityGroupRules[0]",
        ),
        updates=(Update((Call("modify_security_group_rules", {"SecurityGroupRules": _RULE}),)),),
        replaces={"securityGroupId"},
        delete=(Call(f"revoke_security_group_{direction}", {"SecurityGroupRuleIds": "[id]"}),),
        normal={"fromPort": _port, "toPort": _port},
    )
    return Rule(row)


ROWS: dict[str, Row | Kind] = {
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
        read=Read(_GROUP, _TAGS, found="SecurityGroups[0]"),
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
        read=Read(_GROUP, _TAGS, found="SecurityGroups[0]"),
        replaces={"vpcId"},
        recorded={"revokeRulesOnDelete"},
    ),
    # Deleting it leaves the rules be.
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive": ExclusiveRules(
        Row(
            service=Service("ec2"),
            create=Call("describe_security_groups", {"GroupIds": "[securityGroupId]"}),
            id="securityGroupId",
            key={"GroupId": "securityGroupId"},
            read=Read(
                _GROUP,
                more=(
                    Lookup(
                        Call("describe_security_group_rules", {"Filters": "[{Name: 'group-id', Values: [id]}]"}),
                        _RULE_IDS,
                    ),
                ),
            ),
            updates=(
                Update(
                    tuple(
                        Call(f"revoke_security_group_{direction}", {"SecurityGroupRuleIds": name}, when=name)
                        for direction, name in (("ingress", "ingressRuleIds"), ("egress", "egressRuleIds"))
                    ),
                    _RULE_IDS.keys(),
                ),
            ),
            replaces={"securityGroupId"},
            normal=dict.fromkeys(_RULE_IDS, _unordered),
        )
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("egress"),
}
