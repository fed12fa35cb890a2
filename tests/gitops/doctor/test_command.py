"""`priceguard doctor`: what an operator types, sees, and gets as exit code."""

import json
from collections.abc import Iterator
from functools import partial

import pytest
from typer.testing import CliRunner, Result

from priceguard import doctor
from priceguard.cli import app
from tests.gitops.doctor.patient import ENCRYPTED, Patient, an_account, bootstrap, refusing


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """As the bootstrap makes it."""
    with an_account(tmp_path_factory.mktemp("shown")) as made:
        bootstrap(made)
        yield made


@pytest.fixture(autouse=True)
def examined(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command looks at."""
    look_at(patient, patient.session, monkeypatch)


def look_at(patient: Patient, session: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command examine this account, with this session."""
    look = partial(doctor.examine, session=session, root=patient.root, environ={})
    monkeypatch.setattr(doctor, "examine", look)


def call(*arguments: str) -> Result:
    """`priceguard doctor --only aws ...`."""
    return CliRunner().invoke(app, ["doctor", "--only", "aws", *arguments])


def test_a_healthy_account_ends_with_zero() -> None:
    """A line for each subject."""
    printed = call()

    assert printed.exit_code == 0, printed.output
    assert printed.stdout.startswith("account 123456789012, us-east-1: dev and prod\n")
    assert printed.stdout.endswith("checks, no findings\n")
    assert "✓  PromoteProdRole" in printed.stdout
    assert "✗" not in printed.stdout


def test_json_is_for_programs() -> None:
    """The same keys for every check."""
    printed = call("prod", "--json")
    told = json.loads(printed.stdout)

    assert printed.exit_code == 0
    assert {key: told[key] for key in ("account", "region", "environments", "good")} == {
        "account": "123456789012",
        "region": "us-east-1",
        "environments": ["prod"],
        "good": True,
    }
    assert {tuple(check) for check in told["checks"]} == {("id", "state", "expected", "found", "fix")}
    assert {check["state"] for check in told["checks"]} == {"good"}


def test_findings_end_with_one_and_each_remedy_stands_once(patient: Patient) -> None:
    """Two things that the same command repairs, and one that a setting repairs."""
    kms = patient.client("kms")
    patient.write_stack_file("dev", secretsprovider="passphrase")
    for key in ("DevStateKey", "ProdStateKey"):
        kms.disable_key_rotation(KeyId=patient.ref(key))
    try:
        printed = call()
    finally:
        patient.write_stack_file("dev")
        for key in ("DevStateKey", "ProdStateKey"):
            kms.enable_key_rotation(KeyId=patient.ref(key))

    assert printed.exit_code == 1
    assert printed.stdout.count("REVERT_DRIFT") == 1
    assert "# DevStateKey.EnableKeyRotation, ProdStateKey.EnableKeyRotation\n" in printed.stdout
    assert "found    passphrase, not KMS in Pulumi.dev.yaml" in printed.stdout
    assert "\npulumi stack change-secrets-provider --stack dev 'awskms://alias/priceguard/dev/state" in printed.stdout
    assert printed.stdout.endswith("checks, 3 findings\n")
    assert ENCRYPTED not in printed.output


def test_what_may_not_be_read_is_a_line_for_each_subject(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one for each property."""
    look_at(patient, refusing("iam.GetRole", "AccessDenied"), monkeypatch)

    printed = call()

    assert printed.exit_code == 1
    assert printed.stdout.count("could not be read: iam:GetRole") == 4
    assert printed.stdout.count("allow iam:GetRole to arn:aws:sts::123456789012:user/moto") == 1


def test_what_cannot_be_looked_at_ends_with_two(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is on standard error, and standard output is empty."""
    look_at(patient, refusing("sts.GetCallerIdentity", "ExpiredToken"), monkeypatch)

    printed = call("--json")

    assert printed.exit_code == 2
    assert printed.stdout == ""
    assert printed.stderr.startswith("✗ AWS does not take these credentials (ExpiredToken: no)")


def test_another_environment_is_none() -> None:
    """There are two."""
    assert call("staging").exit_code == 2


def test_help_says_the_exit_codes() -> None:
    """For whoever writes a script."""
    words = " ".join(call("--help").stdout.split())

    assert "0 all that was asked is well; 1 findings; 2 nothing could be asked" in words
