"""An environment as a picture: a flowchart in Mermaid's language, drawn from its manifest alone.

Resources are grouped into the boxes that people think of (`diagram_nodes.py`), with the facts that tell one
environment from another (`diagram_facts.py`); arrows are references and open ports (`diagram_edges.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

from render.diagram_edges import Edge, edges, encrypted, subnets_of
from render.diagram_facts import Resources, counted
from render.diagram_nodes import NODES, OTHERS, Group, Node, place_of
from render.manifest import Manifest

ENTITIES = {"#": "#35;", '"': "#quot;", "&": "#amp;", "<": "#lt;", ">": "#gt;", "`": "#96;"}
"""What Mermaid, or the HTML that it makes, would read as its own."""
KINDS = ("Public", "Private", "Isolated")
"""Kinds of subnets, as their tag `SubnetType` has them, from the outside in."""


def diagram(manifest: Manifest, only: Collection[str] | None = None) -> str:
    """The environment as Mermaid's text, the same for the same manifest.

    Args:
        manifest: a stack, its components expanded.
        only: URNs; with it, only the boxes that stand for one of them.
    """
    boxes: defaultdict[str, Resources] = defaultdict(list)
    for resource in manifest.resources:
        if place := place_of(resource):
            boxes[place].append(resource)
    shown = {name for name, found in boxes.items() if only is None or any(r.urn in only for r in found)}
    arrows = [edge for edge in edges(manifest) if {edge.source, edge.target} <= shown | OTHERS.keys()]
    shown |= {end for edge in arrows for end in (edge.source, edge.target)}
    drawing = _Drawing(manifest, boxes, shown)
    lines = [*drawing.frames(), *(arrow(edge) for edge in arrows), *drawing.below(Group.KEPT, Group.WATCH)]
    return "\n".join(["flowchart TB", *(f"    {line}" for line in lines)]) + "\n"


def arrow(edge: Edge) -> str:
    """Drawn for traffic, dotted for a reference."""
    line = "-->" if edge.traffic else "-.->"
    label = f'|"{escaped(edge.label)}"|' if edge.label else ""
    return f"{edge.source} {line}{label} {edge.target}"


def escaped(text: str) -> str:
    """Text as Mermaid shows it, whatever is in it."""
    return "".join(ENTITIES.get(character, character) for character in text)


class _Drawing:
    def __init__(self, manifest: Manifest, boxes: defaultdict[str, Resources], shown: set[str]) -> None:
        self._manifest, self._boxes, self._shown = manifest, boxes, shown

    def frames(self) -> Iterator[str]:
        """Every box in its frame; a frame without boxes is left out."""
        for group in Group:
            lines = list(self._network() if group is Group.NETWORK else self._of(group))
            yield from framed(group.name.lower(), self._title(group), lines)

    def below(self, upper: Group, lower: Group) -> Iterator[str]:
        """Links that nobody sees, and that put one frame below the other: side by side they are too wide to read."""
        pairs = zip(self._names(upper), self._names(lower), strict=False)
        yield from (f"{above} ~~~ {beneath}" for above, beneath in pairs)

    def _names(self, group: Group) -> list[str]:
        return [name for name, node in {**NODES, **OTHERS}.items() if node.group is group and name in self._shown]

    def _title(self, group: Group) -> str:
        vpc = next(iter(self._manifest.of_type("aws:ec2/vpc:Vpc")), None)
        return f"{group} {vpc.inputs['cidrBlock']}" if group is Group.NETWORK and vpc else group

    def _of(self, group: Group) -> Iterator[str]:
        yield from (self._box(name) for name in self._names(group))

    def _network(self) -> Iterator[str]:
        kinds = {name: self._kind(name) for name in self._names(Group.NETWORK)}
        for kind in KINDS:
            zones = sum(subnet.inputs["tags"]["SubnetType"] == kind for subnet in self._subnets())
            lines = [self._box(name) for name in kinds if kinds[name] == kind]
            yield from framed(kind.lower(), counted(zones, f"{kind.lower()} subnet"), lines)

    def _kind(self, name: str) -> str:
        """The kind of the subnets that the box's resources name."""
        keys = subnets_of(self._manifest, name)
        kinds = [s.inputs["tags"]["SubnetType"] for s in self._subnets() if f"{s.type}::{s.name}" in keys]
        return kinds[0] if kinds else KINDS[0]

    def _subnets(self) -> Resources:
        return self._manifest.of_type("aws:ec2/subnet:Subnet")

    def _box(self, name: str) -> str:
        node = {**NODES, **OTHERS}[name]
        opening, closing = node.shape
        text = "<br>".join(escaped(line) for line in (node.title, *self._facts(name, node)) if line)
        return f'{name}{opening}"{text}"{closing}'

    def _facts(self, name: str, node: Node) -> Iterator[str]:
        yield from node.says(self._boxes[name])
        if name == "key":
            yield f"of {', '.join(NODES[user].title for user in encrypted(self._manifest) if user in NODES)}"


def framed(name: str, title: str, lines: list[str]) -> Iterator[str]:
    """Lines in a frame; without a title, and without lines, there is no frame."""
    if not title:
        yield from lines
    elif lines:
        yield f'subgraph {name}["{escaped(title)}"]'
        yield from (f"    {line}" for line in lines)
        yield "end"
