"""One line of JSON for each event of Tilt's Session, until it is done; bookmarks show none."""

import json
import sys

import sessions
from cloudcoil.client import Config

config = Config()
with config:
    for event, session in sessions.Session.watch(field_selector="metadata.name=Tiltfile"):
        if event == "BOOKMARK":
            continue
        shown = {"event": event, "session": session.model_dump(mode="json", by_alias=True)}
        sys.stdout.write(f"{json.dumps(shown)}\n")
        sys.stdout.flush()
        if session.status.done:
            break
config.client.close()
