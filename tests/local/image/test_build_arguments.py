"""What the Dockerfile lets through as build arguments: anybody can read them in the image, so no secret may."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from local.image.recipe import api_recipe
from render.configuration import ROOT
from tests.local.image.conftest import Git

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def checks() -> str:
    """The shell code of the Dockerfile that checks its arguments, and nothing of what follows it there."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    found = re.findall(r'if \[ [^]]*"\$\w+"[^]]* \]; then expr .*?; fi', text)
    assert len(found) == 2
    code = " && ".join(found)
    assert not re.search(r"\b(rm|chmod|find|touch)\b", code), "what changes files must not run here"
    return code


def refusal(revision: str, source: str) -> str:
    """What a build with these arguments says; empty when it goes on."""
    environment = {"PATH": os.environ["PATH"], "REVISION": revision, "SOURCE": source}
    command = ["sh", "-c", checks()]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=10)
    assert done.returncode == (64 if done.stderr else 0)
    return done.stderr


def test_the_default_values_are_accepted() -> None:
    """Those of a build by hand."""
    assert refusal("unreleased", "") == ""


@pytest.mark.parametrize(
    "remote",
    [
        "",
        "https://github.com/acme/price-guard.git",
        "https://ada:ghp_token@git.acme.example/Acme/price_guard.v2",
        "git@gitlab.com:acme/group/price-guard.git",
        "ssh://git@github.com/acme/price-guard",
        "/srv/git/price-guard",
    ],
)
@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.usefixtures("commit")
def test_every_label_of_ours_is_accepted(files: Path, git: Git, remote: str, changed: bool) -> None:  # noqa: FBT001
    """Wherever the checkout comes from."""
    if remote:
        git("remote", "add", "origin", remote)
    if changed:
        (files / "api" / "app.py").write_text("changed\n")

    labels = api_recipe(files, "base").labels

    assert (labels["REVISION"] == "unreleased") is changed
    assert refusal(labels["REVISION"], labels["SOURCE"]) == ""


@pytest.mark.parametrize(
    "revision",
    [
        "",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "ghp_0123456789abcdef0123456789abcdef0123",
        "postgresql://app:hunter2@db/app",
        "main",
        "unreleased\nsk_live_4eC39HqLyjWDarjtT1zdp7dc",
        COMMIT[:39],
        f"{COMMIT}0",
        COMMIT.upper(),
        f"{COMMIT} sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        f"{COMMIT}\nsk_live_4eC39HqLyjWDarjtT1zdp7dc",
        f"sk_live_\n{COMMIT}",
    ],
)
def test_what_is_no_commit_is_refused(revision: str) -> None:
    """With what would be right, and without the value."""
    said = refusal(revision, "")

    assert said == "REVISION: 40 hex digits of a commit, or unreleased\n"


@pytest.mark.parametrize(
    "source",
    [
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "https://ada:ghp_token@github.com/acme/price-guard",
        "https://ghp_token@github.com/acme/price-guard",
        "https://ada:hunter2@github.com/acme/price-guard",
        "https://hunter2@github.com/acme/price-guard",
        "https://github.com/acme/price-guard?token=ghp_token",
        "https://github.com/acme/price-guard#ghp_token",
        "https://github.com/acme/price-guard sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "https://github.com/acme/price-guard\nsk_live_4eC39HqLyjWDarjtT1zdp7dc=",
        "https://github.com",
        "http://github.com/acme/price-guard",
        "git@github.com:acme/price-guard.git",
        "postgresql://app:hunter2@db/app",
    ],
)
def test_what_is_no_plain_address_is_refused(source: str) -> None:
    """With what would be right, and without the value."""
    said = refusal(COMMIT, source)

    assert said == "SOURCE: https://<host>/<owner>/<name> of the repository, nothing else\n"
