"""What has become of a resource behind the program's back: nothing, something else, or that it is gone."""

from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pytest
import stripe

from local.loopback import direct_session
from local.moto import MotoServer
from local.netlify_server import NetlifyServer
from local.postgres import PostgresServer
from local.providers import KINDS, ProviderError, Providers, Resource, Surroundings
from local.providers.aws import Aws
from local.providers.aws_resource import AwsResource
from local.providers.docker_build import manifest_of
from local.providers.rows import TAGS
from local.providers.stripe import StripeResource
from local.stripe_server import StripeServer
from tests.local.conftest import AskAws, asker
from tests.local.provider_samples import SAMPLES, drift_of_means, drift_of_service, resolved
from tests.local.provider_samples.sample import Drift
from tests.local.test_providers_types import counts, make, properties_of

DRIFT = drift_of_means.DRIFT + drift_of_service.DRIFT
MOVED = {"service": "desiredCount"}
"""Properties of samples that AWS moves by itself: autoscaling does."""
UNREAD = {
    "pulumi:providers:aws": "it is nothing but its configuration",
    "pulumi:providers:stripe": "likewise",
    "random:index/randomPassword:RandomPassword": "it is nowhere but in the state",
}
STAYING = {
    "aws": UNREAD["pulumi:providers:aws"],
    "stripe": UNREAD["pulumi:providers:stripe"],
    "password": UNREAD["random:index/randomPassword:RandomPassword"],
    "other_task": "skipDestroy",
    "price": "Stripe deletes no price",
    "product": "nor a product that has one",
}
"""Samples that outlive their removal, and why."""
PARTS = {
    "capacity": "an empty list of the cluster",
    "certificate_validation": "the certificate's being issued",
    "default_group": "made and removed with the VPC",
    "exclusive": "the rules of the group",
    "topic_policy": "a topic has one",
    "version": "an old version stays readable",
    "versioned_bucket": "suspended, because AWS cannot forget versions",
}
"""Samples that go with another one only, and what they are."""


@dataclass(frozen=True)
class Bench:
    """All the samples, made on servers of their own.

    Args:
        surroundings: these servers.
        providers: the providers on them.
        aws: asks AWS apart from the providers.
        ask: likewise, for `counts`.
        before: how much there was at AWS before anything was made.
        asked: Stripe, likewise.
        made: name of a sample -> its resource.
    """

    surroundings: Surroundings
    providers: Providers
    aws: Aws
    ask: AskAws
    before: list[int]
    asked: Any
    made: dict[str, Resource]

    def changed_elsewhere(self, drift: Drift) -> None:
        """Do what the drift says."""
        parameters = resolved(drift.parameters, self.made)
        if drift.service.startswith("stripe."):
            service = getattr(self.asked, drift.service.removeprefix("stripe."))
            getattr(service, drift.operation)(self.made[drift.sample].id, params=parameters)
        else:
            self.aws.call(drift.service, drift.operation, parameters)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Generator[Bench]:
    """One for all tests; they leave it as they found it, but for the last one."""
    folder = tmp_path_factory.mktemp("read")
    with ExitStack() as stack:
        moto = stack.enter_context(MotoServer(folder / "moto.log"))
        at_stripe = stack.enter_context(StripeServer(folder / "stripe.log", folder / "data" / "objects.db"))
        netlify = stack.enter_context(NetlifyServer(folder / "netlify.log"))
        netlify.have_zone("sample.example")
        here = Surroundings(
            aws_endpoint=moto.endpoint,
            region="us-east-1",
            database_admin_dsn=postgres_server.admin_dsn,
            database_address=(postgres_server.host, postgres_server.port),
            stripe_url=at_stripe.endpoint,
            netlify_url=netlify.api_url,
            netlify_token=netlify.token,
            image_manifest=manifest_of("a sample"),
        )
        ask = asker(moto)
        before = counts(ask)
        providers, made = Providers(here), dict[str, Resource]()
        for name, sample in SAMPLES.items():
            made[name] = make(providers, name, sample, made)
        transport = stripe.RequestsClient(session=direct_session())
        client = stripe.StripeClient("sk_test_asked", base_addresses={"api": at_stripe.endpoint}, http_client=transport)
        yield Bench(here, providers, Aws(moto.endpoint, here.region), ask, before, client.v1, made)


@pytest.fixture(scope="module")
def nobody(bench: Bench) -> Providers:
    """Providers for which nobody answers."""
    nowhere = "http://127.0.0.1:9"
    return Providers(replace(bench.surroundings, aws_endpoint=nowhere, stripe_url=nowhere, netlify_token="wrong"))


def differences(old: dict[str, Any], new: dict[str, Any], name: str) -> dict[str, Any]:
    """The properties of a sample that are others now, and what they are, but for those that AWS moves."""
    names = {*old, *new} - {MOVED.get(name)}
    return {k: new.get(k) for k in names if old.get(k) != new.get(k)}


