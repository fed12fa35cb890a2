"""An account as the bootstrap makes it: nothing is found, and nothing but reading is done."""

import json
import re
from collections.abc import Iterator

import pytest

from gitops.doctor.account import _PERMISSIONS  # pyright: ignore[reportPrivateUsage] - IAM's names
from gitops.doctor.examination import examine
from gitops.doctor.kinds import KINDS
from gitops.doctor.template import read_template
from tests.bootstrap.evaluator import like
from tests.gitops.doctor.command_lines import assert_exist
from tests.gitops.doctor.deviations_of_roles import make_provider
from tests.gitops.doctor.patient import (
    ACCOUNT,
    CANARIES,
    ENCRYPTED,
    PROVIDER,
    REGION,
    TEXT,
    Patient,
    an_account,
    bootstrap,
    deploy_text,
    describing,
)


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """Of both environments. CloudFormation, and not the doctor, has computed its roles, policies and keys."""
    with an_account(tmp_path_factory.mktemp("healthy")) as patient:
        bootstrap(patient)
        yield patient


def test_nothing_is_found(healthy: Patient) -> None:
    """Every resource has its rows, each once."""
    report = healthy.examine()

    assert [row for row in report.rows if row in report.findings] == []
    assert {row.subject for row in report.rows} >= set(read_template()["Resources"])
    assert len({row.id for row in report.rows}) == len(report.rows) > 80


def test_it_only_reads(healthy: Patient) -> None:
    """Every operation that was called; values of secrets are not among them."""
    healthy.examine()

    assert len(healthy.asked) > 50
    assert [asked for asked in healthy.asked if not re.search(r":(Describe|Get|Head|List)", asked)] == []
    assert [asked for asked in healthy.asked if "Secret" in asked or "Decrypt" in asked] == []


def test_a_bucket_of_somebody_else_is_not_taken_for_ours(healthy: Patient) -> None:
    """Names of buckets are free for all: AWS is told whose it must be."""
    owners: list[str | None] = []
    session = describing()
    session.events.register(
        "provide-client-params.s3", lambda params, **_: owners.append(params.get("ExpectedBucketOwner"))
    )

    healthy.examine(session=session)

    assert set(owners) == {ACCOUNT}


def test_nothing_is_asked_twice(healthy: Patient) -> None:
    """A role has eight properties, and is read by three questions and one for each of its own policies."""
    healthy.examine()

    assert healthy.asked.count("iam:GetRole") == 4
    assert len(healthy.asked) < 80


def test_the_role_that_looks_for_drift_may_ask(healthy: Patient) -> None:
    """Everything: its caller's identity is nobody's to refuse."""
    policies = {r["Properties"].get("ManagedPolicyName"): r for r in read_template()["Resources"].values()}
    statements = policies["priceguard-read"]["Properties"]["PolicyDocument"]["Statement"]
    patterns = [
        action for s in statements for action in (s["Action"] if isinstance(s["Action"], list) else [s["Action"]])
    ]
    healthy.examine()
    asked = {_PERMISSIONS.get(asked, asked) for asked in healthy.asked}

    refused = {name for name in asked if not any(like(pattern, name) for pattern in patterns)}
    assert refused - {"sts:GetCallerIdentity"} == set()


def test_every_property_of_the_template_is_compared() -> None:
    """Or is a name by which the resource is found; each resource is of a kind that is known."""
    forgotten = [
        f"{name}.{key}"
        for name, resource in read_template()["Resources"].items()
        for key in resource["Properties"]
        if key not in KINDS[resource["Type"]].read and key not in KINDS[resource["Type"]].names
    ]

    assert forgotten == []


def test_what_the_template_leaves_out_can_be_undone() -> None:
    """CloudFormation reverts only what the template says."""
    resources = read_template()["Resources"].values()
    without = {
        (resource["Type"], key)
        for resource in resources
        for key in KINDS[resource["Type"]].read
        if key not in resource["Properties"]
    }

    assert {(kind, key) for kind, found in KINDS.items() for key in found.undo} == without


def test_nothing_secret_is_shown(healthy: Patient) -> None:
    """Neither credentials nor the encrypted key of the stack's secrets."""
    shown = json.dumps(healthy.examine().as_dict())

    assert "secretsprovider" in shown
    assert [canary for canary in (*CANARIES.values(), ENCRYPTED) if canary in shown] == []


def test_cloudformation_gives_the_template_back_as_it_was() -> None:
    """It turns letters that are not ASCII into question marks: any would be another template for ever."""
    assert TEXT.isascii()


