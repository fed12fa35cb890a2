"""Prices of what runs: tasks on Fargate and the database."""

from collections.abc import Iterator
from decimal import Decimal

from render.cost_inputs import (
    Charge,
    Charges,
    Context,
    Note,
    Unpriced,
    amount,
    flag,
    key,
    nested,
    refers,
    several,
    times,
    whole,
    word,
)
from render.cost_network import public_addresses
from render.cost_prices import CostError
from render.manifest import ManifestResource

ARCHITECTURES = {"ARM64": "arm", "X86_64": "x86"}
FREE_STORAGE = 20
"""GB of ephemeral storage that come with each task."""
GP3_LARGE = 400
"""GB from which a database's gp3 volume is striped, and brings 12,000 IOPS instead of 3,000."""


def ecs_service(resource: ManifestResource, context: Context) -> Charges:
    """The tasks of a service on Fargate: vCPU, memory, further storage, and public addresses.

    As many as autoscaling keeps at least, or else as the service asks for.
    """
    task = _task_definition(resource, context)
    providers = [strategy.get("capacityProvider") for strategy in several(resource, "capacityProviderStrategies")]
    asked_for = [place for place in (resource.inputs.get("launchType"), *providers) if place]
    platform = nested(task, "runtimePlatform")
    if not {"FARGATE", "FARGATE_SPOT"} & set(asked_for or several(task, "requiresCompatibilities")):
        yield Unpriced("tasks that do not run on Fargate")
        return
    if not platform.get("operatingSystemFamily", "LINUX").startswith("LINUX"):
        yield Unpriced("licences of tasks that run Windows")
    count = _tasks(resource, context)
    spot = "FARGATE_SPOT" in providers
    if spot:
        yield Note(
            f"{resource.name}: Fargate Spot has no fixed price; its tasks are priced as on demand, and cost less"
        )
    yield from _fargate(task, count, platform.get("cpuArchitecture", "X86_64"), spot=spot)
    if flag(resource, "assignPublicIp", nested(resource, "networkConfiguration")):
        yield public_addresses(count, f"public IPv4 of {times(count, 'task')}")


def _fargate(task: ManifestResource, count: int, architecture: str, *, spot: bool) -> Iterator[Charge]:
    if architecture not in ARCHITECTURES:
        raise CostError(f"{key(task)}: no price is known for Fargate on {architecture}")
    short = ARCHITECTURES[architecture]
    words = f"{times(count, 'Fargate task')}, {architecture}{', Spot as on demand' if spot else ''}"
    vcpu, memory = amount(task, "cpu"), amount(task, "memory")
    yield Charge(
        part="vCPU", what=f"vCPU of {words}", item=f"fargate_{short}_vcpu", quantity=vcpu * count, sure=not spot
    )
    yield Charge(
        part="memory",
        what=f"GB memory of {words}",
        item=f"fargate_{short}_memory",
        quantity=memory * count,
        sure=not spot,
    )
    storage = nested(task, "ephemeralStorage").get("sizeInGib", FREE_STORAGE)
    if not isinstance(storage, int):
        raise CostError(f"{key(task)}: ephemeralStorage is {storage!r}, and its price depends on it")
    if storage > FREE_STORAGE:
        yield Charge(
            part="storage",
            what=f"GB of storage over {FREE_STORAGE}, of {words}",
            item="fargate_ephemeral_storage_over_20_gb",
            quantity=Decimal((storage - FREE_STORAGE) * count),
            sure=not spot,
        )


def _task_definition(service: ManifestResource, context: Context) -> ManifestResource:
    reference = service.inputs.get("taskDefinition")
    for task in context.manifest.of_type("aws:ecs/taskDefinition:TaskDefinition"):
        if refers(reference, task):
            return task
    raise CostError(
        f"{key(service)}: its task definition {reference!r} is not one of this stack, so its size is not known"
    )


def _tasks(service: ManifestResource, context: Context) -> int:
    if service.name in context.tasks:
        return context.tasks[service.name]
    for target in context.manifest.of_type("aws:appautoscaling/target:Target"):
        if _scales(target, service, context):
            return whole(target, "minCapacity")
    return whole(service, "desiredCount")


def _scales(target: ManifestResource, service: ManifestResource, context: Context) -> bool:
    """Whether a target is this service's: `service/<cluster>/<service>`, where each may be a name or an output."""
    cluster = service.inputs.get("cluster", "default")
    made_here = [c for c in context.manifest.of_type("aws:ecs/cluster:Cluster") if refers(cluster, c)]
    clusters = {str(cluster).rsplit("/", maxsplit=1)[-1], *_names(made_here)}
    scaled = target.inputs.get("resourceId")
    return any(scaled == f"service/{one}/{name}" for one in clusters for name in _names([service]))


def _names(resources: list[ManifestResource]) -> Iterator[str]:
    for resource in resources:
        yield f"${{{key(resource)}.name}}"
        if "name" in resource.inputs:
            yield resource.inputs["name"]


def rds_instance(resource: ManifestResource, _: Context) -> Charges:
    """A database by class, and its storage; in two zones both are paid twice.

    Performance Insights for seven days and backups up to the size of the storage are free.
    """
    doubled = flag(resource, "multiAz")
    suffix, zones = ("multi_az", "multi-AZ") if doubled else ("single_az", "single-AZ")
    class_, engine = word(resource, "instanceClass"), word(resource, "engine")
    yield Charge(
        part="instance", what=f"{engine} {class_}, {zones}", item=f"rds_{engine}_{class_}_{suffix}", quantity=Decimal(1)
    )
    storage = whole(resource, "allocatedStorage")
    kind = word(resource, "storageType", "io1" if "iops" in resource.inputs else "gp2")
    yield Charge(
        part="storage",
        what=f"GB of {kind} storage, {zones}",
        item=f"rds_storage_{kind}_{suffix}",
        quantity=Decimal(storage),
    )
    included = 12000 if storage >= GP3_LARGE else 3000
    if kind == "gp3" and (more := whole(resource, "iops", included) - included) > 0:
        yield Charge(
            part="IOPS",
            what=f"IOPS over {included}, {zones}",
            item=f"rds_gp3_extra_iops_{suffix}",
            quantity=Decimal(more),
        )
    yield from _rds_options(resource)


def _rds_options(resource: ManifestResource) -> Iterator[Unpriced]:
    if "storageThroughput" in resource.inputs:
        yield Unpriced("throughput of the storage")
    if whole(resource, "performanceInsightsRetentionPeriod", 7) > 7:
        yield Unpriced("Performance Insights for more than 7 days")
    if word(resource, "databaseInsightsMode", "standard") != "standard":
        yield Unpriced("advanced Database Insights")
