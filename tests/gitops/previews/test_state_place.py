"""Where the state is: what names no place for it is refused before anything is asked."""

import pytest

from gitops.previews.state_copy import Place, StateCopyError, fetch, place


@pytest.mark.parametrize("url", ["", "file:///tmp/x", "s3://", "s3://bucket/below?region=us-east-1", "s3://bucket"])
def test_a_backend_that_is_no_bucket_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With where the right URL comes from."""
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("PULUMI_BACKEND_URL", url)

    with pytest.raises(StateCopyError, match=r"PULUMI_BACKEND_URL names no bucket with its region: set it to .*Url"):
        place()


@pytest.mark.parametrize("name", ["../.pulumi/stacks/priceguard/dev", "", "dev/x", "DEV"])
def test_a_name_that_is_no_stack_reaches_nothing(name: str) -> None:
    """Such as one that leads elsewhere in the bucket."""
    with pytest.raises(StateCopyError, match="is no name of a stack: use dev or prod"):
        fetch(name, Place(bucket="bucket", region="us-east-1", s3=None))
