"""The policy pack in Pulumi's engine, on a program that breaks a rule."""

from pathlib import Path

import pytest

from gitops.engine import Engine, EngineError, available
from local.project import Project
from local.providers import Surroundings
from render.configuration import ROOT

pytestmark = pytest.mark.skipif(not available(), reason="the `pulumi` command is not on the PATH")
PROGRAM = """
import pulumi_aws as aws
from pulumi import ResourceOptions

opts = ResourceOptions(provider=aws.Provider("aws", region="us-east-1"))
vpc = aws.ec2.Vpc("open", cidr_block="10.9.0.0/16", opts=opts)
group = aws.ec2.SecurityGroup("open", vpc_id=vpc.id, opts=opts)
aws.vpc.SecurityGroupIngressRule(
    "ssh", security_group_id=group.id, ip_protocol="tcp", from_port=22, to_port=22, cidr_ipv4="0.0.0.0/0", opts=opts
)
"""


def test_a_program_that_breaks_a_rule_is_refused(tmp_path: Path, surroundings: Surroundings) -> None:
    """By the rule's name, with the resource, what is wrong, why and what to do."""
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "__main__.py").write_text(PROGRAM)
    (tmp_path / "policy").symlink_to(ROOT / "policy")
    project = Project(tmp_path, tmp_path, "dev")
    project.write({"aws:region": "us-east-1"}, surroundings)
    engine = Engine(project.workspace(surroundings, (project.policy_pack,)))

    with pytest.raises(EngineError) as refused:
        engine.preview()

    result = refused.value.result
    assert result
    (found,) = [one for one in result.policy if one.urn.endswith("::ssh") and one.mandatory and "22" in one.message]
    assert found.policy in str(refused.value)
    assert "0.0.0.0/0" in found.message
    assert {change.name for change in result.changes} >= {"ssh", "open"}
