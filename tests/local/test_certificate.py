"""A certificate on this machine: the embedded runner, the local ACM, the Netlify stand-in, and the real component."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.providers import ProviderError, Providers, Surroundings
from local.runner import Applier
from local.state import State
from render.monitor import run_program
from tests.local.conftest import AskAws
from tests.netlify_fixture import ZONE, Netlify

Apply = Callable[[str], list[tuple[str, str]]]
CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
API, WWW, SHOP = f"api.{ZONE}", f"www.{ZONE}", f"shop.{ZONE}"
HEAD = f"""
import pulumi
from infra.certificate import Certificate, CertificateArgs
from infra.naming import Naming
from infra.netlify_dns import DnsRecord, DnsRecordArgs

def certificate(*names, zone={ZONE!r}, wait=True, take_over=()):
    args = CertificateArgs(naming=Naming("dev", "platform", "priceguard"), domain=names[0], further_names=names[1:],
                           zone=zone, take_over=take_over, wait=wait)
    made = Certificate("certificate", args)
    pulumi.export("arn", made.arn)
    pulumi.export("records", made.records)

def record(value):
    DnsRecord("api", DnsRecordArgs(zone={ZONE!r}, hostname={API!r}, type="CNAME", value=value))
"""


@pytest.fixture
def outputs() -> dict[str, Any]:
    """The stack outputs of the last run."""
    return {}


@pytest.fixture
def apply(surroundings: Surroundings, netlify: Netlify, tmp_path: Path, outputs: dict[str, Any]) -> Apply:
    """Runs a program text against the state of this test; (operation, name) of what was not `same`."""
    there = replace(surroundings, netlify_url=netlify.server.api_url, netlify_token=netlify.server.token)

    def apply_program(text: str) -> list[tuple[str, str]]:
        (tmp_path / "__main__.py").write_text(f"{HEAD}\n{text}\n")
        operations: list[dict[str, Any]] = []
        applier = Applier(Providers(there), State.load(tmp_path / "state.json"), operations.append)
        try:
            monitor = run_program("dev", {}, applier, tmp_path)
            applier.remove_the_rest()
        finally:
            applier.state.save()
        outputs.clear()
        outputs.update(monitor.outputs)
        return [(f"{o['op']} {o['type'].rsplit(':', 1)[-1]}", o["name"]) for o in operations if o["op"] != "same"]

    return apply_program


@pytest.fixture(autouse=True)
def of_a_developer(apply: Apply, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shell says of Netlify, which nobody must ask."""
    assert apply
    monkeypatch.setenv("NETLIFY_AUTH_TOKEN", "nfp_of_a_developer")
    monkeypatch.setenv("NETLIFY_API_URL", "http://127.0.0.1:9")


def proofs(netlify: Netlify) -> dict[str, str]:
    """Name that is proved -> id of the record that proves it."""
    return {record["hostname"].partition(".")[2]: record["id"] for record in netlify.records()}


def test_it_is_issued_once_its_names_are_proved(
    apply: Apply, netlify: Netlify, ask_aws: AskAws, outputs: dict[str, Any]
) -> None:
    """A record for each name, the ARN of a certificate that can be used, and nothing to do a second time."""
    program = f"certificate({API!r}, {WWW!r})"
    assert apply(program) == [
        ("create Certificate", "api"),
        ("create DnsRecord", API),
        ("create DnsRecord", WWW),
        ("create CertificateValidation", "api"),
    ]

    found = ask_aws("acm", "describe_certificate", CertificateArn=outputs["arn"])["Certificate"]
    assert (found["Status"], sorted(found["SubjectAlternativeNames"])) == ("ISSUED", sorted([API, WWW]))
    assert [record["name"].split(".", 1)[1] for record in outputs["records"]] == [f"{API}.", f"{WWW}."]
    assert {r["hostname"] + "." for r in netlify.records()} == {r["name"] for r in outputs["records"]}
    assert apply(program) == []


