"""Bases in place of the official ones where those cannot be pulled: the same Debian, with its own Python or Node.

Proof that every instruction works, not the image that is deployed: libraries and versions differ a little. They never
leave this machine.
"""

import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.image.engine import Engine
from local.image.recipe import official_base
from local.image.tool import ImageError, NotHereError, require, run

SUITE = "trixie"  # what the official bases are made of
# As Debian's own slim images: no manuals, no translations.
_SLIM = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*")
# OpenSSL looks here first; so a company's own authority is known while the image is built, and no variable names it.
_AUTHORITIES = (
    'cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/ca-certificates.crt"',
    'ln -sf /etc/ssl/certs/ca-certificates.crt "$1/usr/lib/ssl/cert.pem"',
)
_PIP = 'mv "$1"/usr/lib/python3/dist-packages/pip* "$1"/usr/local/lib/python3.*/dist-packages/'


@dataclass(frozen=True, kw_only=True, slots=True)
class StandIn:
    """How to make one: Debian packages, and shell commands on the new root `$1` that end it."""

    packages: tuple[str, ...]
    commands: tuple[str, ...]


def _python() -> StandIn:
    """Names and places as in the official image: `python`, and pip below /usr/local."""
    return StandIn(
        packages=("python3", "python3-pip"),
        commands=(
            'ln -s /usr/bin/python3 "$1/usr/local/bin/python"',
            'rm "$1"/usr/lib/python3.*/EXTERNALLY-MANAGED',
            'mkdir -p "$1"/usr/local/lib/$(basename "$1"/usr/lib/python3.*)/dist-packages',
            _PIP,
            'mv "$1"/usr/bin/pip* "$1/usr/local/bin/"',
        ),
    )


def _node() -> StandIn:
    """Debian's Node with this machine's npm: Debian's own npm brings four hundred packages, the official image one."""
    require("npm")
    npm = Path(run(["npm", "root", "--global"])) / "npm"
    modules = '"$1/usr/local/lib/node_modules'
    return StandIn(
        packages=("nodejs",),
        commands=(
            f'mkdir -p {modules}" && cp -RL {shlex.quote(str(npm))} {modules}/npm"',
            'ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"',
        ),
    )


STAND_INS = {"python": _python, "node": _node}


def choose_base(engine: Engine, context: Path) -> tuple[str, str]:
    """The base of the Dockerfile in `context`, official if it can be had; its reference, and what it is in words.

    Raises:
        NotHereError: neither can be had.
    """
    official = official_base(context)
    short = official.partition("@")[0].removeprefix("docker.io/library/")
    if _can_be_had(engine, official):
        return official, short
    kind = short.partition(":")[0]
    if kind not in STAND_INS:
        raise NotHereError(f"{short} cannot be pulled, and there is no stand-in for it; give a base that is here")
    image = f"localhost/priceguard-base-{kind}:{SUITE}"
    if not engine.has(image):
        try:
            _make(engine, STAND_INS[kind](), image)
        except ImageError as error:
            raise NotHereError(f"{short} cannot be pulled, and no stand-in made: {error}") from error
    return image, f"Debian {SUITE} instead of {short}, which cannot be pulled"


def _can_be_had(engine: Engine, official: str) -> bool:
    try:
        if not engine.has(official):
            engine.pull(official)
    except ImageError:
        return False
    return True


def _make(engine: Engine, stand_in: StandIn, image: str) -> None:
    require("mmdebstrap")
    hooks = [f"--customize-hook={command}" for command in (*_AUTHORITIES, *stand_in.commands)]
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "base.tar"
        run(
            [
                *("mmdebstrap", "--variant=minbase", f"--include={','.join((*stand_in.packages, 'ca-certificates'))}"),
                *(f"--dpkgopt=path-exclude={path}" for path in _SLIM),
                *(*hooks, SUITE, archive),
            ]
        )
        engine.load(archive, image)
