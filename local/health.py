"""Whether the API answers through the load balancer."""

import asyncio
import json

import aiohttp

_ATTEMPTS, _PAUSE = 40, 0.25  # seconds between two


async def unhealthy(api_url: str) -> str | None:
    """None once `/health` is good; what it last said when it does not become good within ten seconds.

    A task whose connection was just cut has some seconds for a new one.
    """
    said = "nothing"
    async with aiohttp.ClientSession() as session:
        for _ in range(_ATTEMPTS):
            try:
                async with session.get(f"{api_url}/health") as answer:
                    said = await answer.text()
                    if answer.status == 200 and json.loads(said)["status"] == "ok":
                        return None
            except (aiohttp.ClientError, ValueError) as error:
                said = str(error)
            await asyncio.sleep(_PAUSE)
    return said
