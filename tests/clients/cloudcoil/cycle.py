"""The whole cycle on one Session, printed as JSON; cloudcoil has no patches and no apply."""

import asyncio
import json
import os
import sys

import sessions
from cloudcoil import errors
from cloudcoil.client import Config

nightly = sessions.Session.model_validate(json.loads(os.environ["STORY"]))
results = {}


def refused(call):
    """Give the name of the error that a call ends with."""
    try:
        call()
    except errors.APIError as problem:
        return type(problem).__name__


async def found():
    """List through the asynchronous client."""
    return [item.name async for item in await sessions.Session.async_list()]


config = Config()
with config:
    results["listed"] = [item.name for item in sessions.Session.list()]
    results["found"] = sessions.Session.get("Tiltfile").spec.exit_condition
    results["created"] = nightly.create().spec.model_dump(by_alias=True, exclude_none=True)
    results["again"] = refused(nightly.create)
    body = nightly.fetch()
    body.spec.ci = {"timeout": "90s"}
    updated = body.update()
    results["updated"] = updated.spec.ci
    results["stale"] = refused(body.update)
    updated.status.pid = 99
    results["pid"] = updated.update_status().status.pid
    results["found asynchronously"] = asyncio.run(found())
    nightly.remove()
    results["gone"] = refused(nightly.fetch)
config.client.close()
json.dump(results, sys.stdout)
