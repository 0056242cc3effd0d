"""The keys of a scenario file in relative form, described once: the reader, its messages and the JSON Schema follow.

They stand beside those of the absolute form (``scenario.description``)::

    version: 1
    title: the migration fails
    startUp: full
    resources:
      migrate: {local: {update: [{active: {}, for: 3s}, {failed: exit status 1}]}}
      api: {local: {serve: 2s, after: [migrate]}}
      web: {kubernetes: {build: 5s, pods: [{waiting: ContainerCreating, for: 1s}, ready]}}
    events:
      - {at: 10s, disable: [web]}
"""

from pytest_tiltsession.scenario import description, kinds, process_kind, shapes, time_kinds, yaml_nodes
from pytest_tiltsession.scenario.relative import phase_kind, phase_shapes

_NAMES = shapes.ListOf(kinds.Text(empty=False), "a resource")
_COMMON = (
    shapes.Key("after", _NAMES, "The resources that it depends on: its first build waits until they are ready."),
    shapes.Key("autoInit", kinds.Flag(), "Whether its first build starts by itself; true where not given."),
    shapes.Key("triggerMode", kinds.Choice(("auto", "manual")), "Whether a change starts a build."),
    shapes.Key("disabled", kinds.Flag(), "Whether it is disabled from the start."),
)
_BUILD = "What its builds go through: how long one takes, or states; what follows a good or bad end is the next build."
_IMAGES = shapes.Key("images", _NAMES, "The images that its build makes; those that share one are built in turn.")

LOCAL = shapes.Shape(
    "a local resource",
    shapes.Key("update", phase_kind.Phases("a state", "build"), _BUILD),
    shapes.Key("serve", phase_kind.Phases("a state", "serve"), "What its server goes through after each good build."),
    *_COMMON,
    shapes.Key("allowParallel", kinds.Flag(), "Whether it may be built beside others."),
)
KUBERNETES = shapes.Shape(
    "a Kubernetes resource",
    shapes.Key("build", phase_kind.Phases("a state", "build"), _BUILD),
    shapes.Key("pods", phase_kind.Phases("a state", "pods"), "What its pod goes through after each good build."),
    shapes.Key("podReadiness", kinds.Choice(("wait", "ignore", "succeeded")), "How Tilt looks at its pods."),
    _IMAGES,
    *_COMMON,
    blank=True,
)
COMPOSE = shapes.Shape(
    "a Compose service",
    shapes.Key("build", phase_kind.Phases("a state", "build"), _BUILD),
    shapes.Key("container", phase_kind.Phases("a state", "container"), "What its container goes through."),
    shapes.Key("containerID", kinds.Text(empty=False), "The id of its container, which errors name."),
    _IMAGES,
    *_COMMON,
    blank=True,
)
_TRACK = phase_kind.Phases("a state")
ENTRY = shapes.Shape(
    "a resource",
    shapes.Key("job", _TRACK, "The states of a single job target, one after the other."),
    shapes.Key("server", _TRACK, "The states of a single server target, one after the other."),
    shapes.Key("resources", _NAMES, "Of a single target: the Tiltfile's resources that it belongs to."),
    shapes.Key("local", LOCAL, "A local_resource: its command and its server."),
    shapes.Key("kubernetes", KUBERNETES, "A Kubernetes resource: its build and its pods."),
    shapes.Key("compose", COMPOSE, "A Docker Compose service: its build and its container."),
)
ENTRIES = shapes.MapOf(ENTRY, "resource")


