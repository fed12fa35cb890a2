"""What a box of a diagram says of its resources: the facts that an environment is judged by."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from render.manifest import ManifestResource
from render.registration import MASK

Resources = list[ManifestResource]
Facts = Callable[[Resources], Iterable[str]]
"""Resources of a box -> lines below its title."""


def none(_: Resources) -> Iterable[str]:
    """Nothing but the title."""
    return ()


def of(found: Resources, type_: str) -> Resources:
    """Those of one type, by the end of its token."""
    return [resource for resource in found if resource.type.endswith(type_)]


def value(found: Resources, type_: str, name: str) -> str:
    """An input of the first resource of a type; empty where there is none, or where it is secret or not known yet."""
    values = [text(resource.inputs.get(name)) for resource in of(found, type_)]
    return values[0] if values else ""


def text(given: Any) -> str:
    """A value in words, or nothing if it is no fact yet."""
    shown = "" if given is None else str(given)
    return "" if MASK in shown or "${" in shown else shown


def counted(number: int, noun: str) -> str:
    """`1 price`, `2 prices`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def counts(**nouns: str) -> Facts:
    """How many there are of some types: end of the token -> what one is called."""

    def facts(found: Resources) -> Iterator[str]:
        for type_, noun in nouns.items():
            if number := len(of(found, f":{type_}")):
                yield counted(number, noun)

    return facts


def firewall(found: Resources) -> Iterator[str]:
    """How many rules, and whether they block or only count."""
    rules: list[Any] = [rule for acl in of(found, ":WebAcl") for rule in acl.inputs.get("rules", [])]
    counting = [rule for rule in rules if "count" in {**rule.get("action", {}), **rule.get("overrideAction", {})}]
    if blocking := len(rules) - len(counting):
        yield f"{counted(blocking, 'rule')} to block"
    if counting:
        yield f"{counted(len(counting), 'rule')} to count"


def certificate(found: Resources) -> Iterator[str]:
    """The names it is for."""
    for one in of(found, ":Certificate"):
        yield from (text(one.inputs["domainName"]), *map(text, one.inputs.get("subjectAlternativeNames", [])))


def balancer(found: Resources) -> Iterator[str]:
    """What each listener does, and whether it may be deleted."""
    for listener in of(found, ":Listener"):
        actions = ", ".join(action["type"] for action in listener.inputs["defaultActions"])
        yield f"{text(listener.inputs['protocol'])} {text(listener.inputs['port'])}: {actions}"
    if value(found, ":LoadBalancer", "enableDeletionProtection") == "True":
        yield "refuses deletion"


def tasks(found: Resources) -> Iterator[str]:
    """Between how many, on what capacity, how large."""
    for target in of(found, ":Target"):
        yield f"{text(target.inputs['minCapacity'])}-{text(target.inputs['maxCapacity'])} tasks"
    for service in of(found, ":Service"):
        providers = [strategy["capacityProvider"] for strategy in service.inputs.get("capacityProviderStrategies", [])]
        yield "Fargate Spot" if "FARGATE_SPOT" in providers else "Fargate"
        if service.inputs["networkConfiguration"].get("assignPublicIp"):
            yield "a public address each"
    for task in of(found, ":TaskDefinition"):
        architecture = text(task.inputs.get("runtimePlatform", {}).get("cpuArchitecture"))
        yield f"{int(task.inputs['cpu']) / 1024:g} vCPU, {int(task.inputs['memory']) / 1024:g} GB, {architecture}"


def database(found: Resources) -> Iterator[str]:
    """Class, storage, standby, backups."""
    for instance in of(found, "rds/instance:Instance"):
        inputs = instance.inputs
        yield f"{text(inputs['engine'])} {text(inputs['engineVersion'])}"
        yield f"{text(inputs['instanceClass'])}, {text(inputs['allocatedStorage'])} GB"
        yield "multi-AZ" if inputs.get("multiAz") else "single AZ"
        yield f"{text(inputs['backupRetentionPeriod'])} days of backups"


def secrets(found: Resources) -> Iterator[str]:
    """Their names, without the environment."""
    yield from (text(secret.inputs["name"]).rsplit("/", maxsplit=1)[-1] for secret in of(found, ":Secret"))


def images(found: Resources) -> Iterator[str]:
    """Whether a tag may move, and whether the program builds one."""
    yield f"{value(found, ':Repository', 'imageTagMutability').lower()} tags"
    if of(found, "docker-build:index:Image"):
        yield "built from the checkout"


def logs(found: Resources) -> Iterator[str]:
    """Which groups, kept how long, and how much is counted in them."""
    yield ", ".join(sorted(group.name for group in of(found, ":LogGroup")))
    yield " or ".join(sorted({f"{text(group.inputs['retentionInDays'])} days" for group in of(found, ":LogGroup")}))
    yield from counts(LogMetricFilter="metric")(found)


def topic(found: Resources) -> Iterator[str]:
    """How people are told."""
    yield from sorted({text(one.inputs["protocol"]) for one in of(found, ":TopicSubscription")})


def budget(found: Resources) -> Iterator[str]:
    """The limit."""
    limit, unit = (value(found, ":Budget", name) for name in ("limitAmount", "limitUnit"))
    yield f"{limit} {unit} a month"


def types(found: Resources) -> Iterator[str]:
    """The ends of their tokens."""
    yield from sorted({resource.type.rsplit(":", maxsplit=1)[-1] for resource in found})
