"""The copy of a stack's state that previews read: without secrets, in the state's own bucket.

A deployment leaves it as its last step. It names the checkpoint that it was made from by the ETag, which whoever may
list the bucket can compare, and a preview may do no more: the checkpoint itself is kept from it.
"""

import contextlib
import json
import os
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import yaml
from botocore.exceptions import BotoCoreError, ClientError

from gitops.aws.config import clients
from gitops.aws.errors import cause
from gitops.previews.masked_state import MaskError, mask
from render.configuration import ROOT

BACKEND = "PULUMI_BACKEND_URL"
PROJECT = "priceguard"
LARGEST = 64 * 2**20
"""Bytes of a copy that is read; a state of this program has one."""
_NAME = re.compile(r"[a-z0-9-]{1,40}")


class StateCopyError(Exception):
    """The copy cannot be written or read; the message says why and what to do, without any value."""


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """A masked state.

    Args:
        stack: whose it is.
        checkpoint: ETag of the checkpoint that it was made from.
        deployment: what `Engine.load` takes, but for the secrets provider; see `preview_workspace`.
        current: whether the checkpoint is still that one. If not, an update came after, or is under way.
    """

    stack: str
    checkpoint: str
    deployment: dict[str, Any]
    current: bool = True


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the state is.

    Args:
        bucket: its name.
        region: where AWS has it.
        s3: a client of boto3.
    """

    bucket: str
    region: str
    s3: Any

    def checkpoint(self, stack: str) -> str:
        """ETag of the state as it is; empty when there is none. Only lists the bucket."""
        key = f".pulumi/stacks/{PROJECT}/{_checked(stack)}.json"
        with _explained(self.region):
            found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=key).get("Contents", [])
        return next((str(one["ETag"]).strip('"') for one in found if one["Key"] == key), "")


def place(url: str | None = None) -> Place:
    """What a backend's URL names: `s3://bucket?region=...`; PULUMI_BACKEND_URL unless given.

    Raises:
        StateCopyError: it names no bucket, or no region.
    """
    parts = urlsplit(os.environ.get(BACKEND, "") if url is None else url)
    region = parse_qs(parts.query).get("region", [os.environ.get("AWS_REGION", "")])[0]
    if parts.scheme != "s3" or not parts.netloc or parts.path.strip("/") or not region:
        raise StateCopyError(
            f"{BACKEND} names no bucket with its region: set it to the output BackendUrl of the bootstrap stack, "
            "s3://<bucket>?region=<region>&awssdk=v2"
        )
    with _explained(region):
        (s3,) = clients(region, "s3")
    return Place(bucket=parts.netloc, region=region, s3=s3)


def publish(stack: str, export: Callable[[], Mapping[str, Any]], at: Place | None = None, root: Path = ROOT) -> None:
    """Write the copy of what the stack remembers now. Killed, it has written all or nothing, and is run again.

    Args:
        stack: `dev` or `prod`.
        export: gives the deployment with secrets laid open, `Engine.export`.
        at: where the state is.
        root: the checkout that was deployed; only its settings are looked at.

    Raises:
        StateCopyError: the state changed meanwhile, cannot be masked, or AWS refuses.
        EngineError: from `export`.
    """
    refuse_encrypted(stack, root)
    at = at or place()
    before = at.checkpoint(stack)
    if not before:
        raise StateCopyError(f"{at.bucket} has no state of {stack}: is {BACKEND} the one that it was deployed with?")
    deployment = export()
    if at.checkpoint(stack) != before:
        raise StateCopyError(f"the state of {stack} changed while it was read: run this again when no update runs")
    try:
        copy = Copy(stack=stack, checkpoint=before, deployment=mask(deployment))
    except MaskError as error:
        raise StateCopyError(str(error)) from None
    body = json.dumps({name: getattr(copy, name) for name in ("stack", "checkpoint", "deployment")})
    with _explained(at.region):
        # Names no encryption: then the bucket's own is taken, and its policy lets no other one pass.
        at.s3.put_object(Bucket=at.bucket, Key=_key(stack), Body=body.encode(), ContentType="application/json")


def fetch(stack: str, at: Place | None = None) -> Copy | None:
    """The copy, and whether it is current; None when no deployment has left one yet.

    Raises:
        StateCopyError: AWS refuses, or what is there is no copy of this stack.
    """
    key, at = _key(stack), at or place()
    with _explained(at.region):
        try:
            answer = at.s3.get_object(Bucket=at.bucket, Key=key)
        except at.s3.exceptions.NoSuchKey:
            return None
        body = answer["Body"].read(LARGEST + 1)
    try:
        copy = msgspec.json.decode(body if len(body) <= LARGEST else b"", type=Copy)
    except msgspec.DecodeError:
        copy = None
    if copy is None or copy.stack != stack:
        raise StateCopyError(f"{key} in {at.bucket} is no copy of {stack}: the next deployment writes it anew")
    return msgspec.structs.replace(copy, current=copy.checkpoint == at.checkpoint(stack))


def refuse_encrypted(stack: str, root: Path) -> None:
    """Refuse a stack file with encrypted values, which no preview can open.

    Raises:
        StateCopyError: it names each such key.
    """
    file = root / f"Pulumi.{_checked(stack)}.yaml"
    try:
        settings = (yaml.safe_load(file.read_text()) or {}).get("config") or {}
        keys = [str(key) for key, value in settings.items() if _is_encrypted(value)]
    except (OSError, AttributeError, ValueError, yaml.YAMLError):
        raise StateCopyError(f"{file.name} cannot be read as a stack's file: correct it") from None
    if keys:
        raise StateCopyError(
            f"{file.name} holds encrypted values ({', '.join(keys)}), which no preview can open: put them into Secrets "
            "Manager instead"
        )


def _is_encrypted(value: Any) -> bool:
    """Whether `secure` stands anywhere in a value."""
    if isinstance(value, Mapping):
        return "secure" in value or any(map(_is_encrypted, value.values()))
    return isinstance(value, list) and any(map(_is_encrypted, value))


def _key(stack: str) -> str:
    return f"previews/{_checked(stack)}/{stack}.json"


def _checked(stack: str) -> str:
    if not _NAME.fullmatch(stack):
        raise StateCopyError(f"{stack!r} is no name of a stack: use dev or prod")
    return stack


@contextlib.contextmanager
def _explained(region: str) -> Generator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StateCopyError(cause(error, region)) from error