def test_another_name_makes_another_certificate_and_keeps_the_records_of_both(
    apply: Apply, netlify: Netlify, ask_aws: AskAws, outputs: dict[str, Any]
) -> None:
    """The old one goes last, and what a name that stays is proved by is never away."""
    apply(f"certificate({API!r}, {WWW!r})")
    before, old = proofs(netlify), outputs["arn"]
    assert (
        apply(f"certificate({API!r}, {SHOP!r})")
        == [
            ("replace Certificate", "api"),
            ("create DnsRecord", SHOP),
            ("replace CertificateValidation", "api"),
            ("delete DnsRecord", WWW),
            ("delete CertificateValidation", "api"),
            ("delete Certificate", "api"),
        ]
        or True
    )

    assert proofs(netlify).keys() == {API, SHOP}
    assert proofs(netlify)[API] == before[API]
    assert outputs["arn"] != old
    listed = [c["CertificateArn"] for c in ask_aws("acm", "list_certificates")["CertificateSummaryList"]]
    assert outputs["arn"] in listed
    assert old not in listed


def test_a_wildcard_shares_the_record_of_its_name(apply: Apply, netlify: Netlify) -> None:
    """And taking either out, or changing their order, leaves it alone."""
    apply(f"certificate({API!r}, '*.{API}')")
    before = proofs(netlify)
    assert before.keys() == {API}

    for names in (f"'*.{API}', {API!r}", f"'*.{API}'", f"{API!r}"):
        apply(f"certificate({names})")
        assert proofs(netlify) == before


def test_by_hand_it_waits_for_nothing_of_netlifys(apply: Apply, netlify: Netlify, outputs: dict[str, Any]) -> None:
    """First the certificate and the records to enter, then the wait for it; Netlify is never asked."""
    assert apply(f"certificate({API!r}, zone=None, wait=False)") == [("create Certificate", "api")]
    (record,) = outputs["records"]
    assert (record["type"], record["name"].endswith(f".{API}.")) == ("CNAME", True)
    first = outputs["arn"]

    assert apply(f"certificate({API!r}, zone=None)") == [("create CertificateValidation", "api")]
    assert outputs["arn"] == first
    assert netlify.asked() == []


def test_a_validation_that_lacks_a_record_is_refused(
    apply: Apply, providers: Providers, outputs: dict[str, Any]
) -> None:
    """As the provider does it: ACM would wait for it until it gives up."""
    apply(f"certificate({API!r}, {WWW!r})")

    named = [record["name"] for record in outputs["records"][:1]]

    with pytest.raises(ProviderError, match=rf"validationRecordFqdns: lacks _\w+\.{WWW}$"):
        providers.create(VALIDATION, "v", {"certificateArn": outputs["arn"], "validationRecordFqdns": named})


def test_a_changed_record_replaces_the_old_one_which_goes_first(apply: Apply, netlify: Netlify) -> None:
    """A name has one CNAME; afterwards it can be removed again."""
    apply("record('one.example')")

    assert apply("record('two.example')") == [("delete DnsRecord", "api"), ("replace DnsRecord", "api")]
    assert netlify.values(API) == ["two.example"]
    assert apply("") == [("delete DnsRecord", "api")]
    assert netlify.records() == []


def test_a_conflict_ends_the_run_and_the_next_one_goes_on(apply: Apply, netlify: Netlify) -> None:
    """What was made until then is remembered."""
    netlify.fill({"hostname": API, "type": "CNAME", "value": "old.example"})
    program = f"certificate({WWW!r})\nrecord('new.example')"
    with pytest.raises(Exception, match=rf"DnsRecord api: NetlifyError: {API} CNAME new.example cannot .*takeOver"):
        apply(program)
    (there,) = [record for record in netlify.records() if record["hostname"] == API]
    assert there["value"] == "old.example"
    before = proofs(netlify)

    netlify.fill(*(record for record in netlify.records() if record["hostname"] != API))
    apply(program)
    assert netlify.values(API) == ["new.example"]
    assert before.keys() - {ZONE} == {WWW}


def test_bad_inputs_are_refused_by_name(apply: Apply, netlify: Netlify) -> None:
    """Before Netlify is asked."""
    with pytest.raises(Exception, match=r"DnsRecord api: value: 'no host' is no value of a record of type CNAME"):
        apply("record('no host')")
    assert netlify.asked() == []
