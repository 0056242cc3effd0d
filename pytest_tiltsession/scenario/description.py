"""The keys of a scenario file, described once: the reader, its messages and the JSON Schema all follow from this.

``*.tilt.yaml``, version 1::

    version: 1
    title: ci fails late
    session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
    start: 2026-01-01T00:00:00.000000Z
    targets:
      migrate:update: {type: job, resources: [migrate]}
    steps:
      - {at: 1s, set: {migrate:update: active}}
      - {at: 4s, set: {migrate:update: {terminated: {error: exit status 1}}}, note: the migration breaks}
    expect: {outcome: failed, error: exit status 1, at: 4s}

Offsets (``at`` and the times of states) are Go durations from the session's ``status.startTime``. ``ci`` is shown
as it is written: what is left out is absent, and ``ci: null`` is a session without it; without the key it holds the
30 and 5 minutes that Tilt sets. In a step, ``spec`` changes what it names.
"""

from typing import Final

from pytest_tiltsession.scenario import fault_kind, kinds, process_kind, shapes, state_kind, time_kinds, yaml_nodes

VERSION: Final = 1

_TEXTS = shapes.MapOf(kinds.Text(), "key")
_INT64 = (1 << 63) - 1


class OrNull:
    """A kind, or ``null``, which is read as None."""

    def __init__(self, kind: kinds.Kind) -> None:
        self._kind = kind

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> object:
        """Give what the kind gives, or None."""
        if isinstance(node, yaml_nodes.Scalar) and node.empty and node.text:
            return None
        return self._kind.read(node, what, reading)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema of either."""
        return {"anyOf": [self._kind.schema(), {"type": "null"}]}


CI = shapes.Shape(
    "ci",
    shapes.Key("timeout", time_kinds.Duration(), "Limit for the whole session; 0s is none."),
    shapes.Key("readinessTimeout", time_kinds.Duration(), "Limit for a server to become ready; 0s is none."),
    shapes.Key("k8sGracePeriod", time_kinds.Duration(), "How long Kubernetes errors are tolerated."),
)
_LABELS = shapes.Key("labels", _TEXTS, "Labels of the Session.")
_ANNOTATIONS = shapes.Key("annotations", _TEXTS, "Annotations of the Session, beside the one that Tilt gives it.")
_TILTFILE_PATH = shapes.Key("tiltfilePath", kinds.Text(empty=False), "Path of the Tiltfile.")
_CI = shapes.Key("ci", OrNull(CI), "Settings of tilt ci, as the Session shows them; null for none.")

SESSION = shapes.Shape(
    "session",
    shapes.Key("exitCondition", kinds.Choice(("ci", "manual")), "ci (tilt ci) or manual (tilt up)."),
    _TILTFILE_PATH,
    _CI,
    shapes.Key("pid", kinds.Whole(-_INT64 - 1, _INT64), "Process identifier of the Tilt."),
    _LABELS,
    _ANNOTATIONS,
)
# Tilt takes any exit condition in an update, and then ends with an error; so a step may give any.
SPEC = shapes.Shape(
    "spec",
    shapes.Key("exitCondition", kinds.Text(), "ci, manual, or what Tilt does not support."),
    shapes.Key("tiltfilePath", kinds.Text(), "Path of the Tiltfile."),
    _CI,
)
TARGET = shapes.Shape(
    "a target",
    shapes.Key("type", kinds.Choice(("job", "server")), "job (runs to completion) or server (runs indefinitely)."),
    shapes.Key("resources", shapes.ListOf(kinds.Text(), "a resource"), "Resources of the Tiltfile it belongs to."),
    blank=True,
)
RECORDED = shapes.Shape(
    "recorded",
    shapes.Key("done", kinds.Flag(), "Whether the session was done."),
    shapes.Key("error", kinds.Text(), "The session's error."),
    shapes.Key("resourceVersion", kinds.Whole(1, _INT64), "The resourceVersion that was seen, as a number."),
)
STEP = shapes.Shape(
    "a step",
    shapes.Key("at", time_kinds.Offset(), "When, as an offset from the session's start.", "write when, such as at: 2s"),
    shapes.Key("set", shapes.MapOf(state_kind.State(), "target"), "Targets and the states that they now show."),
    shapes.Key("remove", shapes.ListOf(kinds.Text(), "a target"), "Targets that go, as at a Tiltfile reload."),
    shapes.Key("spec", SPEC, "What changes in the Session's spec."),
    _LABELS,
    _ANNOTATIONS,
    shapes.Key(
        "session",
        kinds.Choice(("present", "absent", "recreated")),
        "Makes the Session appear, vanish, or be re-created. Where the first one is present, nothing is there before.",
    ),
    shapes.Key("reload", kinds.Flag(), "The Tiltfile is loaded again, over what clients wrote."),
    shapes.Key("clusterError", kinds.Flag(), "Whether the cluster connection has failed."),
    shapes.Key("recorded", RECORDED, "What a recording saw here; shown as it is in verbatim replay."),
    shapes.Key("note", kinds.Text(), "What happens here, for people; the timeline shows it."),
)
EXPECT = shapes.Shape(
    "expect",
    shapes.Key("outcome", kinds.Choice(("succeeded", "failed", "running")), "How the session ends, or goes on."),
    shapes.Key("error", kinds.Text(empty=False), "The exact error that it fails with."),
    shapes.Key("match", kinds.Pattern(), "A regular expression that is found in the error."),
    shapes.Key("at", time_kinds.Offset(), "When the verdict comes."),
    shapes.Key("exit_code", kinds.Whole(-9, 255), "What Tilt exits with; -9 where it was killed."),
)
CONSUMER_EXPECT = shapes.Shape(
    "expect of the consumer",
    shapes.Key("exit_code", kinds.Whole(-64, 255), "Its exit code; negative for a signal. 0 where not given."),
    shapes.Key("stdout", kinds.Pattern(slashed=True), "A text that its output holds, or a pattern between slashes."),
    shapes.Key("stderr", kinds.Pattern(slashed=True), "The same for its errors."),
)
CONSUMER = shapes.Shape(
    "a consumer",
    shapes.Key("command", kinds.Command(), "The program and its arguments.", "write command: [my-tool, wait]"),
    shapes.Key("timeout", time_kinds.Duration(positive=True), "Limit on the machine's clock; 60s where not given."),
    shapes.Key("env", shapes.MapOf(kinds.Text(), "variable"), "Environment beside what a Tilt gives."),
    shapes.Key("expect", CONSUMER_EXPECT, "How the program is to end."),
)
SCENARIO = shapes.Shape(
    "a scenario",
    shapes.Key(
        "version",
        kinds.Whole(VERSION, VERSION, f"this release reads version: {VERSION}"),
        "Version of the format.",
        f"write version: {VERSION} first",
    ),
    shapes.Key("title", kinds.Text(), "What the scenario is called in reports."),
    shapes.Key("description", kinds.Text(), "What it is for."),
    shapes.Key("source", kinds.Text(), "Where a recording comes from."),
    shapes.Key("session", SESSION, "The Session's spec, and its pid, labels and annotations."),
    shapes.Key("start", time_kinds.Instant(), "The session's status.startTime; 2026-01-01T00:00:00Z where not given."),
    shapes.Key("targets", shapes.MapOf(TARGET, "target"), "The targets that steps may set, by name."),
    shapes.Key("steps", shapes.ListOf(STEP, "a step"), "What changes, in the order of time."),
    shapes.Key("faults", shapes.ListOf(fault_kind.Fault(), "a fault"), "What goes wrong, the first one that fits."),
    shapes.Key(
        "process",
        shapes.ListOf(process_kind.HAPPENING, process_kind.HAPPENING.article),
        "What happens to Tilt's process: it exits, crashes, is started again.",
    ),
    shapes.Key("expect", EXPECT, "How the session is to end: with a process, that of its last life."),
    shapes.Key("consumer", CONSUMER, "A program under test, run while the session plays."),
)
