"""Rules that somebody changes behind the program's back: `read` finds it, and `update` takes it back."""

from dataclasses import dataclass
from typing import Any

import pytest

from local.providers import Providers, Resource
from tests.local.conftest import AskAws

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
EXCLUSIVE = "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive"
SSH = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


@dataclass(frozen=True)
class Guarded:
    """A group with two rules, and the list that allows no other."""

    group: Resource
    https: Resource
    out: Resource
    exclusive: Resource


@pytest.fixture
def guarded(providers: Providers) -> Guarded:
    """One of the test's own."""
    vpc = providers.create(VPC, "guarded", {"cidrBlock": "10.3.0.0/16"})
    group = providers.create(GROUP, "guarded", {"name": f"of-{vpc.id}", "description": "guarded", "vpcId": vpc.id})
    https = {"securityGroupId": group.id, "description": "HTTPS", "cidrIpv4": "0.0.0.0/0"}
    https |= {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "tags": {"Name": "https"}}
    out = {"securityGroupId": group.id, "description": "all", "cidrIpv4": "10.3.0.0/16", "ipProtocol": "-1"}
    rules = providers.create(INGRESS, "https", https), providers.create(EGRESS, "out", out)
    return Guarded(group, *rules, providers.create(EXCLUSIVE, "guarded", only(group, *rules)))


def only(group: Resource, https: Resource, out: Resource) -> dict[str, Any]:
    """The inputs that allow these two rules."""
    return {"securityGroupId": group.id, "ingressRuleIds": [https.id], "egressRuleIds": [out.id]}


def inputs_now(providers: Providers, resource: Resource) -> dict[str, Any]:
    """The inputs that `read` finds."""
    found = providers.read(resource)
    assert found is not None
    return found.inputs


