"""Samples of certificates, and of the records that prove them."""

import base64

import dill

from infra.netlify_dns import DnsRecordProvider
from tests.local.provider_samples.sample import Sample

IMPLEMENTATION = base64.b64encode(dill.dumps(DnsRecordProvider())).decode()

SAMPLES = {
    "certificate": Sample(
        "aws:acm/certificate:Certificate",
        {
            "domainName": "api.sample.example",
            "subjectAlternativeNames": ["www.sample.example"],
            "validationMethod": "DNS",
            "keyAlgorithm": "RSA_2048",
            "options": {"certificateTransparencyLoggingPreference": "ENABLED"},
            "tags": {"Name": "a", "Old": "1"},
        },
        {"tags": {"Name": "b"}},
        (
            "acm",
            "list_tags_for_certificate",
            {"CertificateArn": "@certificate.arn"},
            "Tags == [{Key: 'Name', Value: 'b'}]",
        ),
        {"subjectAlternativeNames": ["shop.sample.example"]},
    ),
    "dns_record": Sample(
        "pulumi-python:dynamic/netlify:DnsRecord",
        {
            "zone": "sample.example",
            "hostname": "api.sample.example",
            "type": "CNAME",
            "value": "balancer.example",
            "ttl": 3600,
            "take_over": False,
            "issuers": ["amazon.com"],
            "__provider": IMPLEMENTATION,
        },
        replaced_by={"value": "other.example"},
    ),
    "certificate_validation": Sample(
        "aws:acm/certificateValidation:CertificateValidation",
        {"certificateArn": "@certificate.arn"},
        replaced_by={"validationRecordFqdns": ["_a.api.sample.example"]},
    ),
}
