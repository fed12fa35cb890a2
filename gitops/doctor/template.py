"""`bootstrap/account.yaml`, computed for one account: what CloudFormation makes of it, without asking it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from render.configuration import ROOT

PATH = Path("bootstrap/account.yaml")
_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")
_PROPERTY = re.compile(r"\{(\w+)\}")
_NOTHING = object()
"""What `AWS::NoValue` becomes until it is left out."""
_PROVIDER = "arn:aws:iam::{account}:oidc-provider/{Url}"
_POLICY = "arn:aws:iam::{account}:policy{Path}{ManagedPolicyName}"
_IDENTITIES = {
    # type -> what Ref and GetAtt Arn give, from its properties; a key has a number instead
    "AWS::S3::Bucket": ("{BucketName}", "arn:aws:s3:::{BucketName}"),
    "AWS::S3::BucketPolicy": ("{Bucket}", ""),
    "AWS::KMS::Alias": ("{AliasName}", ""),
    "AWS::IAM::OIDCProvider": (_PROVIDER, _PROVIDER),
    "AWS::IAM::Role": ("{RoleName}", "arn:aws:iam::{account}:role{Path}{RoleName}"),
    "AWS::IAM::ManagedPolicy": (_POLICY, _POLICY),
}


class TemplateError(Exception):
    """The template says something that cannot be computed here; the message says what."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of the template. `ref` and `arn` are what `Ref` and `GetAtt Arn` give; not all have an ARN."""

    name: str
    type: str
    ref: str
    arn: str
    properties: dict[str, Any]


@cache
def read_template(text: str | None = None) -> dict[str, Any]:
    """The template, or `text`, with `!Sub x` as `{"Fn::Sub": x}`; not to be changed, since the next reader gets it."""
    if text is None:
        return read_template((ROOT / PATH).read_text())

    class Loader(yaml.SafeLoader):
        pass

    def intrinsic(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
        if isinstance(node, yaml.SequenceNode):
            value: Any = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_scalar(node)  # pyright: ignore[reportArgumentType] - nothing here is a mapping
        return {name if name == "Ref" else f"Fn::{name}": value.split(".") if name == "GetAtt" else value}

    Loader.add_multi_constructor("!", intrinsic)
    return yaml.load(text, Loader)  # noqa: S506 - a SafeLoader


class Template:
    """The template for one stack.

    Args:
        document: `read_template()`.
        parameters: those of the stack; what it does not give has its default.
        outputs: those of the stack. They say which keys it made: everything else has a name, keys have numbers.
        account: 12 digits.
        region: where the stack is.
    """

    def __init__(
        self,
        document: dict[str, Any],
        *,
        parameters: Mapping[str, str],
        outputs: Mapping[str, str],
        account: str,
        region: str,
    ) -> None:
        self.region = region
        self._document, self._account = document, account
        defaults = {name: p["Default"] for name, p in document["Parameters"].items() if "Default" in p}
        self.parameters = {**defaults, **parameters}
        self._values = {
            **self.parameters,
            "AWS::AccountId": account,
            "AWS::Region": region,
            "AWS::NoValue": _NOTHING,
        }
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": lambda text: _VARIABLE.sub(self._variable, text),
            "Fn::If": self._either,
            "Fn::Equals": lambda two: self.resolve(two[0]) == self.resolve(two[1]),
            "Fn::Or": lambda several: any(map(self.resolve, several)),
        }
        self._made = {
            output["Value"]["Fn::GetAtt"][0]: outputs[name]
            for name, output in document["Outputs"].items()
            if name in outputs and "Fn::GetAtt" in output["Value"]
        }

    def resources(self) -> list[Resource]:
        """Those whose condition holds, in the template's order.

        Raises:
            TemplateError: see there.
        """
        held = [name for name, r in self._document["Resources"].items() if self._holds(r)]
        return [self.resource(name, self.properties(name)) for name in held]

    def properties(self, name: str) -> dict[str, Any]:
        """What one of them is made with."""
        return self.resolve(self._document["Resources"][name].get("Properties", {}))

    def resource(self, name: str, properties: dict[str, Any] | None = None) -> Resource:
        """One of them; without its properties, nothing but its name is computed."""
        kind = self._document["Resources"][name]["Type"]
        if kind == "AWS::KMS::Key":
            if name not in self._made:
                raise TemplateError(f"the stack has no output that says which key {name} is")
            ref, arn = self._made[name].rpartition("/")[2], self._made[name]
        elif kind in _IDENTITIES:
            ref, arn = (self._identity(name, pattern) for pattern in _IDENTITIES[kind])
        else:
            raise TemplateError(f"{name}: {kind} is not known here")
        return Resource(name=name, type=kind, ref=ref, arn=arn, properties=properties or {})

    def output(self, name: str) -> str:
        """What the template says of one output."""
        return str(self.resolve(self._document["Outputs"][name]["Value"]))

    def resolve(self, value: Any) -> Any:
        """A value with its functions carried out."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        for name, argument in value.items():
            if name in self._functions:
                return self._functions[name](argument)
            if name.startswith("Fn::"):
                raise TemplateError(f"{name} is not known here")
        return {k: v for k, v in ((k, self.resolve(v)) for k, v in value.items()) if v is not _NOTHING}

    def _ref(self, name: str) -> Any:
        return self._values[name] if name in self._values else self.resource(name).ref

    def _attribute(self, path: list[str]) -> str:
        name, attribute = path
        if attribute != "Arn":
            raise TemplateError(f"{name}.{attribute} is not known here")
        return self.resource(name).arn

    def _either(self, argument: list[Any]) -> Any:
        condition, yes, no = argument
        return self.resolve(yes if self._condition(condition) else no)

    def _identity(self, name: str, pattern: str) -> str:
        given = {"account": self._account, **self._document["Resources"][name].get("Properties", {})}
        return _PROPERTY.sub(lambda match: str(self.resolve(given[match[1]])), pattern).replace("https://", "")

    def _holds(self, resource: dict[str, Any]) -> bool:
        return "Condition" not in resource or self._condition(resource["Condition"])

    def _condition(self, name: str) -> bool:
        return bool(self.resolve(self._document["Conditions"][name]))

    def _variable(self, match: re.Match[str]) -> str:
        kept, name = match.groups()
        if kept:
            return f"${{{name}}}"
        return str(self._attribute(name.split(".")) if "." in name else self._ref(name))
