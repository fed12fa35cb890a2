"""What the SDK of a provider knows of its resource types."""

import importlib


def input_names(type_: str) -> set[str]:
    """The inputs of a resource type, as its provider spells them."""
    package, module, name = type_.split(":")
    sdk = importlib.import_module(f"pulumi_{package}.{module.split('/')[0]}")
    # A type of nested inputs may have taken the shorter name.
    arguments: type = getattr(sdk, f"{name}InitArgs", None) or getattr(sdk, f"{name}Args")
    getters = [getattr(arguments, attribute) for attribute in dir(arguments)]
    return {
        getattr(getter.fget, "_pulumi_name", getattr(getter.fget, "__name__", ""))
        for getter in getters
        if isinstance(getter, property)
    }
