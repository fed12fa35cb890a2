"""Certificates: aws:acm/..."""

import time
from collections.abc import Mapping
from typing import Any

from local.providers.errors import Refusal, unless_gone
from local.providers.resource import Diff, Kind, Made, Resource, World, compare
from local.providers.rows import Call, Lookup, Read, Row, Service, Update, tagging

ISSUED_WITHIN = 20.0  # seconds; moto takes as long as it is told, whatever the records are
ASK_EVERY = 0.1  # seconds

ACM = Service(
    "acm",
    tagging(
        Call("add_tags_to_certificate", {"CertificateArn": "id", "Tags": "added.tags"}),
        Call("remove_tags_from_certificate", {"CertificateArn": "id", "Tags": "removed.tags[].{Key: @}"}),
    ),
    Lookup(Call("list_tags_for_certificate", {"CertificateArn": "id"}), {"tags": "pairs(Tags, 'Key', 'Value')"}),
)

_VALIDATION_OPTIONS = """Certificate.DomainValidationOptions[].{
    domainName: DomainName, resourceRecordName: ResourceRecord.Name,
    resourceRecordType: ResourceRecord.Type, resourceRecordValue: ResourceRecord.Value
}"""


class CertificateValidation:
    """Nothing at ACM: the wait for a certificate, once every record that it needs has been named."""

    sensitive: frozenset[str] = frozenset()
    _known = frozenset({"certificateArn", "validationRecordFqdns"})

    def check(self, world: World, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Kind's
        """Return the inputs as they are."""
        if unknown := {k for k, v in inputs.items() if v is not None} - self._known:
            raise Refusal("is unknown", min(unknown))
        return dict(inputs)

    def diff(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        """Whatever changes replaces."""
        changed = compare(old, new)
        return Diff(changed, changed)

    def create(self, world: World, name: str, inputs: Mapping[str, Any]) -> Made:  # noqa: ARG002 - Kind's
        """Compare the records with those that ACM asks for, as the provider does, then wait until it has issued."""
        arn = inputs["certificateArn"]
        found = self._certificate(world, arn)
        asked = {option["ResourceRecord"]["Name"].rstrip(".") for option in found["DomainValidationOptions"]}
        given = inputs.get("validationRecordFqdns")
        if given is not None and (missing := asked - {name.rstrip(".") for name in given}):
            raise Refusal(f"lacks {', '.join(sorted(missing))}", "validationRecordFqdns")
        deadline = time.monotonic() + ISSUED_WITHIN
        while found["Status"] != "ISSUED":
            if found["Status"] != "PENDING_VALIDATION" or time.monotonic() > deadline:
                raise Refusal(f"is not issued but {found['Status']}", "certificateArn")
            time.sleep(ASK_EVERY)
            found = self._certificate(world, arn)
        return Made(arn, {**inputs, "id": arn})

    def read(self, world: World, resource: Resource) -> Resource | None:
        """Gone with the certificate, or with its being issued."""
        found = unless_gone(lambda: self._certificate(world, resource.inputs["certificateArn"]))
        return resource if found and found["Status"] == "ISSUED" else None

    def update(self, world: World, old: Resource, inputs: Mapping[str, Any]) -> Made:  # noqa: ARG002 - Kind's
        """Nothing changes in place."""
        if changed := compare(old.inputs, inputs):
            raise Refusal("cannot change in place", min(changed))
        return Made(old.id, old.outputs)

    def delete(self, world: World, resource: Resource) -> None:
        """There is nothing to remove."""

    @staticmethod
    def _certificate(world: World, arn: str) -> dict[str, Any]:
        return world.aws.call("acm", "describe_certificate", {"CertificateArn": arn})["Certificate"]


ROWS: dict[str, Row | Kind] = {
    "aws:acm/certificate:Certificate": Row(
        service=ACM,
        create=Call("request_certificate"),
        id="CertificateArn",
        outputs={"arn": "CertificateArn"},
        defaults={"keyAlgorithm": "RSA_2048"},
        key={"CertificateArn": "id"},
        read=Read(Call("describe_certificate"), {"options": "spelt(Options)"}, "Certificate", filled={"options"}),
        lookups=(
            Lookup(
                Call("describe_certificate", {"CertificateArn": "id"}),
                {"domainValidationOptions": _VALIDATION_OPTIONS, "status": "Certificate.Status"},
            ),
        ),
        updates=(Update((Call("update_certificate_options"),), {"options"}),),
        replaces={
            *("domainName", "subjectAlternativeNames", "validationMethod", "validationOptions"),
            *("keyAlgorithm", "certificateAuthorityArn"),
        },
        delete=(Call("delete_certificate"),),
    ),
    "aws:acm/certificateValidation:CertificateValidation": CertificateValidation(),
}
