"""The copy that previews read: what is written, when it is out of date, and what is said when there is none."""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from gitops.previews.masked_state import MASKED
from gitops.previews.state_copy import Place, StateCopyError, fetch, place, publish
from tests.gitops.previews.state_bench import PASSWORD, deployment, opened, password

BUCKET, REGION = "priceguard-state-123456789012-us-east-1", "us-east-1"
URL = f"s3://{BUCKET}?region={REGION}&awssdk=v2"
CHECKPOINT = ".pulumi/stacks/priceguard/dev.json"
COPY = "previews/dev/dev.json"


@pytest.fixture(scope="module")
def emulated() -> Iterator[Place]:
    """The state's bucket. A client takes long to make, so all tests share one."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        made = place(URL)
        made.s3.create_bucket(Bucket=BUCKET)
        yield made


@pytest.fixture
def bucket(emulated: Place) -> Place:
    """The bucket with a checkpoint of dev, and what else the engine puts beside it."""
    for one in emulated.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        emulated.s3.delete_object(Bucket=BUCKET, Key=one["Key"])
    for key in (CHECKPOINT, f"{CHECKPOINT}.bak"):
        emulated.s3.put_object(Bucket=BUCKET, Key=key, Body=f"first {key}".encode())
    return emulated


@contextmanager
def asked(at: Place, handler: Callable[..., Any], event: str = "before-call.s3") -> Generator[None]:
    """Have every request told before it is made."""
    at.s3.meta.events.register(event, handler)
    try:
        yield
    finally:
        at.s3.meta.events.unregister(event, handler)


def update(at: Place, content: bytes = b"another") -> None:
    """What an update leaves."""
    at.s3.put_object(Bucket=BUCKET, Key=CHECKPOINT, Body=content)


def written(at: Place) -> bytes:
    """The copy as it is in the bucket."""
    return at.s3.get_object(Bucket=BUCKET, Key=COPY)["Body"].read()


def state() -> dict[str, Any]:
    """What the engine remembers."""
    return deployment(password(PASSWORD))


def test_a_preview_gets_the_state_without_its_secrets(bucket: Place) -> None:
    """And is told that it is current."""
    publish("dev", state, bucket)

    copy = fetch("dev", bucket)

    assert copy
    assert copy.current
    (made,) = opened(copy.deployment)["resources"][1:]
    assert MASKED.fullmatch(made["outputs"]["result"])
    assert PASSWORD.encode() not in written(bucket)


def test_published_twice_it_is_the_same(bucket: Place) -> None:
    """As after a kill."""
    publish("dev", state, bucket)
    before = written(bucket)

    publish("dev", state, bucket)

    assert written(bucket) == before


def test_a_copy_that_an_update_has_overtaken_says_so(bucket: Place) -> None:
    """Until that one's is there."""
    publish("dev", state, bucket)
    update(bucket)
    stale = fetch("dev", bucket)

    publish("dev", state, bucket)

    fresh = fetch("dev", bucket)
    assert (stale and stale.current, fresh and fresh.current) == (False, True)


def test_before_the_first_deployment_there_is_none(bucket: Place) -> None:
    """Nor is the other environment's taken for it."""
    publish("dev", state, bucket)

    assert fetch("prod", bucket) is None


def test_of_a_stack_that_is_gone_the_copy_is_out_of_date(bucket: Place) -> None:
    """It says nothing of what is there."""
    publish("dev", state, bucket)
    bucket.s3.delete_object(Bucket=BUCKET, Key=CHECKPOINT)

    copy = fetch("dev", bucket)

    assert copy
    assert not copy.current


def test_an_update_meanwhile_leaves_the_old_copy(bucket: Place) -> None:
    """What was read belongs to neither state."""
    publish("dev", state, bucket)
    before = written(bucket)

    def overtaken() -> dict[str, Any]:
        update(bucket)
        return state()

    with pytest.raises(StateCopyError, match="the state of dev changed while it was read: run this again"):
        publish("dev", overtaken, bucket)
    assert written(bucket) == before


