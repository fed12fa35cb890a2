"""Before the bootstrap, in one for dev alone, and where nobody answers."""

import re
from pathlib import Path

import pytest

from gitops.doctor.errors import DoctorError
from gitops.doctor.examination import examine
from gitops.doctor.report import State
from gitops.doctor.stack import deploy
from render.configuration import ROOT
from tests.gitops.doctor.command_lines import assert_exist
from tests.gitops.doctor.deviations_of_roles import workload_role
from tests.gitops.doctor.patient import BOUNDARY, an_account, bootstrap

AWAY = {"AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.mark.parametrize("environments", [("dev",), ("dev", "prod")])
def test_an_account_with_nothing_is_one_finding(tmp_path: Path, environments: tuple[str, ...]) -> None:
    """The template is to be deployed; with which command, for which environments."""
    with an_account(tmp_path) as patient:
        (row,) = patient.examine(*environments).findings

    assert row.id == "stack"
    assert row.found == "there is none"
    assert row.fix.startswith("aws cloudformation deploy --stack-name priceguard-bootstrap --region us-east-1 ")
    assert f"Environments={','.join(environments)} Owner=<owner>" in row.fix


def test_the_readme_deploys_in_the_same_way() -> None:
    """Its command is the doctor's, in several lines."""
    readme = re.sub(r"\s*\\\n\s*", " ", (ROOT / "bootstrap" / "README.md").read_text())

    assert f"\n{deploy('us-east-1', ('dev', 'prod'))}\n" in readme


def test_an_account_of_dev_alone_is_well_without_prod(tmp_path: Path) -> None:
    """What the template leaves out there is not looked for; prod is one finding, when it is asked about."""
    with an_account(tmp_path) as patient:
        bootstrap(patient, Environments="dev")

        assert patient.examine("dev").findings == []
        (row,) = patient.examine("dev", "prod").findings

    assert row.id == "prod.Environments"
    assert_exist(row.fix)
    assert row.fix.endswith("--parameter-overrides Environments=dev,prod")
    assert not [asked for asked in patient.asked if "Prod" in asked]


def test_roles_beyond_the_first_page_are_seen(tmp_path: Path) -> None:
    """IAM lists a hundred at a time."""
    with an_account(tmp_path) as patient:
        bootstrap(patient, Environments="dev")
        for number in range(120):
            workload_role(f"role-{number:03}", "dev", "dev", PermissionsBoundary=BOUNDARY)(patient)
        workload_role("role-999", "dev", "dev")(patient)
        (row,) = patient.examine("dev").findings

    assert patient.asked.count("iam:ListRoles") > 1
    assert row.found == "role-999: nothing"


def test_what_is_missing_is_missed_once(tmp_path: Path) -> None:
    """Not once for each of its properties."""
    with an_account(tmp_path) as patient:
        bootstrap(patient, Environments="dev")
        iam = patient.client("iam")
        for arn in patient.template.properties("DriftRole")["ManagedPolicyArns"]:
            iam.detach_role_policy(RoleName="priceguard-drift", PolicyArn=arn)
        iam.delete_role_policy(RoleName="priceguard-drift", PolicyName="state-and-secrets")
        iam.delete_role(RoleName="priceguard-drift")
        findings = patient.examine("dev").findings

    assert [(row.id, row.state, row.found) for row in findings] == [("DriftRole", State.WRONG, "it is missing")]


def test_the_template_is_that_of_its_parameters(tmp_path: Path) -> None:
    """Another owner, branch and file than usual are in the expectation too."""
    with an_account(tmp_path) as patient:
        bootstrap(patient, Owner="others", Branch="trunk", DeployWorkflow="ship.yml")

        assert patient.findings() == {}


def test_without_credentials_the_reason_says_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in AWAY.items():
        monkeypatch.setenv(name, value)
    write_stack_file(tmp_path)

    with pytest.raises(DoctorError, match=r"no credentials for AWS .*aws sso login"):
        examine(["dev"], only=["aws"], root=tmp_path)


def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    """No network, or a region that does not exist: not an endless wait."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused_tcp_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    write_stack_file(tmp_path)

    with pytest.raises(DoctorError, match=r"AWS does not answer in 'us-east-1' .*check the network"):
        examine(["dev"], only=["aws"], root=tmp_path)


def test_an_unknown_profile_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error in AWS_PROFILE."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    write_stack_file(tmp_path)

    with pytest.raises(DoctorError, match="nobody"):
        examine(["dev"], only=["aws"], root=tmp_path)


def write_stack_file(root: Path) -> None:
    """One for dev."""
    (root / "Pulumi.dev.yaml").write_text('config: {"priceguard:account": "123456789012", "aws:region": us-east-1}')
