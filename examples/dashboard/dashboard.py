"""A dashboard that watches Tilt's session over the API and redraws with every change.

Run it beside a ``tilt up``: ``KUBECONFIG=~/.tilt-dev/config python dashboard.py``.
"""

import asyncio
import base64
import json
import os
import pathlib
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx
import yaml

SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"


class Dashboard:
    """Follows the session of the Tilt that a kubeconfig points to."""

    def __init__(self, kubeconfig: pathlib.Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        wanted = config["current-context"] or config["contexts"][0]["name"]
        context = next(item["context"] for item in config["contexts"] if item["name"] == wanted)
        cluster = next(item["cluster"] for item in config["clusters"] if item["name"] == context["cluster"])
        user = next(item["user"] for item in config["users"] if item["name"] == context["user"])
        trust = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        self._client = httpx.AsyncClient(
            base_url=cluster["server"],
            verify=trust,
            headers={"Authorization": f"Bearer {user['token']}"},
            timeout=httpx.Timeout(10, read=None),
        )

    async def __aenter__(self) -> "Dashboard":
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._client.aclose()

    async def screens(self) -> AsyncIterator[str]:
        """Give a new screen with every change of the session, the present one first, until Tilt exits."""
        async with self._client.stream("GET", SESSIONS, params={"watch": "true"}) as response:
            response.raise_for_status()
            async for line in response.aiter_lines():
                event = json.loads(line)
                if event["object"]["metadata"]["name"] == "Tiltfile":
                    yield render(event["object"])


def render(session: dict[str, Any]) -> str:
    """Draw one screen: a line per target, then how the session stands."""
    status = session["status"]
    lines = [describe(target) for target in status["targets"] or []]
    if status["done"]:
        lines.append(f"FAILED: {status['error']}" if status.get("error") else "All done.")
    else:
        lines.append("Working …")
    return "\n".join(lines)


def describe(target: dict[str, Any]) -> str:
    """Say in a line what a target is doing."""
    state = target["state"]
    if "waiting" in state:
        doing = f"waiting ({state['waiting']['waitReason']})"
    elif "active" in state:
        doing = "ready" if state["active"]["ready"] else "running"
    elif "terminated" in state:
        error = state["terminated"].get("error")
        doing = f"failed: {error}" if error else "succeeded"
    else:
        doing = "off"
    return f"{target['name']:<20} {doing}"


async def main() -> None:
    """Redraw the terminal until the watch ends."""
    async with Dashboard(pathlib.Path(os.environ["KUBECONFIG"])) as dashboard:
        async for screen in dashboard.screens():
            print("\033[2J\033[H" + screen, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
