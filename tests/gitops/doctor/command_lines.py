"""Whether the commands that the doctor gives exist, by the descriptions of AWS's interfaces that boto3 carries."""

import shlex
from typing import Any

import botocore.session
from botocore import xform_name

ONLY_IN_THE_COMMAND_LINE = {
    ("cloudformation", "deploy"): {
        "capabilities",
        "parameter-overrides",
        "region",
        "stack-name",
        "tags",
        "template-file",
    }
}
SESSION = botocore.session.get_session()


def assert_exist(fix: str) -> None:
    """Every line that begins with `aws`: operation, options, and those that are required."""
    for line in fix.splitlines():
        program, *words = shlex.split(line, comments=True) or [""]
        if program == "aws":
            service, operation, *rest = words
            given = {word.removeprefix("--") for word in rest if word.startswith("--")}
            required, possible = options(service, operation)
            assert required <= given <= possible, line


def options(service: str, operation: str) -> tuple[set[str], set[str]]:
    """Those that a command needs, and those that it takes."""
    if possible := ONLY_IN_THE_COMMAND_LINE.get((service, operation)):
        return {"stack-name", "template-file"}, possible
    model: Any = SESSION.get_service_model("s3" if service == "s3api" else service)
    name = next(name for name in model.operation_names if xform_name(name, "-") == operation)
    shape = model.operation_model(name).input_shape
    members = {xform_name(member, "-") for member in shape.members}
    return {xform_name(member, "-") for member in shape.required_members}, members | {"region"}
