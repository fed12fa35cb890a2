"""The resources that rules look at, whoever declared them, and how they are related.

A value is known, absent (`None`) or `UNKNOWN`: only a provider will know it, or it is a secret. Rules judge what is
known; `Resource.differs` and `Stack.points` never find fault with what is not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

DEV, PROD = "dev", "prod"
# Other names of the same resource types.
SYNONYMS = (
    (re.compile(r"^aws:(alb|elasticloadbalancingv2|applicationloadbalancing)/"), "aws:lb/"),
    (re.compile(r"^(aws:s3/bucket\w*)V2:(\w+)V2$"), r"\1:\2"),
)
# What other resources know a resource by.
IDENTITIES = ("id", "arn", "name", "bucket", "identifier", "keyId", "url")
# The way in which a program that ran without an engine names what it does not know.
NAMED = re.compile(r"\$\{([^}]+?::[^}]+)\.\w+\}")
MASKED = "[secret]"


class Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        return True


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource.

    Args:
        type: type token.
        name: logical name.
        urn: the engine's URN.
        inputs: what was declared, in camelCase; the engine adds what the provider made of it.
        protect: whether Pulumi refuses to delete it.
        parent: URN of the parent.
        references: property -> URNs of the resources that its value comes from.
    """

    type: str
    name: str
    urn: str
    inputs: Mapping[str, Any]
    protect: bool = False
    parent: str = ""
    references: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def value(self, path: str) -> Any:
        """What stands at a path like `accessLogs.enabled`: a value, `None` or `UNKNOWN`."""
        return value_at(self.inputs, path)

    def differs(self, path: str, allowed: tuple[Any, ...]) -> bool:
        """Whether the value is known and none of `allowed`; `None` among them allows that it is absent."""
        value = self.value(path)
        return is_known(value) and value not in allowed

    def lacks(self, path: str) -> bool:
        """Whether it is certain that nothing is there: absent, empty or false."""
        return not self.value(path)

    def is_known_as(self, value: Any) -> bool:
        """Whether a value is an id, ARN or name of it."""
        return isinstance(value, str) and is_known(value) and value in map(self.inputs.get, IDENTITIES)

    def items(self, path: str) -> list[Any]:
        """The elements of a list, as far as they are known."""
        return [item for item in as_list(self.value(path)) if item is not UNKNOWN]


def value_at(values: Any, path: str) -> Any:
    """What stands at a dotted path of nested mappings; an unknown on the way makes it unknown."""
    for step in path.split("."):
        if isinstance(values, Unknown):
            return UNKNOWN
        values = values.get(step) if isinstance(values, Mapping) else None
    return UNKNOWN if values == MASKED else values


def is_known(value: Any) -> bool:
    """Whether a value is all there; a text that names an unknown inside is not."""
    return value is not UNKNOWN and not (isinstance(value, str) and (value == MASKED or NAMED.search(value)))


def as_list(value: Any) -> list[Any]:
    """A list as it is, nothing as an empty one, anything else as its only element."""
    if value is None:
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def named_in(value: Any) -> Iterator[str]:
    """`type::name` of everything that a value names as unknown."""
    if isinstance(value, str):
        yield from NAMED.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from named_in(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from named_in(item)


def canonical(type_: str) -> str:
    """The type token that rules use, for types that have several."""
    for pattern, replacement in SYNONYMS:
        type_ = pattern.sub(replacement, type_)
    return type_


class Stack:
    """All resources of one environment.

    Args:
        environment: the stack's name.
        resources: every resource of it.
    """

    def __init__(self, environment: str, resources: Iterable[Resource]) -> None:
        self.environment = environment
        self._resources = tuple(resources)
        self._by_type: dict[str, list[Resource]] = {}
        for resource in self._resources:
            self._by_type.setdefault(canonical(resource.type), []).append(resource)

    @property
    def is_prod(self) -> bool:
        """Whether customers depend on it; what is not known to be dev may be."""
        return self.environment != DEV

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources)

    def of_type(self, *types: str) -> list[Resource]:
        """All resources of some types."""
        return [resource for type_ in types for resource in self._by_type.get(type_, [])]

    def targets(self, resource: Resource, path: str, *types: str) -> list[Resource] | None:
        """The resources of some types that a value names; `None` when that cannot be told.

        A known value names by id, ARN or name. For others there are the resources that the property comes from; if
        those are more than the values, some only took part. A known value that neither explains names something outside
        of the stack.
        """
        values = as_list(resource.value(path))
        candidates = self.of_type(*types)
        found = [c for c in candidates if any(c.is_known_as(value) for value in values)]
        unresolved = [value for value in values if not any(c.is_known_as(value) for c in found)]
        sources = resource.references.get(path.split(".", maxsplit=1)[0], frozenset())
        referred = [c for c in candidates if c.urn in sources and c not in found]
        if 0 < len(referred) <= len(unresolved):
            return [*found, *referred]
        return found if all(map(is_known, unresolved)) else None

    def points(self, resource: Resource, path: str, target: Resource) -> bool:
        """Whether a value names `target`, or may: what cannot be told counts as yes."""
        found = self.targets(resource, path, canonical(target.type))
        return found is None or target in found

    def pointing_to(self, target: Resource, path: str, *types: str) -> list[Resource]:
        """The resources of some types that name `target` at `path`, or may."""
        return [resource for resource in self.of_type(*types) if self.points(resource, path, target)]
