"""The certificate of the API's names: requested from ACM, proved by DNS records, waited for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ComponentResource, Output, ResourceOptions

from infra.naming import Naming
from infra.netlify_dns import DnsRecord, DnsRecordArgs

AMAZON = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")
"""What CAA records call ACM's authority; one of them must be allowed to issue."""


class NoValidationRecordError(pulumi.RunError):
    """ACM names no record for one of the names."""


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """What the certificate is made from.

    Args:
        naming: names and tags of the environment.
        domain: the first host name.
        further_names: others that it is for.
        zone: zone at Netlify that gets the records; None where a person enters them.
        take_over: those of the names whose record may be replaced although something else made it.
        wait: whether `arn` is there only once ACM has issued. Without it nothing but the certificate is made, so that
            a person can enter `records`.
    """

    naming: Naming
    domain: str
    further_names: tuple[str, ...]
    zone: str | None
    take_over: tuple[str, ...]
    wait: bool


class Certificate(ComponentResource):
    """priceguard:certificate:Certificate. Makes the certificate, and the records that prove and later renew it.

    ACM renews it for as long as the records are there. Other names make another certificate: it is issued and in use
    before the old one goes, and a name that both have keeps its record, because ACM asks for the same one as long as
    account and name are the same.

    Attributes:
        arn: of the certificate; with `wait` only once it can be used.
        records: what proves the names: a list of objects with `name`, `type` and `value`, each once.
    """

    def __init__(self, name: str, args: CertificateArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:certificate:Certificate", name, None, opts)
        self._args = args
        # A wildcard is proved by the record of the name that it hangs from.
        self._names = tuple(dict.fromkeys(n.removeprefix("*.") for n in (args.domain, *args.further_names)))
        certificate = self._certificate()
        options = certificate.domain_validation_options
        found = {name: options.apply(lambda listed, name=name: record_of(name, listed)) for name in self._names}
        self.records: Output[list[dict[str, str]]] = Output.all(*found.values()).apply(list)
        self.arn: Output[str] = self._validated(certificate, found) if args.wait else certificate.arn
        self.register_outputs({"arn": self.arn})

    def _certificate(self) -> aws.acm.Certificate:
        args = self._args
        # Renaming it makes another certificate, which takes minutes but interrupts nothing.
        return aws.acm.Certificate(
            "api",
            domain_name=args.domain,
            subject_alternative_names=list(args.further_names) or None,
            validation_method="DNS",
            key_algorithm="RSA_2048",
            options=aws.acm.CertificateOptionsArgs(certificate_transparency_logging_preference="ENABLED"),
            tags=args.naming.tags("api"),
            opts=ResourceOptions(parent=self),
        )

    def _validated(self, certificate: aws.acm.Certificate, found: dict[str, Output[dict[str, str]]]) -> Output[str]:
        zone = self._args.zone
        written = [self._record(zone, name, record).hostname for name, record in found.items()] if zone else None
        validation = aws.acm.CertificateValidation(
            "api",
            certificate_arn=certificate.arn,
            validation_record_fqdns=written,
            opts=ResourceOptions(parent=self),
        )
        return validation.certificate_arn

    def _record(self, zone: str, name: str, record: Output[dict[str, str]]) -> DnsRecord:
        # No literal but the host name, because that is what the record belongs to: under a number, taking one name
        # out of the list would make and delete the records of all behind it, while ACM reads them.
        return DnsRecord(
            name,
            DnsRecordArgs(
                zone=zone,
                hostname=record["name"],
                type=record["type"],
                value=record["value"],
                take_over=name in self._args.take_over,
                issuers=AMAZON,
            ),
            ResourceOptions(parent=self),
        )


def record_of(name: str, options: Sequence[Any]) -> dict[str, str]:
    """The record that proves `name`, among ACM's validation options, which come in any order.

    Raises:
        NoValidationRecordError: ACM asks for none.
    """
    for option in options:
        if option.domain_name.removeprefix("*.") == name:
            return {
                "name": option.resource_record_name,
                "type": option.resource_record_type,
                "value": option.resource_record_value,
            }
    raise NoValidationRecordError(f"ACM names no validation record for {name}: run again in a minute")
