"""A CI gate: wait until Tilt's session is done, then pass or fail the build. Polls with the Kubernetes client.

Run it beside a ``tilt ci``: ``KUBECONFIG=~/.tilt-dev/config python gate.py``.
"""

import os
import sys
import time

import kubernetes


def wait_for_session(kubeconfig: str, seconds_between: float = 2.0) -> tuple[int, str]:
    """Poll until the session is done; give the exit code of the build and a line for its log."""
    api = kubernetes.client.CustomObjectsApi(kubernetes.config.new_client_from_config(kubeconfig))
    while True:
        session = api.get_cluster_custom_object("tilt.dev", "v1alpha1", "sessions", "Tiltfile")
        status = session["status"]
        if status["done"]:
            break
        time.sleep(seconds_between)
    api.api_client.close()
    if error := status.get("error"):
        return 1, f"tilt failed: {error}"
    return 0, f"tilt is happy with {len(status['targets'])} targets"


if __name__ == "__main__":
    code, line = wait_for_session(os.environ["KUBECONFIG"])
    print(line)
    sys.exit(code)
