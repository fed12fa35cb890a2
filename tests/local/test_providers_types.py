"""Every resource type of the table: made, compared, changed in place, removed, and by the names of pulumi_aws."""

import importlib
from collections.abc import Mapping
from functools import cache
from inspect import get_annotations

import jmespath
import pytest

from infra.netlify_dns import DnsRecord
from local.providers import KINDS, ProviderError, Providers, Resource
from local.providers.aws_resource import AwsResource
from local.providers.dynamic import IMPLEMENTATION
from local.providers.rows import TAGS, Row
from local.providers.stripe import StripeResource
from tests.local.conftest import AskAws
from tests.local.provider_samples import SAMPLES, Sample, resolved

OURS = {"pulumi-python:dynamic/netlify:DnsRecord": DnsRecord}
"""The classes of types that the program implements itself."""
ROWS = {type_: kind.row for type_, kind in KINDS.items() if isinstance(kind, AwsResource)}


def make(providers: Providers, name: str, sample: Sample, made: Mapping[str, Resource]) -> Resource:
    """One sample, checked and created."""
    inputs = providers.check(sample.type, name, resolved(sample.inputs, made), None)
    return providers.create(sample.type, name, inputs)


@pytest.fixture(scope="module")
def stack(providers: Providers) -> dict[str, Resource]:
    """All the samples, made."""
    made: dict[str, Resource] = {}
    for name, sample in SAMPLES.items():
        made[name] = make(providers, name, sample, made)
    return made


@cache
def class_of(type_: str) -> type:
    """The class of a type in the Python SDK."""
    package, module, name = type_.split(":")
    service = module.split("/", maxsplit=1)[0]
    path = f"pulumi_{package.replace('-', '_')}" + ("" if service == "index" else f".{service}")
    return getattr(importlib.import_module(path), name)


@cache
def properties_of(type_: str) -> frozenset[str]:
    """The inputs and outputs of a type by the names that the engine uses."""
    if type_ in OURS:
        return frozenset({*get_annotations(OURS[type_]), IMPLEMENTATION})
    getters = {k: v for k, v in vars(class_of(type_)).items() if isinstance(v, property)}
    return frozenset(getattr(v.fget, "_pulumi_name", k) for k, v in getters.items())


def test_every_type_has_a_sample() -> None:
    """Otherwise the tests below say nothing about it."""
    assert {sample.type for sample in SAMPLES.values()} == set(KINDS)


@pytest.mark.parametrize("type_", ROWS)
def test_a_row_knows_only_properties_that_the_type_has(type_: str) -> None:
    """A misspelt name in the table would otherwise do nothing, in silence."""
    row = ROWS[type_]

    assert names_in(row) - {"namePrefix"} <= properties_of(type_)


def test_stripes_rows_know_only_properties_that_the_type_has() -> None:
    """The same for the rows that go to Stripe."""
    for type_, kind in KINDS.items():
        if isinstance(kind, StripeResource):
            row = kind.row
            named = {*row.names, *row.defaults, *row.late, *row.replaces}
            assert named <= row.properties
            assert row.properties | row.outputs.keys() <= properties_of(type_)


