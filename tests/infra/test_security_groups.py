"""The list of rules that each security group is held to."""

from collections import defaultdict

from render.manifest import Manifest

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
EXCLUSIVE = "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive"
RULES = {
    "ingressRuleIds": "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "egressRuleIds": "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
}


def test_each_group_is_held_to_the_rules_that_the_program_gives_it(stack: Manifest) -> None:
    """To all of them, or the next update would take one away; and to no other, so that one added by hand is drift."""
    listed = {
        r.inputs["securityGroupId"]: {name: set(r.inputs[name]) for name in RULES} for r in stack.of_type(EXCLUSIVE)
    }
    given: dict[str, dict[str, set[str]]] = defaultdict(lambda: {name: set() for name in RULES})
    for name, type_ in RULES.items():
        for rule in stack.of_type(type_):
            given[rule.inputs["securityGroupId"]][name].add(f"${{{type_}::{rule.name}.securityGroupRuleId}}")

    groups = [f"${{{r.type}::{r.name}.id}}" for type_ in (GROUP, DEFAULT) for r in stack.of_type(type_)]
    assert listed == {group: given[group] for group in groups}
    assert sum(len(ids) for lists in listed.values() for ids in lists.values()) == 7


def test_nothing_else_may_leave_the_database(stack: Manifest) -> None:
    """An empty list is one, too."""
    assert stack.one(EXCLUSIVE, "database").inputs["egressRuleIds"] == []
