"""Carries a row out: boto3 calls on AWS in the order in which the row says them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from local.providers.comparison import seen_again, views
from local.providers.errors import Refusal, unless_gone
from local.providers.expressions import evaluate, reads
from local.providers.parameters import accepts, parameters
from local.providers.resource import Diff, Made, Resource, World, compare
from local.providers.rows import TAGS, Call, Row, Update


class AwsResource:
    """A resource type that its row describes; a type that behaves derives from this."""

    def __init__(self, row: Row) -> None:
        self.row = row
        tags = row.service.tags
        self._updates = (*row.updates, *([tags] if tags else []))

    @property
    def sensitive(self) -> frozenset[str]:
        """As in Kind."""
        return frozenset(self.row.sensitive)

    def check(self, world: World, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
        """As in Kind."""
        self._refuse_unknown(world, inputs)
        return self.row.named.check(name, inputs, old) if self.row.named else dict(inputs)

    def diff(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        """As in Kind."""
        changed = compare(self._normal(old), self._normal(new))
        return Diff(changed, frozenset(name for name in changed if name in self.row.replaces))

    def create(self, world: World, name: str, inputs: Mapping[str, Any]) -> Made:  # noqa: ARG002 - some kinds use it
        """As in Kind."""
        row = self.row
        self._refuse_unknown(world, inputs)  # before anything is made
        properties = {k: v for k, v in inputs.items() if v is not None}
        properties = row.named.named(properties) if row.named else properties
        sent = self.sent(world, properties)
        first, later = self._split(world, sent)
        answer = evaluate(row.answer, self._call(world, row.create, sent, first)) or {}
        found = {**answer, **sent, "account": world.aws.account}
        found["id"] = resource_id = str(evaluate(row.id, found))
        found |= self._computed(world, found)
        for call in row.then:
            self._call(world, call, found, {})
        self._apply(world, later, {**found, **views({}, properties)}, sent)
        outputs = {**row.defaults, **inputs, **properties, **self._computed(world, found), "id": resource_id}
        return Made(resource_id, self._observed(world, outputs))

    def read(self, world: World, resource: Resource) -> Resource | None:
        """As in Kind."""
        row = self.row
        if row.read is None:
            return resource
        answer = self._asked(world, row.read.call, resource.outputs)
        found = evaluate(row.read.found, {**resource.outputs, **answer}) if answer else None
        if not found:
            return None
        seen = {name: evaluate(expression, found) for name, expression in row.read.properties.items()}
        for lookup in (*row.read.more, *([row.service.tagged] if row.service.tagged else [])):
            answer = self._asked(world, lookup.call, resource.outputs)
            seen |= {name: evaluate(expression, answer) for name, expression in lookup.outputs.items()}
        now = seen_again(resource, seen, row.defaults, row.normal, row.read.filled)
        told = {name: evaluate(expression, found) for name, expression in row.read.outputs.items()}
        return replace(now, outputs=_with_all_tags(now.outputs | told))

    def update(self, world: World, old: Resource, inputs: Mapping[str, Any]) -> Made:
        """As in Kind."""
        row, diff = self.row, self.diff(old.inputs, inputs)
        if diff.replaces:
            raise Refusal("cannot change in place", min(diff.replaces))
        properties = {k: v for k, v in inputs.items() if v is not None}
        properties = row.named.named(properties, old.outputs) if row.named else properties
        computed = {k: v for k, v in old.outputs.items() if k not in old.inputs}
        outputs = {**row.defaults, **computed, **inputs, **properties}
        sent = self.sent(world, properties)
        context = {**outputs, **sent, **views(old.inputs, inputs), "old": old.outputs}
        outputs["id"] = self._apply(world, diff.changed - row.recorded, context, sent) or old.id
        return Made(outputs["id"], self._observed(world, outputs))

    def delete(self, world: World, resource: Resource) -> None:
        """As in Kind."""
        for call in self.row.delete:
            self._call(world, call, resource.outputs, {})

    def sent(self, world: World, properties: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - for derived classes
        """Return what AWS is told instead of `properties`."""
        return properties

    def observed(self, world: World, outputs: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the same
        """Return outputs that are found out after each change, beside the row's lookups."""
        return {}

    def _normal(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        forms = self.row.normal
        return {k: forms[k](v) if k in forms else v for k, v in inputs.items()}

    def _refuse_unknown(self, world: World, inputs: Mapping[str, Any]) -> None:
        """A property that neither the creation nor an update takes would be dropped in silence."""
        rest = {k for k, v in inputs.items() if v is not None} - self.row.recorded
        if self.row.named:
            rest.discard(f"{self.row.named.property}Prefix")
        known = self._taken(world, self.row.create, rest).union(
            *(self._settable(world, u, rest) for u in self._updates)
        )
        if unknown := rest - known:
            operations = {call.operation: None for u in self._updates for call in u.calls if u.properties is None}
            takers = " or ".join((self.row.create.operation, *operations))
            raise Refusal(f"is no parameter of {takers}", min(unknown))

    def _taken(self, world: World, call: Call, names: Iterable[str]) -> set[str]:
        """Those of `names` that an operation takes: in its expressions, or as a parameter."""
        shape = world.aws.input_shape(self.row.service.client, call.operation)
        return {name for name in names if name in call.reads or accepts(shape, name, self.row.names)}

    def _settable(self, world: World, update: Update, names: Iterable[str]) -> set[str]:
        if update.properties is not None:
            return set(update.properties)
        return _attribute_properties(update).union(*(self._taken(world, call, names) for call in update.calls))

    def _split(self, world: World, properties: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
        """What the creation is told beside its expressions, and the names of what is left to the updates."""
        row = self.row
        rest = properties.keys() - row.recorded - row.create.reads
        tags = {TAGS} if row.service.tags else set[str]()
        first = self._taken(world, row.create, rest - tags)
        return {k: properties[k] for k in first}, frozenset(rest - first)

    def _computed(self, world: World, found: Mapping[str, Any]) -> dict[str, Any]:
        row = self.row
        computed = {name: _plain(evaluate(expression, found)) for name, expression in row.outputs.items()}
        if row.arn:
            region = world.surroundings.region
            prefix = f"arn:aws:{row.service.client}:{region}:{world.aws.account}:"
            computed["arn"] = prefix + row.arn.format_map({**found, **computed})
        return computed

    def _observed(self, world: World, outputs: dict[str, Any]) -> dict[str, Any]:
        for lookup in self.row.lookups:
            answer = self._call(world, lookup.call, outputs, {})
            outputs |= {name: evaluate(e, answer) for name, e in lookup.outputs.items()}
        outputs = _with_all_tags(outputs)
        return outputs | self.observed(world, outputs)

    def _apply(
        self, world: World, changed: Iterable[str], context: Mapping[str, Any], sent: Mapping[str, Any]
    ) -> str | None:
        """Run the updates that `changed` properties need; the resource's new id, should it get one."""
        left, new_id = set(changed), None
        special = set[str]().union(*(u.properties for u in self._updates if u.properties))
        for update in self._updates:
            mine = left & set(update.properties) if update.properties is not None else left - special
            left -= mine
            for group in [{name} for name in sorted(mine)] if update.each else [mine]:
                if group:
                    new_id = self._update(world, update, group, context, sent) or new_id
        if left:
            raise Refusal("cannot be changed", min(left))
        return new_id

    def _update(
        self, world: World, update: Update, names: set[str], context: Mapping[str, Any], sent: Mapping[str, Any]
    ) -> str | None:
        names = set(sent) - {TAGS} - self.row.recorded if update.whole else names
        used = _attribute_properties(update).union(*(call.reads for call in update.calls))
        passing = {name: sent.get(name) for name in names - used}
        if passing and not any(call.given for call in update.calls) and all(v is None for v in passing.values()):
            return None  # the program says nothing any more: AWS keeps what it has
        if attributes := _attributes(update, names, context):
            passing["attributes"] = attributes
        answers = [self._call(world, call, context, passing) for call in update.calls]
        return evaluate(update.id, answers[-1]) if update.id else None

    def _call(self, world: World, call: Call, context: Mapping[str, Any], passing: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out one call: `passing` by the names of AWS's parameters, beside the row's key and what is given."""
        if not evaluate(call.when, context):
            return {}
        row = self.row
        shape = world.aws.input_shape(row.service.client, call.operation)
        key = {k: v for k, v in row.key.items() if k in shape.members}
        given = {k: evaluate(v, context) for k, v in {**key, **call.given}.items()}
        sent = parameters(shape, passing, row.names) | parameters(shape, given, {})
        try:
            return world.aws.call(row.service.client, call.operation, sent)
        except Refusal as refusal:
            raise Refusal(refusal.reason, self._property(refusal.property, passing), refusal.code) from None

    def _asked(self, world: World, call: Call, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a question; empty where AWS says that there is no such thing."""
        return unless_gone(lambda: self._call(world, call, outputs, {})) or {}

    def _property(self, parameter: str, passing: Mapping[str, Any]) -> str:
        """The property behind a parameter that boto3 complains about."""
        top = re.split(r"[.\[]", parameter)[0].lower()
        renamed = (name for name, target in self.row.names.items() if target.split(".")[0].lower() == top)
        return next(renamed, None) or next(
            (n for n in passing if n.lower() == top), parameter[:1].lower() + parameter[1:]
        )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _with_all_tags(outputs: dict[str, Any]) -> dict[str, Any]:
    if TAGS in outputs or "tagsAll" in outputs:
        outputs["tagsAll"] = outputs.get(TAGS) or {}
    return outputs


def _attribute_properties(update: Update) -> set[str]:
    return set[str]().union(*map(reads, update.attributes.values()))


def _attributes(update: Update, names: set[str], context: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the changed properties as AWS's list of keys and texts."""
    pairs = {k: evaluate(e, context) for k, e in update.attributes.items() if reads(e) & names}
    return [{"Key": key, "Value": value} for key, value in pairs.items() if value is not None]
