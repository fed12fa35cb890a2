"""The certificate as the program asks for it; what becomes of it is in tests/local/test_certificate.py."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

from infra.certificate import AMAZON, NoValidationRecordError, record_of
from infra.naming import Naming
from render.manifest import Manifest
from render.monitor import run_program
from render.program import NamedUnknowns
from render.registration import Registration

CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
RECORD = "pulumi-python:dynamic/netlify:DnsRecord"
PROGRAM = """
import pulumi
from infra.certificate import Certificate, CertificateArgs
from infra.naming import Naming
made = Certificate("certificate", CertificateArgs(naming=Naming("dev", "platform", "pg"), **{arguments!r}))
pulumi.export("arn", made.arn)
pulumi.export("records", made.records)
"""


def rendered(folder: Path, **changes: Any) -> tuple[list[Registration], dict[str, Any]]:
    """What the component registers, and its attributes."""
    arguments = {
        "domain": "api.a.live",
        "further_names": (),
        "zone": "a.live",
        "take_over": (),
        "wait": True,
        **changes,
    }
    (folder / "__main__.py").write_text(PROGRAM.format(arguments=arguments))
    monitor = run_program("dev", {}, NamedUnknowns("us-east-1"), folder)
    return monitor.registrations, monitor.outputs


def of(type_: str, registrations: list[Registration]) -> list[Registration]:
    """Those of a type."""
    return [registration for registration in registrations if registration.type == type_]


def test_the_certificate_is_proved_by_dns_and_publicly_logged(tmp_path: Path) -> None:
    """Names, key, transparency and tags."""
    found, _ = rendered(tmp_path, further_names=("www.a.live",))
    (certificate,) = of(CERTIFICATE, found)

    assert certificate.inputs.pop("tags").keys() == {"Name", *Naming("dev", "a", "b").shared_tags}
    assert certificate.inputs == {
        "domainName": "api.a.live",
        "subjectAlternativeNames": ["www.a.live"],
        "validationMethod": "DNS",
        "keyAlgorithm": "RSA_2048",
        "options": {"certificateTransparencyLoggingPreference": "ENABLED"},
    }


def test_each_name_has_its_record_and_the_wait_is_for_all_of_them(tmp_path: Path) -> None:
    """Host name and value come from ACM; a CAA record that forbids it is found before the wait."""
    found, outputs = rendered(tmp_path, further_names=("www.a.live", "*.www.a.live"), take_over=("www.a.live",))
    records = {record.name: record.inputs for record in of(RECORD, found)}
    (validation,) = of(VALIDATION, found)

    assert records.keys() == {"api.a.live", "www.a.live"}
    assert {name: inputs["take_over"] for name, inputs in records.items()} == {"api.a.live": False, "www.a.live": True}
    for name, inputs in records.items():
        assert inputs["hostname"] == f"${{{CERTIFICATE}::api.validation.{name}.name}}"
        assert inputs["value"] == f"${{{CERTIFICATE}::api.validation.{name}.value}}"
        assert (inputs["zone"], inputs["type"], inputs["issuers"]) == ("a.live", "CNAME", [*AMAZON])
    assert validation.inputs["validationRecordFqdns"] == [inputs["hostname"] for inputs in records.values()]
    assert outputs["arn"] == validation.inputs["certificateArn"] == f"${{{CERTIFICATE}::api.arn}}"
    assert [record["name"] for record in outputs["records"]] == [inputs["hostname"] for inputs in records.values()]


def test_the_records_provider_is_no_secret_and_no_part_of_a_manifest(tmp_path: Path, stack: Manifest) -> None:
    """A reference to a class: in the state it can be read, in a manifest it says nothing."""
    found, _ = rendered(tmp_path)

    assert isinstance(of(RECORD, found)[0].inputs["__provider"], str)
    for record in stack.of_type(RECORD):
        assert record.inputs.keys() == {"zone", "hostname", "type", "value", "ttl", "take_over", "issuers"}
    assert stack.of_type(RECORD)


def test_without_a_zone_a_person_enters_the_records(tmp_path: Path) -> None:
    """First nothing waits; once they are entered, the wait names none."""
    found, outputs = rendered(tmp_path, zone=None, wait=False)
    assert not of(RECORD, found) + of(VALIDATION, found)
    assert outputs["records"][0].keys() == {"name", "type", "value"}

    found, _ = rendered(tmp_path, zone=None)
    assert not of(RECORD, found)
    assert "validationRecordFqdns" not in of(VALIDATION, found)[0].inputs


def test_a_name_that_acm_forgets_is_named() -> None:
    """Rather than a certificate that is never issued."""
    with pytest.raises(NoValidationRecordError, match=r"ACM names no validation record for api\.a\.live"):
        record_of("api.a.live", [])
    assert issubclass(NoValidationRecordError, pulumi.RunError)
