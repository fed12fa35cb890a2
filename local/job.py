"""What the runner is given: a stack's configuration, where the stand-ins are, what exists."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local.api_image import PreparedImage
from local.database import LocalDatabase
from local.overrides import local_configuration
from local.stand_ins import StandIns


def program_job(
    root: Path,
    directory: Path,
    stack: str,
    image: PreparedImage,
    database: LocalDatabase,
    stand_ins: StandIns,
    shop: str,
    assignments: Mapping[str, str],
) -> dict[str, Any]:
    """The job for `local.runner.run` or `local.engine_runner.run`; it holds secrets.

    Args:
        root: the checkout.
        directory: of the platform.
        stack: `dev` or `prod`.
        image: what the tasks run in.
        database: runs already.
        stand_ins: the same.
        shop: origin of the demo shop's pages.
        assignments: configuration keys that are set for this run.
    """
    config = local_configuration(
        root,
        stack=stack,
        digest=image.digest,
        database=database.settings,
        stripe_url=stand_ins.stripe.endpoint,
        shop=shop,
        assignments=assignments,
    )
    return {
        "stack": stack,
        "config": config,
        "surroundings": asdict(stand_ins.surroundings(config.get("aws:region", ""), database, image.manifest)),
        "state": str(stand_ins.state_file),
        "program": str(root / "infra"),
        "root": str(root),
        "directory": str(directory),
    }
