"""What the example of the README tests: a dashboard that shows how each target stands, and why the session failed."""

import base64
import json
import pathlib
import ssl
import urllib.request

import yaml


def render(kubeconfig: pathlib.Path) -> str:
    """Read Tilt's session over HTTPS, as the kubeconfig says, and give the screen."""
    config = yaml.safe_load(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    trust = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    address = cluster["server"] + "/apis/tilt.dev/v1alpha1/sessions/Tiltfile"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {user['token']}"})
    with urllib.request.urlopen(request, context=trust) as answer:
        status = json.load(answer)["status"]
    lines = [f"{target['name']:<20} {next(iter(target['state']))}" for target in status["targets"]]
    return "\n".join([*lines, status.get("error", "all is well") if status["done"] else "at work"])
