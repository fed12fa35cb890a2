"""The records under Pulumi's own plugin for dynamic resources, in its own process, as the engine asks it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from infra.netlify_dns import DnsRecordProvider
from tests.infra.test_netlify_dns import API, record
from tests.netlify_fixture import Netlify

URN = "urn:pulumi:dev::priceguard::pulumi-python:dynamic/netlify:DnsRecord::api"


@pytest.fixture
def plugin(netlify: Netlify, tmp_path: Path) -> Generator[provider_pb2_grpc.ResourceProviderStub]:
    """The plugin, started from another folder and without the program's on its path."""
    assert netlify.server.pid
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    command = [sys.executable, "-u", "-m", "pulumi.dynamic"]
    with (
        subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process,
        grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel,  # pyright: ignore[reportOptionalMemberAccess]
    ):
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Configure(provider_pb2.ConfigureRequest(args=struct_pb2.Struct()), timeout=30)
        yield stub
        process.terminate()


def struct(properties: dict[str, Any]) -> struct_pb2.Struct:
    """Properties as the engine sends them."""
    return asyncio.run(rpc.serialize_properties(properties, {}))


def inputs(**changes: Any) -> dict[str, Any]:
    """Those of a record, with the provider as the program's process writes it down."""
    return {**record(**changes), "__provider": serialize_provider(DnsRecordProvider())}


def test_a_record_lives_through_the_plugin(plugin: provider_pb2_grpc.ResourceProviderStub, netlify: Netlify) -> None:
    """Checked, made, unchanged, read, replaced, deleted."""
    news = struct(inputs(hostname=f"{API}."))
    checked = plugin.Check(provider_pb2.CheckRequest(urn=URN, olds=struct({}), news=news), timeout=30)
    assert not checked.failures
    made = plugin.Create(provider_pb2.CreateRequest(urn=URN, properties=checked.inputs), timeout=30)
    assert netlify.values(API) == ["new.elb.example"]

    def diff(new: struct_pb2.Struct) -> Any:
        return plugin.Diff(provider_pb2.DiffRequest(id=made.id, urn=URN, olds=made.properties, news=new), timeout=30)

    assert diff(checked.inputs).changes == provider_pb2.DiffResponse.DIFF_NONE
    other = diff(struct(inputs(value="other.example")))
    assert (list(other.replaces), other.deleteBeforeReplace) == (["value"], True)
    asked = provider_pb2.ReadRequest(id=made.id, urn=URN, properties=made.properties)
    read = plugin.Read(asked, timeout=30)
    assert (read.id, MessageToDict(read.properties)) == (made.id, MessageToDict(made.properties))
    plugin.Delete(provider_pb2.DeleteRequest(id=made.id, urn=URN, properties=made.properties), timeout=30)
    assert netlify.records() == []
    assert plugin.Read(asked, timeout=30).id == ""


def test_the_first_preview_knows_no_certificate(plugin: provider_pb2_grpc.ResourceProviderStub) -> None:
    """What is not known yet stays so, and is not judged."""
    news = struct(inputs())
    for name in ("hostname", "type", "value"):
        news.fields[name].string_value = rpc.UNKNOWN

    checked = plugin.Check(provider_pb2.CheckRequest(urn=URN, olds=struct({}), news=news), timeout=30)

    assert not checked.failures
    assert {name: checked.inputs[name] for name in ("hostname", "type", "value")} == dict.fromkeys(
        ("hostname", "type", "value"), rpc.UNKNOWN
    )


def test_an_error_reaches_the_engine_without_the_token(
    plugin: provider_pb2_grpc.ResourceProviderStub, netlify: Netlify
) -> None:
    """The plugin sends the whole traceback."""
    netlify.fill({"hostname": API, "type": "CNAME", "value": "old.example"})

    with pytest.raises(grpc.RpcError, match=r"old\.example is there") as refused:
        plugin.Create(provider_pb2.CreateRequest(urn=URN, properties=struct(inputs())), timeout=30)
    assert netlify.server.token not in str(refused.value)