def touched(bench: Bench, name: str, resource: Resource) -> Any:
    """What reading finds other than it was made; None when it is gone."""
    found = bench.providers.read(resource)
    if found is None:
        return None
    same = (found.type, found.name, found.id) == (resource.type, resource.name, resource.id)
    inputs, outputs = (
        differences(resource.inputs, found.inputs, name),
        differences(resource.outputs, found.outputs, name),
    )
    return (inputs, outputs) if inputs or outputs or not same else {}


@pytest.mark.parametrize("name", SAMPLES)
def test_what_nobody_has_touched_is_as_it_was(name: str, bench: Bench) -> None:
    """Inputs, outputs and id."""
    assert touched(bench, name, bench.made[name]) == {}


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [*value, {"one": "more"} if isinstance(value[0], dict) else "another"]
    if isinstance(value, dict):
        return {**value, "other": "value"}
    return '{"other": 1}' if str(value).startswith("{") else value * 2


@pytest.mark.parametrize("name", [n for n, s in SAMPLES.items() if getattr(KINDS[s.type], "row", None)])
def test_every_property_that_is_read_is_told_as_it_is(name: str, bench: Bench) -> None:
    """Whatever the program believed before: nothing is merely taken over from there."""
    resource = bench.made[name]
    names = read_properties(resource.type) - {"certificateArn", MOVED.get(name)}  # a certificate that AWS lacks is any
    for told in sorted(names & {k for k, v in resource.inputs.items() if v not in (None, [])}):
        believed = {**resource.inputs, told: other(resource.inputs[told])}

        found = bench.providers.read(replace(resource, inputs=believed))

        assert found is not None
        assert found.inputs[told] != believed[told]
        diff = bench.providers.diff(resource.type, resource.inputs, found.inputs)
        assert diff.changed - {MOVED.get(name)} == frozenset(), told


def read_properties(type_: str) -> set[str]:
    """The properties that a row reads."""
    kind = KINDS[type_]
    if isinstance(kind, StripeResource):
        return {*kind.row.reads}
    assert isinstance(kind, AwsResource)
    read, tagged = kind.row.read, kind.row.service.tagged
    lookups = (*(read.more if read else ()), *([tagged] if tagged else ()))
    return {*(read.properties if read else ())}.union(*(lookup.outputs for lookup in lookups))


@pytest.mark.parametrize("type_", [type_ for type_, kind in KINDS.items() if getattr(kind, "row", None)])
def test_a_row_reads_what_the_type_has(type_: str) -> None:
    """Every row reads, at least whether the resource is there, and tags if it has them; never what is only recorded."""
    kind = KINDS[type_]

    assert read_properties(type_) <= properties_of(type_)
    if isinstance(kind, AwsResource):
        assert kind.row.read is not None
        assert (TAGS in read_properties(type_)) == (kind.row.service.tags is not None)
        assert not read_properties(type_) & kind.row.recorded


@pytest.mark.parametrize("drift", DRIFT, ids=[f"{drift.sample} {drift.operation}" for drift in DRIFT])
def test_what_is_changed_elsewhere_is_found_and_put_back(drift: Drift, bench: Bench) -> None:
    """Exactly that, in inputs and outputs; an update to what the program says brings it back."""
    made = bench.made[drift.sample]
    bench.changed_elsewhere(drift)

    found = bench.providers.read(made)
    assert found is not None
    changed = resolved(drift.changed, bench.made)
    assert differences(made.inputs, found.inputs, drift.sample) == changed
    assert {k: found.outputs.get(k) for k in changed} == changed
    assert bench.providers.read(found) == found

    bench.made[drift.sample] = back = bench.providers.update(found, made.inputs)
    assert touched(bench, drift.sample, back) == {}
    assert differences(made.outputs, back.outputs, drift.sample).keys() <= {"lockToken", "status"}


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.type not in UNREAD])
def test_who_does_not_answer_has_not_lost_anything(name: str, bench: Bench, nobody: Providers) -> None:
    """An error, because what is said to be gone would be made anew."""
    with pytest.raises(ProviderError):
        nobody.read(bench.made[name])


def test_what_is_changed_here_is_as_it_was_changed(bench: Bench) -> None:
    """And what is removed is gone: at once, or with what it is a part of. It comes last: it leaves nothing.

    What AWS keeps for itself stays.
    """
    made = counts(bench.ask)
    assert all(now >= then for now, then in zip(made, bench.before, strict=True))
    assert made != bench.before
    for name, sample in SAMPLES.items():
        old = bench.made[name]
        bench.made[name] = bench.providers.update(old, {**old.inputs, **resolved(sample.change, bench.made)})
    assert {name: there for name, r in bench.made.items() if (there := touched(bench, name, r)) != {}} == {}

    left: set[str] = set()
    for name, resource in reversed(bench.made.items()):
        bench.providers.delete(resource)
        left |= {name} if bench.providers.read(resource) else set()
    assert left == STAYING.keys() | PARTS.keys()
    assert {name for name, resource in bench.made.items() if bench.providers.read(resource)} == STAYING.keys()
    assert counts(bench.ask) == bench.before
