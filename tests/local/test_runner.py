"""The embedded runner: what differs is changed, in the right way and order; what is protected stays."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.providers import Providers
from local.runner import Applier, ProtectedError
from local.state import State
from render.monitor import run_program

Apply = Callable[[str], list[tuple[str, str]]]
HEAD = "import pulumi\nimport pulumi_aws as aws\nimport pulumi_random as random\nO = pulumi.ResourceOptions\n"


@pytest.fixture
def apply(providers: Providers, tmp_path: Path) -> Apply:
    """Runs a program text against the state of this test, and returns (operation, name) of what was not `same`."""

    def apply_program(text: str) -> list[tuple[str, str]]:
        (tmp_path / "__main__.py").write_text(f"{HEAD}UNIQUE = {tmp_path.name!r}\n{text}")
        operations: list[dict[str, Any]] = []
        applier = Applier(providers, State.load(tmp_path / "state.json"), operations.append)
        run_program("dev", {}, applier, tmp_path)
        applier.remove_the_rest()
        return [(o["op"], o["name"]) for o in operations if o["op"] != "same"]

    return apply_program


def log_group(days: int, name: str = "/a", options: str = "", logical: str = "logs") -> str:
    """A program with one log group, whose physical name no other test has."""
    return f"aws.cloudwatch.LogGroup({logical!r}, name=UNIQUE + {name!r}, retention_in_days={days}{options})\n"


def test_nothing_is_done_twice(apply: Apply) -> None:
    """A second run of the same program finds everything as it should be."""
    assert apply(log_group(7)) == [("create", "logs")]
    assert apply(log_group(7)) == []


def test_a_changed_property_is_an_update(apply: Apply, ask_aws: Callable[..., Any], tmp_path: Path) -> None:
    """In place, and at AWS too."""
    apply(log_group(7))

    assert apply(log_group(14)) == [("update", "logs")]
    (group,) = ask_aws("logs", "describe_log_groups", logGroupNamePrefix=tmp_path.name)["logGroups"]
    assert group["retentionInDays"] == 14


def test_an_immutable_property_is_a_replacement_and_the_old_one_goes_last(apply: Apply) -> None:
    """First the new one, then what depends on it, then the old one."""
    apply(log_group(7))

    assert apply(log_group(7, name="/b")) == [("replace", "logs"), ("delete", "logs")]


def test_a_name_that_stays_makes_the_old_one_go_first(apply: Apply) -> None:
    """Two log groups of a name cannot be: here the description of the security group is what cannot change."""
    program = "v = aws.ec2.Vpc('v', cidr_block='10.0.0.0/16')\n"
    group = "aws.ec2.SecurityGroup('g', name='g', description={!r}, vpc_id=v.id)\n"
    apply(program + group.format("one"))

    assert apply(program + group.format("two")) == [("delete", "g"), ("replace", "g")]


def test_what_the_program_no_longer_declares_goes(apply: Apply) -> None:
    """What depends on something goes before it."""
    apply("first = " + log_group(7) + log_group(7, "/more", ", opts=O(depends_on=[first])", logical="more"))

    assert apply("") == [("delete", "more"), ("delete", "logs")]


def test_what_is_protected_is_neither_deleted_nor_replaced(apply: Apply) -> None:
    """The message names it and the way out."""
    protected = ", opts=O(protect=True)"
    apply(log_group(7, options=protected))

    with pytest.raises(ProtectedError, match="logs is protected: set priceguard:protect to false"):
        apply("")
    with pytest.raises(ProtectedError):
        apply(log_group(7, name="/b", options=protected))


def test_what_is_retained_stays_at_aws(apply: Apply, ask_aws: Callable[..., Any], tmp_path: Path) -> None:
    """The state forgets it, AWS does not."""
    apply(log_group(7, name="/kept", options=", opts=O(retain_on_delete=True)"))

    assert apply("") == []
    assert ask_aws("logs", "describe_log_groups", logGroupNamePrefix=tmp_path.name)["logGroups"]


def test_an_ignored_property_keeps_its_first_value(apply: Apply) -> None:
    """As with the count of a service, which autoscaling owns."""
    ignoring = ", opts=O(ignore_changes=['retentionInDays'])"
    apply(log_group(7, options=ignoring))

    assert apply(log_group(14, options=ignoring)) == []


def test_a_failure_half_way_is_continued_by_the_next_run(apply: Apply) -> None:
    """What was made is remembered, and not made again."""
    with pytest.raises(Exception, match="no luck"):
        apply(log_group(7) + "raise RuntimeError('no luck')\n")

    assert apply(log_group(7) + log_group(7, "/more", logical="more")) == [("create", "more")]


def test_a_secret_stays_one_on_its_way(apply: Apply, providers: Providers, tmp_path: Path) -> None:
    """What is composed from a password is masked in the outputs; the state file is its owner's only."""
    text = "p = random.RandomPassword('p', length=20)\npulumi.export('url', pulumi.Output.concat('db://', p.result))\n"
    apply(text)
    applier = Applier(providers, State.load(tmp_path / "state.json"), lambda _: None)

    monitor = run_program("dev", {}, applier, tmp_path)

    (password,) = applier.state.of_type("random:index/randomPassword:RandomPassword")
    assert password.outputs["result"] not in repr(monitor.outputs)
    assert password.outputs["result"] in json.dumps(monitor.outputs, default=lambda secret: secret.value)
    assert (tmp_path / "state.json").stat().st_mode & 0o777 == 0o600
