"""What the resources of a manifest cost a month, at list prices, before usage.

`cost(manifest)` gives a line for each fixed price, `difference(before, after)` compares two, `table(cost)` prints one.
Prices and their sources: `prices.us-east-1.json`; what each type is charged for: `cost_types.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from render.cost_inputs import Charge, Context, Note, Unpriced, Usage, key
from render.cost_lines import Change, Cost, Difference, Line
from render.cost_prices import REGION, CostError, Prices, read_prices
from render.cost_table import table
from render.cost_types import row_of
from render.manifest import Manifest, ManifestResource

__all__ = ["Change", "Cost", "CostError", "Difference", "Line", "cost", "difference", "table"]


@dataclass
class _Bill:
    """A cost while it is being added up."""

    prices: Prices
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    excluded: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)

    def add(self, resource: ManifestResource, context: Context) -> None:
        """Everything of one resource."""
        row = row_of(resource)
        if row is None:
            self.unknown.append(f"{key(resource)}: the type has no row in render/cost_types.py")
            return
        self.excluded.update(row.usage)
        for charge in row.pricing(resource, context):
            match charge:
                case Charge():
                    self.lines.append(self._line(resource, charge))
                case Usage(what):
                    self.excluded.add(what)
                case Unpriced(why):
                    self.unknown.append(f"{key(resource)}: {why}")
                case Note(text):
                    self.notes.append(text)

    def _line(self, resource: ManifestResource, charge: Charge) -> Line:
        price = self.prices.of(charge.item, key(resource), charge.what)
        return Line(
            address=resource.urn.split("::", 1)[1],
            part=charge.part,
            what=charge.what,
            quantity=charge.quantity,
            price=price,
            monthly=price.monthly(charge.quantity),
            checked=price.checked and charge.sure,
        )


def cost(manifest: Manifest, *, image_gb: float = 1, tasks: Mapping[str, int] | None = None) -> Cost:
    """The cost of everything in `manifest`.

    Args:
        manifest: a stack, its components expanded.
        image_gb: GB of images assumed in each repository.
        tasks: logical name of an ECS service -> tasks assumed to run; otherwise as many as autoscaling keeps at least.

    Raises:
        CostError: an amount that decides on a price is not known yet, or the data has no price for it.
    """
    services = {service.name for service in manifest.of_type("aws:ecs/service:Service")}
    if strangers := sorted(set(tasks or {}) - services):
        raise CostError(f"there is no ECS service {', '.join(strangers)}; there are: {', '.join(sorted(services))}")
    bill = _Bill(read_prices())
    context = Context(manifest=manifest, image_gb=Decimal(str(image_gb)), tasks=tasks or {})
    for resource in manifest.resources:
        bill.add(resource, context)
    return Cost(
        stack=manifest.stack,
        as_of=bill.prices.as_of,
        lines=tuple(bill.lines),
        notes=tuple(dict.fromkeys([*_other_regions(manifest), *bill.notes])),
        excluded=tuple(sorted(bill.excluded, key=str.casefold)),
        unknown=tuple(bill.unknown),
    )


def _other_regions(manifest: Manifest) -> Iterator[str]:
    for resource in manifest.resources:
        region = resource.inputs.get("region", REGION)
        if resource.type.startswith(("aws:", "pulumi:providers:aws")) and region != REGION:
            yield f"{key(resource)} is in {region}: only prices of {REGION} are known, and these are those"


def difference(before: Cost, after: Cost) -> Difference:
    """What `after` has that `before` had not, and the other way round; also of two different stacks.

    Lines belong together when they are of the same part of the same resource.
    """
    was = {(line.address, line.part): line for line in before.lines}
    will_be = {(line.address, line.part): line for line in after.lines}
    return Difference(
        before=before,
        after=after,
        added=tuple(line for place, line in will_be.items() if place not in was),
        removed=tuple(line for place, line in was.items() if place not in will_be),
        changed=tuple(
            Change(was[place], line) for place, line in will_be.items() if place in was and was[place] != line
        ),
    )