def test_layout_of_the_template_means_nothing(healthy: Patient) -> None:
    """Comments, order and JSON instead of YAML are no other template."""
    body = json.dumps(read_template(), sort_keys=True)
    deploy_text(f"# deployed by hand\n{body}")
    try:
        assert healthy.findings() == {}
    finally:
        deploy_text(TEXT)


@pytest.mark.parametrize(
    ("described", "check", "fix"),
    [
        ({"EnableTerminationProtection": False}, "stack.TerminationProtection", "--enable-termination-protection"),
        ({"StackStatus": "UPDATE_ROLLBACK_FAILED"}, "stack", "describe-stack-events"),
        ({"DriftInformation": {"StackDriftStatus": "DRIFTED"}}, "stack.Drift", "describe-stack-resource-drifts"),
    ],
)
def test_what_cloudformation_says_of_the_stack(
    healthy: Patient, described: dict[str, object], check: str, fix: str
) -> None:
    """Each is one finding with what to do."""
    (row,) = healthy.examine(session=describing(**described)).findings

    assert row.id == check
    assert fix in row.fix
    assert_exist(row.fix)


def test_an_older_template_is_named_and_deployed(healthy: Patient) -> None:
    """What differs, by name; and to bring anything else back, the template is deployed first."""
    older = TEXT.replace("Changes dev, from the branch", "Changes it, from the branch")
    deploy_text(
        older.replace(
            "!If [HoldsDev, preview-dev, !Ref AWS::NoValue]", "!If [HoldsDev, !Ref AWS::NoValue, preview-dev]"
        )
    )
    healthy.client("kms").disable_key_rotation(KeyId=healthy.ref("DevStateKey"))
    try:
        found = healthy.findings()
    finally:
        deploy_text(TEXT)
        healthy.client("kms").enable_key_rotation(KeyId=healthy.ref("DevStateKey"))

    assert list(found) == ["stack.Template", "DevStateKey.EnableKeyRotation"]
    assert found["stack.Template"].found.endswith("Resources.DeployDevRole, Resources.PreviewRole")
    assert {row.fix.partition(" --")[0] for row in found.values()} == {"aws cloudformation deploy"}


def test_a_stack_that_does_not_say_its_keys_ends_it(healthy: Patient) -> None:
    """One finding instead of one for everything that names a key."""
    (row,) = healthy.examine(session=describing(Outputs=[])).findings

    assert row.id == "stack.Outputs"
    assert "BucketKey" in row.found


def test_one_environment_is_looked_at_alone(healthy: Patient) -> None:
    """Its stack file, its roles; the account is the same."""
    ids = {row.subject for row in healthy.examine("dev").rows}

    assert "dev" in ids
    assert "prod" not in ids


def test_the_order_of_a_url_means_nothing(healthy: Patient) -> None:
    """`pulumi` writes what it was given."""
    provider = f"awskms://alias/priceguard/dev/state?awssdk=v2&region={REGION}"
    healthy.write_stack_file("dev", secretsprovider=provider)
    try:
        assert healthy.findings() == {}
    finally:
        healthy.write_stack_file("dev")


def test_a_provider_without_its_key_is_half_of_it(healthy: Patient) -> None:
    """`pulumi stack init` writes both into the stack's file."""
    healthy.write_stack_file("dev", encryptedkey=None)
    try:
        (row,) = healthy.examine().findings
    finally:
        healthy.write_stack_file("dev")

    assert (row.id, row.found) == ("dev.secretsprovider", "no encryptedkey in Pulumi.dev.yaml")
    assert row.fix.startswith("git log -p Pulumi.dev.yaml")


def test_progress_says_what_is_asked(healthy: Patient) -> None:
    """For whoever waits."""
    said: list[str] = []

    examine(["dev"], only=["aws"], session=healthy.session, root=healthy.root, progress=said.append)

    assert "AWS: iam get_role" in said


def test_an_existing_provider_may_serve_others(healthy: Patient) -> None:
    """Then it is not the template's, and must only take our tokens."""
    values = {**healthy.template.parameters, "ExistingOidcProviderArn": PROVIDER}
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
    make_provider(healthy, "sts.amazonaws.com", "others")
    try:
        first = healthy.examine(session=describing(Parameters=given))
        make_provider(healthy, "others")
        (row,) = healthy.examine(session=describing(Parameters=given)).findings
    finally:
        make_provider(healthy, "sts.amazonaws.com")

    assert first.findings == []
    assert row.found == '["others"]'
    assert row.fix.startswith("aws iam add-client-id-to-open-id-connect-provider")
