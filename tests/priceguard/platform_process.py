"""A platform's process with one small service and nothing else: `python -m tests.priceguard.platform_process <dir>`.

The supervisor is the real one; its platform has only the ECS agent, with the sample service of `tests.local` under the
name of the real service, and an `api.operations` that shows what reaches it.
"""

import asyncio
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from local.supervisor import Supervisor
from tests.local.ecs_bench import Bench, definition, ecs_agent, service

OPERATIONS = """
import json, os, sys, time
def say(event, **what):
    print(json.dumps({"event": event, **what}), flush=True)
if sys.argv[1] == "reconcile":
    open("pid", "w").write(str(os.getpid()))
    time.sleep(60)
say("webhook_event", id="evt_1", type=" ".join(sys.argv[1:]), state=os.environ["VERSION"], attempts=0,
    received_at="", reason=os.environ["TOKEN"])
say("done")
"""


@dataclass
class SmallPlatform:
    """As much of the platform as a supervisor needs for one-off tasks."""

    bench: Bench
    serves = True

    @property
    def agent(self) -> Any:
        """Who runs the tasks."""
        return self.bench.agent

    async def down(self, _: Any) -> None:
        """Stop the tasks."""
        await self.bench.agent.close()


async def main(directory: Path) -> None:
    """Run until told to stop."""
    (directory / "api").mkdir()
    (directory / "api" / "__init__.py").touch()
    (directory / "api" / "operations.py").write_text(OPERATIONS)
    async with ecs_agent(directory) as bench:
        await bench.agent.deploy(replace(service(definition(1)), name="priceguard-server"))
        with patch("local.supervisor.Platform", lambda *_: SmallPlatform(bench)):
            await Supervisor(directory, directory, "dev", 0).run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
