"""The parameters of the API's operations, by name: where each stands, its type, and what it is for."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query, or of the path where it is required."""

    name: str
    type: str
    description: str
    place: str = "query"

    @property
    def required(self) -> bool:
        """Whether it must be given: in paths always."""
        return self.place == "path"


_ALL = (
    Parameter("name", "string", "Name of the Session.", "path"),
    Parameter("pretty", "string", "Whether to indent the answer: true or 1."),
    Parameter("allowWatchBookmarks", "boolean", "Whether bookmark events may be sent. Tilt sends none."),
    Parameter("continue", "string", "Token that asks for the page after the one that gave it."),
    Parameter("dryRun", "string", "All: do everything but persist. Tilt persists all the same."),
    Parameter("fieldManager", "string", "Name under which the written fields are recorded as managed."),
    Parameter(
        "fieldValidation",
        "string",
        "What unknown and duplicate fields lead to: Ignore, Warn (a warning, the default) or Strict (an error).",
    ),
    Parameter("fieldSelector", "string", "Selects by fields; metadata.name and metadata.namespace can be selected."),
    Parameter("force", "boolean", "Whether an apply takes over fields that others manage."),
    Parameter("gracePeriodSeconds", "integer", "Seconds that a deletion may take."),
    Parameter(
        "ignoreStoreReadErrorWithClusterBreakingPotential",
        "boolean",
        "Whether to delete an object that the store cannot read.",
    ),
    Parameter("labelSelector", "string", "Selects by labels: a=b, a!=b, a in (b,c), a, !a."),
    Parameter("limit", "integer", "Most items that a page may hold."),
    Parameter("orphanDependents", "boolean", "Whether dependents stay. Deprecated: use propagationPolicy."),
    Parameter("propagationPolicy", "string", "What becomes of dependents: Orphan, Background or Foreground."),
    Parameter("resourceVersion", "string", "Version at, or after, which to read or to begin a watch."),
    Parameter("resourceVersionMatch", "string", "How resourceVersion is meant: Exact or NotOlderThan."),
    Parameter("sendInitialEvents", "boolean", "Whether a watch begins with the objects that there are."),
    Parameter("shardSelector", "string", "Selects a shard of the collection."),
    Parameter("timeoutSeconds", "integer", "Seconds after which a list or watch ends."),
    Parameter("watch", "boolean", "Whether to send changes as they come instead of a list."),
)
PARAMETERS = {parameter.name: parameter for parameter in _ALL}
