"""`run(stack)`: the real program without cloud, engine or credentials, in about a second.

What only a provider can know (an id, an ARN, a DNS name) appears as `${type::name.output}`, so that the manifest
shows who uses what. Limits: no provider defaults, no validation by providers, and the values of encrypted
configuration are not known.
"""

import importlib
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from render.configuration import ROOT, read_configuration
from render.manifest import Manifest, ManifestResource
from render.monitor import run_program
from render.registration import Made, Registration, masked

ZONES = "abc"
IMPLEMENTATION = "__provider"
"""Input of a dynamic resource that says which of our classes carries it out: nothing that the program asks for."""


def run(stack: str, overrides: Mapping[str, str] | None = None, *, root: Path = ROOT) -> Manifest:
    """Run the program of `root` for `stack`.

    Args:
        stack: `dev` or `prod`.
        overrides: configuration keys that replace those of the stack's file, as text.
        root: the checkout.

    Raises:
        ConfigurationError: there is no such stack.
        pulumi.RunError: the program refuses its settings.
    """
    config = {**read_configuration(stack, root), **(overrides or {})}
    monitor = run_program(stack, config, NamedUnknowns(config.get("aws:region", "")), root / "infra")
    resources = [
        ManifestResource(
            urn=r.urn,
            type=r.type,
            name=r.name,
            parent=r.parent,
            custom=r.custom,
            inputs=masked({name: value for name, value in r.inputs.items() if name != IMPLEMENTATION}),
            options=r.options,
        )
        for r in monitor.registrations
    ]
    return Manifest(stack, tuple(sorted(resources, key=lambda r: r.urn)), masked(monitor.outputs))


class NamedUnknowns:
    """A maker that makes nothing: outputs echo the inputs, and those a provider would add are named."""

    def __init__(self, region: str) -> None:
        self._region = region

    def make(self, registration: Registration) -> Made:
        """The inputs, and a name for each further text output of the resource's class."""
        names = text_outputs(registration.type)
        unknown: dict[str, Any] = {name: f"${{{registration.key}.{name}}}" for name in names}
        unknown |= validation_options(registration)
        return Made(f"${{{registration.key}.id}}", {**unknown, **registration.inputs})

    def call(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """The zones of the region, names for a registry's credentials and for the version of a secret that is put."""
        match token:
            case "aws:index/getAvailabilityZones:getAvailabilityZones":
                return {"names": [self._region + zone for zone in ZONES]}
            case "aws:secretsmanager/getSecretVersions:getSecretVersions":
                current = str(args["secretId"]).replace(".id}", ".currentVersion}")
                return {**args, "versions": [{"versionId": current, "versionStages": ["AWSCURRENT"]}]}
            case "aws:ecr/getAuthorizationToken:getAuthorizationToken":
                return {name: f"${{{token}.{name}}}" for name in ("proxyEndpoint", "userName", "password")}
            case _:
                raise ValueError(f"the program calls {token} with {args}, and render has no answer to it")


def validation_options(registration: Registration) -> dict[str, Any]:
    """What ACM asks for to prove each name of a certificate: a CNAME, whose name and value only ACM can know."""
    if registration.type != "aws:acm/certificate:Certificate":
        return {}
    names = [registration.inputs["domainName"], *registration.inputs.get("subjectAlternativeNames", ())]
    options = [
        {
            "domainName": name,
            "resourceRecordName": f"${{{registration.key}.validation.{name}.name}}",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"${{{registration.key}.validation.{name}.value}}",
        }
        for name in names
    ]
    return {"domainValidationOptions": options}


def text_outputs(type_: str) -> list[str]:
    """Output properties of a resource type that are always text, by their camelCase names."""
    package, module, class_name = type_.split(":")
    if package in {"pulumi", "pulumi-python"}:  # providers, and what our own classes make: no SDK describes them
        return []
    service = module.split("/")[0]
    path = f"pulumi_{package.replace('-', '_')}" + ("" if service == "index" else f".{service}")
    resource_class = getattr(importlib.import_module(path), class_name)
    getters = inspect.getmembers(resource_class, lambda member: isinstance(member, property))
    return [
        getattr(getter.fget, "_pulumi_name", name)
        for name, getter in getters
        if getattr(getter.fget, "__annotations__", {}).get("return") == pulumi.Output[str]
    ]
