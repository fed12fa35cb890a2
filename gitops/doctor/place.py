"""Where environments are, by their files."""

from collections.abc import Sequence
from pathlib import Path

from gitops.doctor.errors import DoctorError, NotAskedError
from render.configuration import ROOT, ConfigurationError, read_configuration


def place_of(environments: Sequence[str], root: Path = ROOT) -> tuple[str, str]:
    """Account and region in the files of these environments.

    Raises:
        NotAskedError: they do not say the same, so they cannot be looked at together.
        DoctorError: a file does not say.
    """
    places = {environment: _place(environment, root) for environment in environments}
    if len(set(places.values())) > 1:
        words = ", ".join(f"{name} is in {account}, {region}" for name, (account, region) in places.items())
        raise NotAskedError(f"{words}; look at one at a time: `priceguard doctor {environments[0]}`")
    return places[environments[0]]


def _place(environment: str, root: Path) -> tuple[str, str]:
    values = configuration(environment, root)
    if lacking := [key for key in ("priceguard:account", "aws:region") if not values.get(key)]:
        raise DoctorError(f"Pulumi.{environment}.yaml names no {' and no '.join(lacking)}; write it there")
    return values["priceguard:account"], values["aws:region"]


def configuration(environment: str, root: Path) -> dict[str, str]:
    """The keys in an environment's file.

    Raises:
        DoctorError: there is none, or it is no such file.
    """
    try:
        return read_configuration(environment, root)
    except ConfigurationError as error:
        raise DoctorError(str(error)) from error