class TestRulesOfAGroup:
    """aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive, and the rules themselves."""

    def test_what_nobody_touched_is_as_it_was(self, providers: Providers, guarded: Guarded) -> None:
        """Every one of them; a rule that names a group, too."""
        peer = {"securityGroupId": guarded.group.id, "referencedSecurityGroupId": guarded.group.id}
        ports = {"ipProtocol": "tcp", "fromPort": 1, "toPort": 2}
        within = providers.create(INGRESS, "within", {**peer, **ports, "description": "within"})
        both = [guarded.https.id, within.id]
        exclusive = providers.update(guarded.exclusive, {**guarded.exclusive.inputs, "ingressRuleIds": both})

        for resource in (guarded.group, guarded.https, guarded.out, within, exclusive):
            assert providers.read(resource) == resource

    @pytest.mark.parametrize(("direction", "property_"), [("ingress", "ingressRuleIds"), ("egress", "egressRuleIds")])
    def test_a_foreign_rule_is_found_and_taken_away(
        self, providers: Providers, guarded: Guarded, ask_aws: AskAws, direction: str, property_: str
    ) -> None:
        """By the list alone, and the rules that it names stay."""
        group, wanted = guarded.group.id, guarded.exclusive.inputs
        ask_aws("ec2", f"authorize_security_group_{direction}", GroupId=group, IpPermissions=SSH)

        found = providers.read(guarded.exclusive)

        assert found is not None
        assert len(found.inputs[property_]) == len(found.outputs[property_]) == 2
        assert providers.diff(EXCLUSIVE, found.inputs, wanted).changed == {property_}
        assert providers.read(guarded.https) == guarded.https
        mended = providers.update(found, wanted)
        assert (mended.inputs, mended.outputs) == (wanted, guarded.exclusive.outputs)
        assert providers.read(mended) == mended
        assert rule_ids(ask_aws, group) == {guarded.https.id, guarded.out.id}

    def test_a_new_list_takes_away_what_is_there_already(
        self, providers: Providers, guarded: Guarded, ask_aws: AskAws
    ) -> None:
        """Unlike its deletion, which leaves everything."""
        ask_aws("ec2", "authorize_security_group_ingress", GroupId=guarded.group.id, IpPermissions=SSH)
        providers.delete(guarded.exclusive)
        assert len(rule_ids(ask_aws, guarded.group.id)) == 3

        providers.create(EXCLUSIVE, "again", guarded.exclusive.inputs)

        assert rule_ids(ask_aws, guarded.group.id) == {guarded.https.id, guarded.out.id}

    def test_the_order_of_a_list_means_nothing(self, providers: Providers) -> None:
        """AWS has none."""
        one, other = ({"ingressRuleIds": ids} for ids in (["a", "b"], ["b", "a"]))

        assert not providers.diff(EXCLUSIVE, one, other).changed
        assert providers.diff(EXCLUSIVE, one, {"ingressRuleIds": ["a"]}).changed == {"ingressRuleIds"}

    def test_a_rule_that_the_list_has_taken_away_can_be_deleted(
        self, providers: Providers, guarded: Guarded, ask_aws: AskAws
    ) -> None:
        """As when the program drops a rule: the list changes first."""
        providers.update(guarded.exclusive, {**guarded.exclusive.inputs, "ingressRuleIds": []})
        assert rule_ids(ask_aws, guarded.group.id) == {guarded.out.id}

        providers.delete(guarded.https)
        providers.delete(guarded.out)

        assert rule_ids(ask_aws, guarded.group.id) == set()

    def test_a_rule_that_somebody_removed_is_gone(
        self, providers: Providers, guarded: Guarded, ask_aws: AskAws
    ) -> None:
        """The list misses it, too, but cannot make it."""
        revoke = {"GroupId": guarded.group.id, "SecurityGroupRuleIds": [guarded.https.id]}
        ask_aws("ec2", "revoke_security_group_ingress", **revoke)

        assert providers.read(guarded.https) is None
        assert inputs_now(providers, guarded.exclusive)["ingressRuleIds"] == []
        providers.update(guarded.exclusive, guarded.exclusive.inputs)
        assert rule_ids(ask_aws, guarded.group.id) == {guarded.out.id}

    def test_a_rule_that_somebody_changed_is_found_and_changed_back(
        self, providers: Providers, guarded: Guarded, ask_aws: AskAws
    ) -> None:
        """Whom it lets in where, and what it is said to be for; its id stays, so the list does not see it."""
        rule = {"IpProtocol": "udp", "FromPort": 1, "ToPort": 2, "CidrIpv4": "10.0.0.0/8", "Description": "open"}
        change = {"SecurityGroupRuleId": guarded.https.id, "SecurityGroupRule": rule}
        ask_aws("ec2", "modify_security_group_rules", GroupId=guarded.group.id, SecurityGroupRules=[change])

        found = providers.read(guarded.https)

        assert found is not None
        now = {"ipProtocol": "udp", "fromPort": 1, "toPort": 2, "cidrIpv4": "10.0.0.0/8", "description": "open"}
        assert found.inputs == {**guarded.https.inputs, **now}
        assert providers.read(guarded.exclusive) == guarded.exclusive
        assert providers.read(providers.update(found, guarded.https.inputs)) == guarded.https

    def test_a_rule_for_all_ports_is_changed_back_too(
        self, providers: Providers, guarded: Guarded, ask_aws: AskAws
    ) -> None:
        """The program names no ports, and AWS -1."""
        rule = {"IpProtocol": "-1", "FromPort": -1, "ToPort": -1, "CidrIpv4": "0.0.0.0/0", "Description": "all"}
        change = {"SecurityGroupRuleId": guarded.out.id, "SecurityGroupRule": rule}
        ask_aws("ec2", "modify_security_group_rules", GroupId=guarded.group.id, SecurityGroupRules=[change])

        found = providers.read(guarded.out)

        assert found is not None
        assert found.inputs == {**guarded.out.inputs, "cidrIpv4": "0.0.0.0/0"}
        assert providers.read(providers.update(found, guarded.out.inputs)) == guarded.out

    def test_without_its_group_all_is_gone(self, providers: Providers, guarded: Guarded, ask_aws: AskAws) -> None:
        """The rules with it."""
        ask_aws("ec2", "delete_security_group", GroupId=guarded.group.id)

        everything = (guarded.group, guarded.https, guarded.out, guarded.exclusive)
        assert [providers.read(resource) for resource in everything] == [None] * 4


def rule_ids(ask_aws: AskAws, group: str) -> set[str]:
    """The ids of all the rules that a group has."""
    question = [{"Name": "group-id", "Values": [group]}]
    answer = ask_aws("ec2", "describe_security_group_rules", Filters=question)
    return {rule["SecurityGroupRuleId"] for rule in answer["SecurityGroupRules"]}
