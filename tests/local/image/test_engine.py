"""Which engine builds images on a machine."""

import pytest

from local.image.buildah import Buildah
from local.image.docker import Docker
from local.image.engine import choose_engine
from local.image.tool import ImageError
from tests.local.image.fake_tools import Tools

NO_DAEMON = "echo 'Cannot connect to the Docker daemon' >&2; exit 1"
DAEMON = "echo 27.5.1"
BUILDAH = 'case "$*" in --version) echo "buildah version 1.39.3 (image-spec 1.1.0, runtime-spec 1.2.0)";; esac'


@pytest.mark.parametrize("name", ["auto", "docker"])
def test_docker_is_taken_when_its_daemon_answers(tools: Tools, name: str) -> None:
    """Even where buildah is there too."""
    tools.put("docker", DAEMON)
    tools.put("buildah", BUILDAH)

    engine = choose_engine(name)

    assert isinstance(engine, Docker)
    assert engine.name == "Docker 27.5.1"
    assert tools.calls("buildah") == []


@pytest.mark.parametrize("has_client", [True, False])
def test_buildah_is_taken_where_docker_does_not_answer(tools: Tools, has_client: bool) -> None:  # noqa: FBT001
    """A client without its daemon builds nothing."""
    if has_client:
        tools.put("docker", NO_DAEMON)
    tools.put("buildah", BUILDAH)

    engine = choose_engine()

    assert isinstance(engine, Buildah)
    assert engine.name == "buildah 1.39.3"


def test_buildah_by_name_does_not_ask_docker(tools: Tools) -> None:
    """Whoever names one gets that one."""
    tools.put("docker", DAEMON)
    tools.put("buildah", BUILDAH)

    assert isinstance(choose_engine("buildah"), Buildah)
    assert tools.calls("docker") == []


@pytest.mark.parametrize("has_client", [True, False])
def test_none_at_all_names_both(tools: Tools, has_client: bool) -> None:  # noqa: FBT001
    """And what to do."""
    if has_client:
        tools.put("docker", NO_DAEMON)

    with pytest.raises(ImageError, match=r"docker or buildah does not answer.*start Docker.*apt-get install.*buildah"):
        choose_engine()


def test_docker_by_name_without_its_daemon_is_an_error(tools: Tools) -> None:
    """Nothing else is taken in its place."""
    tools.put("docker", NO_DAEMON)
    tools.put("buildah", BUILDAH)

    with pytest.raises(ImageError, match="docker does not answer here"):
        choose_engine("docker")
    assert tools.calls("buildah") == []


def test_buildah_that_does_not_work_says_why(tools: Tools) -> None:
    """With the end of its output."""
    tools.put("buildah", "echo 'permission denied' >&2; exit 125")

    with pytest.raises(ImageError, match=r"`buildah info …` failed with exit code 125:\n    permission denied"):
        choose_engine()
