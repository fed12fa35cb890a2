"""The providers as the program's runner sees them: names, comparisons, refusals, and what really behaves."""

import json
import re
import socket
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.providers import KINDS, ProviderError, Providers, Surroundings
from tests.local.conftest import AskAws

PASSWORD = "random:index/randomPassword:RandomPassword"
VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"

property_names = st.text(string.ascii_letters, min_size=1).filter(lambda name: name not in {"policy", "tags"})
values = st.recursive(
    st.text() | st.integers(2) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
inputs_of_any_type = st.dictionaries(property_names, values, max_size=5)
types = st.sampled_from(sorted(KINDS))


class TestDiff:
    """Providers.diff."""

    @given(type_=types, inputs=inputs_of_any_type)
    def test_nothing_differs_from_itself(self, type_: str, inputs: dict[str, Any]) -> None:
        """Whatever the type and its inputs."""
        diff = NOWHERE.diff(type_, inputs, {**inputs, "absent": None})

        assert (diff.changed, diff.replaces) == (frozenset(), frozenset())

    @given(type_=types, inputs=inputs_of_any_type, name=property_names, value=values)
    def test_every_changed_property_is_found(self, type_: str, inputs: dict[str, Any], name: str, value: Any) -> None:
        """Set, changed and removed; what forces a replacement is a part of what changed."""
        without = {k: v for k, v in inputs.items() if k != name}

        for old, new in (({**without, name: value}, without), (without, {**without, name: value})):
            diff = NOWHERE.diff(type_, old, new)
            assert diff.changed == {name}
            assert diff.replaces <= diff.changed
        other = {**without, name: [value]}
        assert NOWHERE.diff(type_, {**without, name: value}, other).changed == {name}

    def test_a_policy_that_says_the_same_is_no_change(self) -> None:
        """JSON has many spellings."""
        one, other = '{"A": 1, "B": [2]}', '{ "B": [2], "A": 1 }'

        assert not NOWHERE.diff("aws:kms/key:Key", {"policy": one}, {"policy": other}).changed
        assert NOWHERE.diff("aws:kms/key:Key", {"policy": one}, {"policy": "{}"}).changed == {"policy"}

    def test_containers_that_ecs_makes_the_same_of_are_no_change(self) -> None:
        """Order of variables, nothing and empty, defaults; but a value, an image or an order of containers is."""
        variables = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
        one = {"name": "api", "image": "i", "environment": variables, "portMappings": [{"containerPort": 1}]}
        same = {
            **one,
            "essential": True,
            "command": None,
            "secrets": [],
            "environment": variables[::-1],
            "portMappings": [{"containerPort": 1, "hostPort": 1, "protocol": "tcp"}],
        }

        def changed(*new: dict[str, Any]) -> frozenset[str]:
            old = {"containerDefinitions": json.dumps([one])}
            return NOWHERE.diff(TASK, old, {"containerDefinitions": json.dumps(new)}).replaces

        assert not changed(same)
        for other in ({**one, "image": "j"}, {**one, "environment": variables[:1]}, {**one, "essential": False}):
            assert changed(other) == {"containerDefinitions"}
        assert changed(one, one)


class TestNames:
    """Physical names that the program leaves to the provider."""

    def test_a_name_is_made_from_the_logical_one_and_kept(self) -> None:
        """As Pulumi does it: seven random hex digits."""
        first = NOWHERE.check(SECRET, "webhook", {"description": "d"}, None)
        other = NOWHERE.check(SECRET, "webhook", {"description": "d"}, None)

        assert re.fullmatch(r"webhook-[0-9a-f]{7}", first["name"])
        assert first["name"] != other["name"]
        assert NOWHERE.check(SECRET, "webhook", {"description": "e"}, first)["name"] == first["name"]
        assert NOWHERE.check(SECRET, "webhook", {"name": "mine"}, first) == {"name": "mine"}

    def test_a_long_logical_name_is_cut(self) -> None:
        """A target group's name has 32 characters at the most."""
        made = NOWHERE.check(TARGET_GROUP, "x" * 40, {}, None)["name"]

        assert len(made) == 32

    @pytest.mark.parametrize("inputs", [{"name": "x" * 33}, {"namePrefix": "x" * 7}])
    def test_a_name_that_aws_would_refuse_is_refused(self, inputs: dict[str, str]) -> None:
        """Before anything is made, and by the property's name."""
        with pytest.raises(ProviderError, match=f"{TARGET_GROUP} api: {next(iter(inputs))}: is longer than"):
            NOWHERE.check(TARGET_GROUP, "api", inputs, None)

    def test_a_prefix_makes_a_name_that_stays(self, providers: Providers) -> None:
        """The prefix is the input, the name an output; two resources never share one."""
        vpc = providers.create(VPC, "names", {"cidrBlock": "10.1.0.0/16"})
        inputs = providers.check(GROUP, "names", {"namePrefix": "task-", "vpcId": vpc.id}, None)
        one, two = providers.create(GROUP, "names", inputs), providers.create(GROUP, "names", inputs)

        assert inputs.keys() == {"namePrefix", "vpcId"}
        assert re.fullmatch(r"task-\d{18}[0-9a-f]{8}", one.outputs["name"])
        assert one.outputs["name"] != two.outputs["name"]
        changed = providers.update(one, {**inputs, "tags": {"A": "b"}})
        assert changed.outputs["name"] == one.outputs["name"]


class TestRandomPassword:
    """random:index/randomPassword:RandomPassword."""

    @given(
        length=st.integers(20, 60),
        special=st.booleans(),
        least=st.integers(0, 5),
        override=st.sampled_from([None, "-_"]),
    )
    def test_it_is_what_was_asked_for(self, length: int, special: bool, least: int, override: str | None) -> None:  # noqa: FBT001
        """Length, classes and the least number of each."""
        inputs = {"length": length, "special": special, "minUpper": least, "minNumeric": least}
        result = NOWHERE.create(PASSWORD, "p", {**inputs, "overrideSpecial": override}).outputs["result"]

        assert len(result) == length
        assert sum(c in string.ascii_uppercase for c in result) >= least
        assert sum(c in string.digits for c in result) >= least
        specials = {c for c in result if c not in string.ascii_letters + string.digits}
        assert specials <= set(override or "!@#$%&*()-_=+[]{}<>:?") if special else not specials

    @pytest.mark.parametrize(
        ("inputs", "blamed"),
        [
            ({}, "length"),
            ({"length": 3, "minUpper": 4}, "length"),
            ({"length": 3, "lenght": 4}, "lenght"),
            ({"length": 3, "special": False, "lower": False, "upper": False, "numeric": False}, "special"),
        ],
    )
    def test_what_cannot_be_is_refused(self, inputs: dict[str, Any], blamed: str) -> None:
        """By the property to blame."""
        with pytest.raises(ProviderError, match=f"{PASSWORD} p: {blamed}: ") as refused:
            NOWHERE.check(PASSWORD, "p", inputs, None)

        assert refused.value.property == blamed


class TestBehaviour:
    """What more happens than a call to AWS."""

    def test_an_old_version_of_a_secret_stays_readable(self, providers: Providers, ask_aws: AskAws) -> None:
        """Tasks of the last deployment pin it; even deleting it does not take it away."""
        secret = providers.create(SECRET, "rotated", {"name": "rotated"})
        old = providers.create(VERSION, "rotated", {"secretId": secret.id, "secretString": "first"})
        new = providers.create(VERSION, "rotated", {"secretId": secret.id, "secretString": "second"})
        providers.delete(old)

        def read(**version: str) -> str:
            return ask_aws("secretsmanager", "get_secret_value", SecretId=secret.id, **version)["SecretString"]

        assert (old.outputs["versionId"], new.outputs["versionId"]) == (old.id[-36:], new.id[-36:])
        assert read(VersionId=old.outputs["versionId"]) == "first"
        assert read(VersionId=new.outputs["versionId"]) == read() == "second"

    def test_a_new_revision_leaves_the_old_one(self, providers: Providers, ask_aws: AskAws) -> None:
        """Until it is deleted, unless it is never to be."""
        containers = json.dumps([{"name": "api", "image": "i", "memory": 128}])
        inputs = {"family": "kept", "containerDefinitions": containers}
        one, two, three = (
            providers.create(TASK, "kept", {**inputs, "skipDestroy": skip}) for skip in (False, False, True)
        )

        assert [r.outputs["revision"] for r in (one, two, three)] == [1, 2, 3]
        assert two.outputs["arn"] == f"{two.outputs['arnWithoutRevision']}:2"
        for resource in (one, three):
            providers.delete(resource)
        listed = ask_aws("ecs", "list_task_definitions", familyPrefix="kept")["taskDefinitionArns"]
        assert listed == [two.outputs["arn"], three.outputs["arn"]]

    def test_groups_start_closed(self, providers: Providers, ask_aws: AskAws) -> None:
        """A new group lets nothing out, and an adopted default group nothing in or out."""
        vpc = providers.create(VPC, "closed", {"cidrBlock": "10.2.0.0/16"})
        default = providers.create("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "d", {"vpcId": vpc.id})
        group = providers.create(GROUP, "closed", {"name": "closed", "vpcId": vpc.id})

        assert default.id == vpc.outputs["defaultSecurityGroupId"]
        assert group.outputs["description"] == "Managed by Pulumi"
        found = ask_aws("ec2", "describe_security_groups", GroupIds=[default.id, group.id])["SecurityGroups"]
        assert [g["IpPermissions"] + g["IpPermissionsEgress"] for g in found] == [[], []]

    def test_functions_are_answered(self, providers: Providers) -> None:
        """The ones that a program for AWS commonly asks."""
        zones = providers.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"})
        caller = providers.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})

        assert zones["names"][:2] == ["us-east-1a", "us-east-1b"]
        assert caller["accountId"] == "000000000000"
        with pytest.raises(ProviderError, match="aws:index/getNothing:getNothing: is not among the functions"):
            providers.invoke("aws:index/getNothing:getNothing", {})


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


NOWHERE = Providers(
    Surroundings(
        aws_endpoint=f"http://127.0.0.1:{free_port()}",
        region="us-east-1",
        database_admin_dsn=None,
        database_address=("127.0.0.1", 5432),
    )
)
"""Providers without an emulator: enough for what does not need one."""
