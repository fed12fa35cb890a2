"""What a row of the table says about one Pulumi resource type.

A row is data. Its strings are names of boto3 operations, names of AWS's parameters, and expressions
(`local/providers/expressions.py`) over the resource: its `id`, its properties by name, AWS's answer to the creation,
what was `old`, and what an update has `added` to or `removed` from a property that is a list or a map.

A property goes to the parameter of the same name, unless an expression uses it or `names` redirects it. One that the
creation does not take is set by an update right after; one that no operation takes is refused, unless it stands in
`recorded`. So nothing that the program says is dropped in silence.
"""

import json
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from local.providers.expressions import reads
from local.providers.naming import Named

TAGS = "tags"
MANAGED = "Managed by Pulumi"
"""The AWS provider's description of what it is given none for."""


@dataclass(frozen=True)
class Call:
    """One operation of a service.

    Args:
        operation: as boto3 spells it.
        given: parameter -> expression.
        when: expression; the call is left out when it finds nothing or false.
    """

    operation: str
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    when: str = "`true`"

    @property
    def reads(self) -> frozenset[str]:
        """The properties that its expressions use up."""
        return reads(self.when).union(*map(reads, self.given.values()))


@dataclass(frozen=True)
class Update:
    """How properties change in place.

    Args:
        calls: in this order.
        properties: the ones it is for; None: all that no other update is for and that force no replacement.
        each: one call for every property, because AWS takes one at a time.
        whole: all properties are sent, not only the changed ones, because AWS forgets what is left out.
        attributes: key of AWS's `Attributes` (a list of keys and texts) -> expression.
        id: expression over the last answer for the resource's new id, where AWS gives it one.
    """

    calls: tuple[Call, ...]
    properties: AbstractSet[str] | None = None
    each: bool = False
    whole: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    id: str = ""


@dataclass(frozen=True)
class Lookup:
    """What is asked of AWS once the resource is there: output property -> expression over the answer."""

    call: Call
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class Read:
    """What is asked of AWS to find out what has become of a resource since it was made or changed here.

    What AWS cannot change, and what moto does not keep, is not asked for.

    Args:
        call: the question.
        properties: property -> expression over what `found` finds, in the form in which the program says it. Those
            that the program does not give count when they are neither empty nor the row's default.
        found: expression over the answer, and the outputs, for what describes the resource. Nothing means that it is
            gone, and so does a refusal that says so.
        more: further questions for properties.
        filled: properties in which AWS fills what the program leaves out, be it all: only what the program says counts.
        outputs: output property -> expression over what `found` finds, of outputs that change by themselves.
    """

    call: Call
    properties: Mapping[str, str] = field(default_factory=dict[str, str])
    found: str = "@"
    more: tuple[Lookup, ...] = ()
    filled: AbstractSet[str] = frozenset()
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Service:
    """A service by boto3's name, and how it tags; without that, `tags` is a property like any other.

    Args:
        client: boto3's name.
        tags: changes tags.
        tagged: tells them, where what describes a resource does not.
    """

    client: str
    tags: Update | None = None
    tagged: Lookup | None = None


def tagging(put: Call, remove: Call) -> Update:
    """`put` takes the tags that are new or other, `remove` those that are gone; neither is called in vain."""
    return Update(
        (Call(put.operation, put.given, "added.tags"), Call(remove.operation, remove.given, "removed.tags")),
        {TAGS},
    )


def switch(name: str, on: str, off: str) -> Update:
    """A property that AWS has two operations for."""
    return Update((Call(on, when=name), Call(off, when=f"!{name}")), {name})


def document(value: Any) -> Any:
    """Normal form of a JSON text: what it says, not how it is written."""
    try:
        return json.loads(value)
    except (TypeError, json.JSONDecodeError):
        return value


class _Everything(frozenset[str]):
    """Every property but the tags."""

    def __contains__(self, item: object) -> bool:
        return item != TAGS


EVERYTHING = _Everything()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One resource type.

    Args:
        service: whose operations these are.
        create: makes the resource.
        answer: expression over the answer for the object in it that describes the resource.
        id: expression for the Pulumi id.
        arn: end of the ARN, with `{property}` in it, where AWS does not tell it.
        outputs: output property -> expression.
        defaults: outputs that the AWS provider has where the program says nothing.
        names: path of a property -> parameter that is called otherwise (see `parameters.parameters`).
        key: parameter -> expression; what updates and deletion know the resource by.
        then: calls that finish the creation.
        lookups: asked after creation and after an update.
        read: finds out what has become of it; without one it is taken to be as it was made.
        updates: how properties change in place; one that none is for must be in `replaces` or `recorded`.
        replaces: properties that cannot change in place (ForceNew in the Terraform provider that Pulumi's is made of).
        delete: calls that remove the resource; none where there is nothing to remove.
        recorded: properties that are kept and never sent on creation or update: moto lacks them, or they only say
            how to wait or how to delete.
        named: the property that holds the physical name.
        sensitive: properties whose values never appear in an error.
        normal: property -> function to its normal form; a change that leaves that alone is none.
    """

    service: Service
    create: Call
    answer: str = "@"
    id: str
    arn: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    key: Mapping[str, str] = field(default_factory=dict[str, str])
    then: tuple[Call, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    read: Read | None = None
    updates: tuple[Update, ...] = ()
    replaces: AbstractSet[str] = frozenset()
    delete: tuple[Call, ...] = ()
    recorded: AbstractSet[str] = frozenset()
    named: Named | None = None
    sensitive: AbstractSet[str] = frozenset()
    normal: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict[str, Callable[[Any], Any]])