class Cluster:
    """A cluster's name, which connects; or a mapping from it to the error with which the connection fails."""

    _NAME = kinds.Choice(("default", "docker"))
    _ERRORS = shapes.MapOf(kinds.Text(empty=False), "cluster")

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> object:
        """Give name and error, which is empty where the cluster connects."""
        if isinstance(node, yaml_nodes.Scalar):
            name = self._NAME.read(node, what, reading)
            return name if name is kinds.UNREADABLE else (name, "")
        found = self._ERRORS.read(node, what, reading)
        if found is kinds.UNREADABLE or len(found.values) != 1:
            return kinds.complain(node, what, "write default, or {default: connection refused}", reading)
        ((name, error),) = found.values.items()
        if name not in self._NAME.words:
            return kinds.complain(node, what, "Tilt connects to default (Kubernetes) and docker", reading)
        return name, error

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema."""
        text = {"type": "string", "minLength": 1}
        errors = {
            "type": "object",
            "properties": dict.fromkeys(self._NAME.words, text),
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
        return {"anyOf": [self._NAME.schema(), errors]}


RELOAD = shapes.Shape(
    "a reload",
    shapes.Key("add", ENTRIES, "The resources that come."),
    shapes.Key("remove", _NAMES, "The resources that go."),
    shapes.Key("changed", _NAMES, "The resources whose definition is another one, which are built again."),
    shapes.Key("error", kinds.Text(empty=False), "The error with which the Tiltfile fails to load."),
    shapes.Key("takes", time_kinds.Offset(), "How long the load takes; 20ms where not given."),
    shapes.Key("spec", description.SPEC, "What the Tiltfile now says of the Session's spec."),
    blank=True,
)
EVENT = shapes.Shape(
    "an event",
    shapes.Key("at", time_kinds.Offset(), "When, as an offset from the session's start."),
    *(shapes.Key(key.name, key.kind, key.doc) for key in phase_shapes.WAIT.keys.values() if key.name != "reason"),
    shapes.Key("disable", _NAMES, "Resources that are disabled."),
    shapes.Key("enable", _NAMES, "Resources that are enabled again."),
    shapes.Key("trigger", _NAMES, "Resources whose build is triggered by hand."),
    shapes.Key("change", _NAMES, "Resources of which a file changes."),
    shapes.Key("reload", RELOAD, "The Tiltfile is loaded again."),
    shapes.Key("cluster", Cluster(), "A cluster connects, or its connection fails with an error."),
    shapes.Key("note", kinds.Text(empty=False), "What happens here, for people; the timeline shows it."),
)
INCLUDED = shapes.Shape(
    "an included file",
    shapes.Key(
        "file", kinds.Text(empty=False), "Its path from this file, or a named scenario.", "write file: its path"
    ),
    shapes.Key("with", process_kind.PARAMETERS, "Values of its parameters."),
)


class Included:
    """A path or the name of a scenario, or a mapping with it and the values of its parameters."""

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> object:
        """Give a :class:`shapes.Found` with ``file`` and perhaps ``with``."""
        if isinstance(node, yaml_nodes.Scalar):
            text = kinds.Text("write the path of a file", empty=False).read(node, what, reading)
            return text if text is kinds.UNREADABLE else shapes.Found(node.line, {"file": text})
        return INCLUDED.read(node, what, reading)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema."""
        return {"anyOf": [{"type": "string", "minLength": 1}, INCLUDED.schema()]}


SCENARIO = shapes.Shape(
    "a scenario",
    *description.SCENARIO.keys.values(),
    shapes.Key(
        "parameters", process_kind.PARAMETERS, "What ${name} stands for in this file, where nothing else is given."
    ),
    shapes.Key("include", shapes.ListOf(Included(), "a file"), "Scenarios whose resources and events come first."),
    shapes.Key("startUp", kinds.Choice(("loaded", "full")), "Where it begins: with the Tiltfile loaded, or before."),
    shapes.Key("load", time_kinds.Offset(), "How long the first load of the Tiltfile takes, with startUp: full."),
    shapes.Key("loadError", kinds.Text(empty=False), "The error with which the first load ends."),
    shapes.Key("pace", time_kinds.Offset(), "What Tilt's engine takes from one of its steps to the next; 1ms."),
    shapes.Key("maxParallelUpdates", kinds.Whole(1, 1_000), "How many builds Tilt runs at once; 3."),
    shapes.Key("goesOn", kinds.Flag(), "Whether it goes on when the session is done, as no tilt ci does."),
    shapes.Key("resources", ENTRIES, "What is there, in the order of the Tiltfile, and what each goes through."),
    shapes.Key("events", shapes.ListOf(EVENT, "an event"), "What happens to resources, in any order."),
)