@pytest.mark.parametrize("after", range(3))
def test_killed_it_has_written_all_or_nothing(bucket: Place, after: int) -> None:
    """Before each of its three calls; a second run makes up for it."""
    publish("dev", state, bucket)
    before, calls = written(bucket), 0
    update(bucket)

    def kill(**_: Any) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), asked(bucket, kill):
        publish("dev", state, bucket)

    assert written(bucket) == before
    publish("dev", state, bucket)
    copy = fetch("dev", bucket)
    assert copy
    assert copy.current


def test_the_bucket_decides_how_the_copy_is_encrypted(bucket: Place) -> None:
    """Its policy refuses any encryption but its own, and takes that where none is named."""
    named: list[str] = []

    with asked(bucket, lambda params, **_: named.extend(map(str.lower, params["headers"])), "before-call.s3.PutObject"):
        publish("dev", state, bucket)

    assert named
    assert not [name for name in named if name.startswith("x-amz-server-side-encryption")]


def test_a_preview_reads_nothing_but_the_copy(bucket: Place) -> None:
    """Its role may list the bucket, and get what is below `previews/`."""
    publish("dev", state, bucket)
    calls: list[tuple[str, str]] = []

    def note(model: Any, params: Any, **_: Any) -> None:
        calls.append((model.name, params["url_path"].split("?")[0]))

    with asked(bucket, note):
        fetch("dev", bucket)

    assert {name for name, _ in calls} == {"GetObject", "ListObjectsV2"}
    assert [path for name, path in calls if name == "GetObject"] == [f"/{COPY}"]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b"\xff", b'{"stack": "prod", "checkpoint": "", "deployment": {}}']
)
def test_what_is_no_copy_is_refused(bucket: Place, body: bytes) -> None:
    """Whoever wrote it; the next deployment makes it right."""
    bucket.s3.put_object(Bucket=BUCKET, Key=COPY, Body=body)

    with pytest.raises(StateCopyError, match=f"{COPY} in {BUCKET} is no copy of dev: the next deployment"):
        fetch("dev", bucket)


def test_a_secret_that_is_not_laid_open_is_not_published(bucket: Place) -> None:
    """Nothing is written, and no value is told."""
    odd = state()
    odd["resources"][1]["outputs"]["result"].pop("plaintext")

    with pytest.raises(StateCopyError, match="is not laid open"):
        publish("dev", lambda: odd, bucket)
    assert fetch("dev", bucket) is None


def test_a_stack_that_is_not_in_this_bucket_is_not_published(bucket: Place) -> None:
    """The engine has another backend then."""
    with pytest.raises(StateCopyError, match="has no state of prod: is PULUMI_BACKEND_URL the one"):
        publish("prod", state, bucket)


@pytest.mark.parametrize("value", ['{secure: "v1:x"}', '{a: [{secure: "v1:x"}]}'])
def test_encrypted_settings_are_refused(bucket: Place, tmp_path: Path, value: str) -> None:
    """A preview could not open them; and of what the program composes from one, nothing says what is harmless."""
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  priceguard:key: {value}\n")

    with pytest.raises(StateCopyError, match=r"holds encrypted values \(priceguard:key\)"):
        publish("dev", state, bucket, tmp_path)
    assert fetch("dev", bucket) is None


def test_what_aws_refuses_is_said(bucket: Place) -> None:
    """In one line, with what to do."""
    refusal = ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "ListObjectsV2")

    def refuse(**_: Any) -> None:
        raise refusal

    for act in (lambda: publish("dev", state, bucket), lambda: fetch("dev", bucket)):
        with (
            pytest.raises(StateCopyError, match="may not do this: not you; use a role that may"),
            asked(bucket, refuse),
        ):
            act()


def test_the_backend_is_that_of_the_job(bucket: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless a place is given."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", URL)

    publish("dev", state)

    assert json.loads(written(bucket))["stack"] == "dev"
