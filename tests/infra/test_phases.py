"""The first days of an environment: names entered by hand, a certificate that exists, no image yet."""

import json

import pytest

from render import program
from render.configuration import read_configuration
from render.manifest import Manifest
from render.monitor import run_program
from render.program import run
from tests.manifests import rendered

CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
RECORD = "pulumi-python:dynamic/netlify:DnsRecord"
EXISTING = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000001"
NAMED = "a.dev.priceguardbackend.live"
NEEDS_AN_IMAGE = {
    "aws:appautoscaling/policy:Policy",
    "aws:appautoscaling/target:Target",
    "aws:ecs/cluster:Cluster",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    "aws:ecs/service:Service",
    "aws:ecs/taskDefinition:TaskDefinition",
    "docker-build:index:Image",
}


def with_settings(stack: str = "dev", **settings: object) -> Manifest:
    """The stack with some keys of its configuration set otherwise."""
    text = {key: value if isinstance(value, str) else json.dumps(value) for key, value in settings.items()}
    return run(stack, {f"priceguard:{key}": value for key, value in text.items()})


def made(manifest: Manifest) -> set[str]:
    """Types of what a provider makes."""
    return {r.type for r in manifest.resources if r.custom and not r.type.startswith("pulumi:")}


def test_manual_dns_begins_with_the_certificate_and_tells_its_records() -> None:
    """Nothing else can be made before a person has entered them."""
    first = with_settings(dns={"provider": "manual"}, certificateNames=[NAMED])

    assert made(first) == {CERTIFICATE}
    assert first.outputs.keys() == {"dnsRecords"}
    assert [record["type"] for record in first.outputs["dnsRecords"]] == ["CNAME", "CNAME"]


def test_manual_dns_goes_on_once_the_records_are_entered(dev: Manifest) -> None:
    """The same resources as ever, but for those that Netlify would hold; the API's own record is told as well."""
    second = with_settings(dns={"provider": "manual", "entered": True})

    assert made(second) == made(dev) - {RECORD}
    assert second.outputs["dnsRecords"][-1] == {
        "name": "api.dev.priceguardbackend.live",
        "type": "CNAME",
        "value": "${aws:lb/loadBalancer:LoadBalancer::api.dnsName}",
    }


def test_the_second_phase_keeps_the_certificate_of_the_first() -> None:
    """A person entered records for that one."""
    first = with_settings(dns={"provider": "manual"}).one(CERTIFICATE)
    second = with_settings(dns={"provider": "manual", "entered": True}).one(CERTIFICATE)

    assert first == second


def test_an_existing_certificate_takes_the_place_of_one_that_is_made(dev: Manifest) -> None:
    """The listener has it, its expiry is watched, and only the API's own record is written."""
    manifest = with_settings(certificateArn=EXISTING)

    assert made(manifest) == made(dev) - {CERTIFICATE, VALIDATION}
    assert [r.name for r in manifest.of_type(RECORD)] == ["api"]
    assert EXISTING in {r.inputs.get("certificateArn") for r in manifest.of_type("aws:lb/listener:Listener")}
    assert EXISTING in json.dumps([r.inputs for r in manifest.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")])


def test_further_names_are_proved_by_records_of_their_own() -> None:
    """Each of them, under its own name."""
    manifest = with_settings(certificateNames=[NAMED])

    assert manifest.one(CERTIFICATE).inputs["subjectAlternativeNames"] == [NAMED]
    assert {r.name for r in manifest.of_type(RECORD)} == {"api", "api.dev.priceguardbackend.live", NAMED}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_without_an_image_there_is_everything_but_the_service(stack: str) -> None:
    """So that the repository can be pushed to and the Stripe key put, before the first task needs both."""
    whole, first = rendered(stack), with_settings(stack, image="none")

    assert made(whole) - made(first) == NEEDS_AN_IMAGE - ({"docker-build:index:Image"} if stack == "prod" else set())
    assert made(first) <= made(whole)
    assert first.outputs["image"] == "none"
    assert not {"service", "cluster", "taskDefinition"} & first.outputs.keys()


def test_without_an_image_nobody_must_have_put_the_stripe_key() -> None:
    """Its secret is made, and its versions are not asked for."""

    class NoVersions(program.NamedUnknowns):
        def call(self, token: str, args: dict[str, object]) -> dict[str, object]:
            assert "getSecretVersions" not in token
            return super().call(token, args)

    config = read_configuration("dev") | {"priceguard:image": "none"}

    monitor = run_program("dev", config, NoVersions("us-east-1"))

    assert "stripe-secret-key" in {r.name for r in monitor.registrations}


def test_a_name_is_taken_over_only_where_the_settings_say_so() -> None:
    """Somebody else's record is replaced in a cutover, and never by accident."""
    domain = "api.dev.priceguardbackend.live"
    dns = {"provider": "netlify", "zone": "priceguardbackend.live", "takeOver": [domain]}

    assert not with_settings().one(RECORD, "api").inputs["take_over"]
    assert with_settings(dns=dns).one(RECORD, "api").inputs["take_over"]
