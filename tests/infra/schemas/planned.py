"""Judges what a manifest plans: every AWS resource as a CloudFormation template, read by cfn-lint."""

import json
import re
from collections.abc import Mapping
from typing import Any

from render.manifest import Manifest, ManifestResource
from render.registration import MASK
from tests.infra.schemas.conversion import REGION, TAGS, names_of, properties_of
from tests.infra.schemas.open_values import open_findings
from tests.infra.schemas.rows import NO_TWIN, ROWS

NOT_ASKED = {
    "W1011": "the password is masked here; that it is none in the program, the infra tests hold",
    "W2501": "likewise",
    "W3010": "zones are those that AWS names when the program runs",
    "W3691": "the engine's version is a major one, and RDS takes the newest minor of it",
}
"""Rules of cfn-lint that judge the template and not the values."""
LONGEST = 240
"""Characters of a message; some list every allowed value."""
UNKNOWN = re.compile(r"\$\{(?P<key>[\w-]+:[^$]+)\.(?P<output>\w+)\}")


def findings(manifest: Manifest) -> list[str]:
    """What is wrong with the planned values, a line each: `type::name`, the property, and what AWS's schema says."""
    from cfnlint.api import lint  # noqa: PLC0415 - takes long, and every worker collects this
    from cfnlint.config import ManualArgs  # noqa: PLC0415 - likewise

    judged = {
        f"R{number}": resource
        for number, resource in enumerate(manifest.resources)
        if resource.type.startswith("aws:") and resource.type not in NO_TWIN
    }
    template = Template(judged)
    matches: list[Any] = lint(template.text(), config=ManualArgs(regions=[REGION], ignore_checks=[*NOT_ASKED]))
    found = [(match.path[1], match.path[3:], f"{match.message} ({match.rule.id})") for match in matches]
    found += open_findings(template.resources)
    return [
        f"{judged[str(name)].type}::{judged[str(name)].name}: {'.'.join(map(str, path))}: {what[:LONGEST]}"
        for name, path, what in found
    ]


class Template:
    """Resources of a manifest as CloudFormation has them.

    Args:
        judged: name in the template -> resource.
    """

    def __init__(self, judged: Mapping[str, ManifestResource]) -> None:
        self._names = {f"{resource.type}::{resource.name}": name for name, resource in judged.items()}
        self._parameters: set[str] = set()
        self.resources: dict[str, dict[str, Any]] = {}
        for name, resource in judged.items():
            self.resources[name] = self._resolved(cloudformation(resource))

    def text(self) -> str:
        """JSON."""
        parameters = {name: {"Type": "String"} for name in sorted(self._parameters)}
        return json.dumps({"Parameters": parameters, "Resources": self.resources})

    def _resolved(self, value: Any) -> Any:
        """Everything that is not known yet as a reference: to its resource where that has such an attribute."""
        match value:
            case dict():
                return {key: self._resolved(part) for key, part in value.items()}
            case list():
                return [self._resolved(part) for part in value]
            case str() if (whole := UNKNOWN.fullmatch(value)) and whole["key"] in self._names:
                return self._reference(whole["key"], whole["output"])
            case str() if value == MASK or UNKNOWN.search(value):
                return self._parameter(value)
            case _:
                return value

    def _reference(self, key: str, output: str) -> dict[str, Any]:
        from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # noqa: PLC0415 - takes long, and every worker collects this

        name = self._names[key]
        if output == "id":
            return {"Ref": name}
        twin = ROWS[key.split("::", maxsplit=1)[0]].twin
        attributes = PROVIDER_SCHEMA_MANAGER.get_type_getatts(twin, REGION)
        found = [a for a in attributes if a.lower() == output.lower() or (output == "arn" and a.endswith("Arn"))]
        return {"Fn::GetAtt": [name, found[0]]} if found else self._parameter(f"{key}.{output}")

    def _parameter(self, text: str) -> dict[str, Any]:
        name = "Unknown" + "".join(character for character in text if character.isalnum())
        self._parameters.add(name[:255])
        return {"Ref": name[:255]}


def cloudformation(resource: ManifestResource) -> dict[str, Any]:
    """The resource with the type and the properties that CloudFormation has for it.

    Raises:
        LookupError: its type is in no table.
    """
    row = ROWS.get(resource.type)
    if row is None:
        raise LookupError(
            f"{resource.type} is new: it needs a row in tests/infra/schemas/, or a reason in NO_TWIN there"
        )
    inputs = {name: value for name, value in resource.inputs.items() if name not in row.absent}
    properties = properties_of(names_of(row.twin), inputs, {"tags": TAGS, **row.conversions})
    return {"Type": row.twin, "Properties": {**properties, **row.added}}
