"""What all clients are put through, so that each test says only how its client says it.

A client finds the API, lists and reads the Session of Tilt, creates one of its own (`NIGHTLY`), changes it in every way
that it speaks, watches Tilt's Session while the test moves a target, and deletes its own again. Each write is looked at
through the same client, and what is refused arrives as its own kind of error. All of it holds in both profiles.
"""

GROUP, VERSION, PLURAL, KIND = "tilt.dev", "v1alpha1", "sessions", "Session"
API_VERSION = f"{GROUP}/{VERSION}"
PATH = f"/apis/{API_VERSION}/{PLURAL}"

NIGHTLY = {
    "apiVersion": API_VERSION,
    "kind": KIND,
    "metadata": {"name": "nightly", "labels": {"team": "web"}},
    "spec": {"tiltfilePath": "/nightly/Tiltfile", "exitCondition": "manual"},
}

# Each patch adds a label of its own, so that in the end all of them are to be seen.
MERGE = {"metadata": {"labels": {"merge": "yes"}}}
JSON = [{"op": "add", "path": "/metadata/labels/json", "value": "yes"}]
STRATEGIC = {"metadata": {"labels": {"strategic": "yes"}}}
PATCHES = {
    "application/merge-patch+json": MERGE,
    "application/json-patch+json": JSON,
    "application/strategic-merge-patch+json": STRATEGIC,
}
STATUS = {"status": {"pid": 100}}  # a merge patch of the status: Tilt leaves the pid as it is written

# Applied server-side to the Session that is there; to create one in this way is beyond Tilt (it answers 500).
APPLIED = {
    "apiVersion": API_VERSION,
    "kind": KIND,
    "metadata": {"name": "nightly", "labels": {"applied": "yes"}},
}
APPLY = "application/apply-patch+yaml"

LABELS = {"team", "merge", "json", "strategic", "applied"}  # of NIGHTLY after all this

SECONDS = 20  # of the machine's clock: when a watch ends by itself, should it not be shown what it waits for


class Migration:
    """A job of Tilt's Session that goes on as soon as a watcher has seen how it stands: no sleep, no polling.

    Use it in the watcher's own loop, and leave the loop when there is nothing more to come.
    """

    STORY = (("ADDED", "waiting"), ("MODIFIED", "active"), ("MODIFIED", "failed: exit status 1"))

    def __init__(self, tilt_session):
        self._job = tilt_session.job("migrate")
        self._seen = []

    def goes_on(self, event, session):
        """Note what a watcher was shown and take the next step; False where the story is over."""
        states = {target["name"]: target["state"] for target in session["status"]["targets"]}
        ((word, state),) = states["migrate:update"].items()
        self._seen.append((event, f"failed: {state['error']}" if word == "terminated" else word))
        if len(self._seen) == 1:
            self._job.start()
        elif len(self._seen) == 2:
            self._job.fail("exit status 1")
        return len(self._seen) < len(self.STORY)

    @property
    def seen(self):
        """What the watcher was shown of the job, event by event."""
        return tuple(self._seen)