def names_in(row: Row) -> set[str]:
    """Every Pulumi property that a row names."""
    updates = [set(update.properties or ()) for update in row.updates]
    lookups = [set(lookup.outputs) for lookup in row.lookups]
    renamed = {path.split(".", maxsplit=1)[0] for path in row.names}
    named = {row.named.property} if row.named else set[str]()
    return (
        {*row.replaces, *row.recorded, *row.outputs, *row.defaults, *row.sensitive, *row.normal}
        | renamed.union(named, *updates, *lookups)
    ) - {TAGS}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_resource_shows_its_inputs_and_what_aws_added(name: str, stack: dict[str, Resource]) -> None:
    """Outputs go by the names of the type; its ARN is always among them."""
    resource = stack[name]
    outputs = {**resource.outputs}
    shown = {k: v for k, v in resource.inputs.items() if k != "port"}  # the database's port is this machine's

    assert shown.items() <= outputs.items()
    assert outputs.pop("id") == resource.id != ""
    if not resource.type.startswith("pulumi:"):
        assert outputs.keys() <= properties_of(resource.type)
        assert "arn" not in properties_of(resource.type) or outputs["arn"].startswith("arn:aws:")
        assert "ownerId" not in properties_of(resource.type) or outputs["ownerId"] == "000000000000"


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_inputs_are_no_change(name: str, providers: Providers, stack: dict[str, Resource]) -> None:
    """A second run of the same program finds nothing to do: names that were made up stay."""
    sample, resource = SAMPLES[name], stack[name]

    again = providers.check(sample.type, name, resolved(sample.inputs, stack), resource.inputs)

    unchanged = {k: v for k, v in again.items() if k not in sample.change}  # another test may have changed these
    assert not providers.diff(sample.type, {k: resource.inputs.get(k) for k in unchanged}, unchanged).changed


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.change])
def test_a_change_in_place_reaches_aws(
    name: str, providers: Providers, stack: dict[str, Resource], ask_aws: AskAws
) -> None:
    """What is changed is seen at AWS and in the outputs; nothing forces a replacement."""
    sample, old = SAMPLES[name], stack[name]
    inputs = {**old.inputs, **resolved(sample.change, stack)}

    assert providers.diff(sample.type, old.inputs, inputs).replaces == frozenset()
    assert providers.diff(sample.type, old.inputs, inputs).changed == set(sample.change)
    stack[name] = new = providers.update(old, inputs)

    assert {k: new.outputs.get(k) for k in sample.change} == {k: inputs[k] for k in sample.change}
    assert old.outputs.keys() - sample.change.keys() <= new.outputs.keys()
    if sample.type.startswith("aws:"):  # an image's tags are something else
        assert (new.outputs.get("tagsAll") or {}) == (inputs.get("tags") or {})
    if sample.seen:
        service, operation, parameters, expression = sample.seen
        answer = ask_aws(service, operation, **resolved(parameters, stack))
        assert jmespath.search(resolved(expression, stack), answer), answer


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.replaced_by])
def test_what_cannot_change_in_place_forces_a_replacement(
    name: str, providers: Providers, stack: dict[str, Resource]
) -> None:
    """The diff says so, and an update refuses instead of doing something else."""
    sample, old = SAMPLES[name], stack[name]
    inputs = {**old.inputs, **resolved(sample.replaced_by, stack)}

    assert providers.diff(sample.type, old.inputs, inputs).replaces == set(sample.replaced_by)
    with pytest.raises(ProviderError, match="cannot change in place"):
        providers.update(old, inputs)


# What test_providers_read counts before and after: service, question, and what in the answer counts. Some of the
# deleted stays in the lists of AWS for a while.
QUESTIONS = (
    ("ec2", "describe_vpcs", "Vpcs"),
    ("ec2", "describe_internet_gateways", "InternetGateways"),
    ("ec2", "describe_subnets", "Subnets"),
    ("ec2", "describe_route_tables", "RouteTables"),
    ("ec2", "describe_addresses", "Addresses"),
    ("ec2", "describe_nat_gateways", "NatGateways[?State != 'deleted']"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints[?State != 'deleted']"),
    ("ec2", "describe_flow_logs", "FlowLogs"),
    ("ec2", "describe_security_groups", "SecurityGroups"),
    ("acm", "list_certificates", "CertificateSummaryList[?DomainName != 'stand-in.invalid']"),
    ("kms", "list_aliases", "Aliases"),
    ("logs", "describe_log_groups", "logGroups"),
    ("iam", "list_roles", "Roles"),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups"),
    ("rds", "describe_db_parameter_groups", "DBParameterGroups"),
    ("rds", "describe_db_instances", "DBInstances"),
    ("secretsmanager", "list_secrets", "SecretList"),
    ("s3", "list_buckets", "Buckets"),
    ("elbv2", "describe_load_balancers", "LoadBalancers"),
    ("elbv2", "describe_target_groups", "TargetGroups"),
    ("ecr", "describe_repositories", "repositories"),
    ("ecs", "describe_clusters", "clusters[?status == 'ACTIVE']"),
    ("ecs", "list_task_definitions", "taskDefinitionArns[?!ends_with(@, ':2')]"),  # the second has skipDestroy
)


def counts(ask: AskAws) -> list[int]:
    """How many there are at each of the QUESTIONS."""
    return [len(jmespath.search(expression, ask(service, question))) for service, question, expression in QUESTIONS]
