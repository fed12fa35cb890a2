"""An account that cannot be looked at, or not everywhere: a reason with the next step, never a crash."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitops.doctor.errors import DoctorError
from gitops.doctor.examination import examine
from gitops.doctor.report import State
from tests.gitops.doctor.command_lines import assert_exist
from tests.gitops.doctor.patient import ACCOUNT, Patient, an_account, bootstrap, describing, refusing

DENIED = "User: arn:aws:iam::1:user/x is not authorized"


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """As the bootstrap makes it."""
    with an_account(tmp_path_factory.mktemp("refused")) as made:
        bootstrap(made)
        yield made


@pytest.mark.parametrize(
    ("operation", "code", "permission", "unread"),
    [
        ("s3.GetBucketEncryption", "AccessDenied", "s3:GetEncryptionConfiguration", {"StateBucket", "LogBucket"}),
        ("s3.GetPublicAccessBlock", "AccessDenied", "s3:GetBucketPublicAccessBlock", {"StateBucket", "LogBucket"}),
        ("s3.ListObjectsV2", "AccessDenied", "s3:ListBucket", {"state"}),
        ("kms.GetKeyPolicy", "AccessDeniedException", "kms:GetKeyPolicy", {"BucketKey", "DevStateKey", "ProdStateKey"}),
        ("iam.ListRoles", "AccessDenied", "iam:ListRoles", {"dev", "prod"}),
        ("iam.GetOpenIDConnectProvider", "AccessDenied", "iam:GetOpenIDConnectProvider", {"OidcProvider"}),
    ],
)
def test_what_may_not_be_read_is_named(
    patient: Patient, operation: str, code: str, permission: str, unread: set[str]
) -> None:
    """With the permission, as IAM calls it, and who lacks it; everything else is looked at."""
    report = patient.examine(session=refusing(operation, code, DENIED))

    assert {row.subject for row in report.findings} == unread
    assert {row.state for row in report.findings} == {State.UNREAD}
    assert {row.found for row in report.findings} == {f"could not be read: {permission}"}
    assert {row.fix for row in report.findings} == {
        f"allow {permission} to arn:aws:sts::{ACCOUNT}:user/moto, or use a role that may"
    }
    assert len(report.rows) > 60


def test_a_setting_that_was_never_made_is_wrong_and_not_unread(patient: Patient) -> None:
    """S3 has an error for it."""
    session = refusing("s3.GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration")

    found = {row.id: (row.state, row.found) for row in patient.examine(session=session).findings}

    lifecycle = ("StateBucket.LifecycleConfiguration", "LogBucket.LifecycleConfiguration")
    assert found == dict.fromkeys(lifecycle, (State.WRONG, "nothing"))


def test_throttling_is_a_finding_that_says_to_come_back(patient: Patient) -> None:
    """After the tries that boto3 makes by itself."""
    report = patient.examine(session=refusing("kms.ListResourceTags", "ThrottlingException", "Rate exceeded"))

    assert {row.found for row in report.findings} == {"could not be read: kms:ListResourceTags (ThrottlingException)"}
    assert {row.fix for row in report.findings} == {"run this again; AWS said: Rate exceeded"}


def test_whatever_aws_says_cannot_steer_a_terminal(patient: Patient) -> None:
    """Words of others are shown as text on one line."""
    report = patient.examine(session=refusing("kms.ListResourceTags", "Odd", "a\x1b[2J\nb" + "c" * 1000))

    assert {row.fix for row in report.findings} == {f"run this again; AWS said: a [2J b{'c' * 393}…"}


@pytest.mark.parametrize("operation", ["cloudformation.DescribeStacks", "cloudformation.GetTemplate"])
def test_without_the_stack_nothing_can_be_said(patient: Patient, operation: str) -> None:
    """Its parameters are in every expectation."""
    with pytest.raises(DoctorError, match=r"priceguard-bootstrap .* could not be read: .*; allow cloudformation:"):
        patient.examine(session=refusing(operation, "AccessDenied", DENIED))


def test_credentials_that_end_on_the_way_end_it(patient: Patient) -> None:
    """Instead of as many findings as there are questions."""
    with pytest.raises(DoctorError, match=r"does not take these credentials .*aws sso login"):
        patient.examine(session=refusing("iam.GetRole", "ExpiredToken", "expired"))


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])
def test_a_stack_that_was_never_made_is_made_again(patient: Patient, status: str) -> None:
    """What AWS keeps of a failed attempt must go first."""
    (row,) = patient.examine(session=describing(StackStatus=status)).findings

    first, second = row.fix.splitlines()
    assert row.found == f"it was never made ({status})"
    assert first == "aws cloudformation delete-stack --stack-name priceguard-bootstrap --region us-east-1"
    assert second.startswith("aws cloudformation deploy --stack-name priceguard-bootstrap ")
    assert_exist(row.fix)


def test_another_account_is_not_looked_at(patient: Patient) -> None:
    """Who is signed in, and what the stack's file says."""
    patient.write_stack_file("dev", account="210987654321")
    try:
        with pytest.raises(DoctorError, match=rf"account {ACCOUNT} .*priceguard:account says 210987654321; sign in"):
            patient.examine("dev")
    finally:
        patient.write_stack_file("dev")
    assert patient.asked == ["sts:GetCallerIdentity"]


def test_two_places_are_looked_at_one_by_one(patient: Patient) -> None:
    """Each environment may have an account of its own."""
    patient.write_stack_file("prod", region="eu-central-1")
    try:
        with pytest.raises(DoctorError, match=r"prod is in .*eu-central-1; look at one .*`priceguard doctor dev`"):
            patient.examine()
        assert patient.examine("dev").findings == []
    finally:
        patient.write_stack_file("prod")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"account": None}, "Pulumi.dev.yaml names no priceguard:account; write it there"),
        ({"account": None, "region": None}, "names no priceguard:account and no aws:region"),
        ({"region": "no region!"}, "'no region!' is no region of AWS"),
    ],
)
def test_a_stack_file_must_say_where(patient: Patient, changed: dict[str, str | None], words: str) -> None:
    """Otherwise nobody knows what to compare."""
    patient.write_stack_file("dev", **changed)
    try:
        with pytest.raises(DoctorError, match=words):
            examine(["dev"], only=["aws"], root=patient.root)
    finally:
        patient.write_stack_file("dev")


def test_a_stack_file_that_is_missing_is_named(patient: Patient, tmp_path: Path) -> None:
    """With those that there are."""
    assert patient.root != tmp_path
    with pytest.raises(DoctorError, match=r"there is no stack 'dev' \(Pulumi.dev.yaml is missing\)"):
        examine(["dev"], only=["aws"], root=tmp_path)
