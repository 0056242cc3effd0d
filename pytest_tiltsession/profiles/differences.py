"""The table of the points in which Tilt and Kubernetes differ, with what each does; the documentation is made of it."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """One row of the table: a point in which the profiles differ, and the behaviour of each.

    ``source`` says where Tilt's side was seen; the other side is the published reference or the API conventions.
    """

    key: str
    title: str
    tilt: str
    kubernetes: str
    source: str


DIFFERENCES = (
    Difference(
        "unauthorized",
        "A missing or wrong token",
        "403 Forbidden for system:anonymous, on every path of the API server",
        "401 Unauthorized",
        "stories auth-*",
    ),
    Difference(
        "dry_run",
        "dryRun=All",
        "accepted and ignored: the write takes effect and is seen by watches",
        "answers as if, and persists nothing",
        "stories dryrun-*, live-dryrun-*",
    ),
    Difference(
        "preconditions",
        "Preconditions of a delete",
        "ignored: a wrong uid or resourceVersion still deletes",
        "409 Conflict where the uid or the resourceVersion is another",
        "stories precondition-*",
    ),
    Difference(
        "uid_preconditions",
        "Another uid in an update",
        "422, the uid is immutable; ignored on the status",
        "409 Conflict, on the status too",
        "story merge-uid",
    ),
    Difference(
        "unconditional_update",
        "An update without resourceVersion, or with 0",
        "409 Conflict",
        "replaces whatever version there is",
        "stories conflict-missing, conflict-status",
    ),
    Difference(
        "update_validation",
        "An invalid spec in an update",
        "accepted (and Tilt then exits with an error)",
        "422 Invalid, as on create",
        "stories update-empty-path, merge-remove-path; exits-by-write.jsonl",
    ),
    Difference(
        "field_paths",
        "Paths in the causes of an invalid spec",
        "tiltfilePath, exitCondition",
        "spec.tiltfilePath, spec.exitCondition",
        "stories invalid-spec-missing, invalid-exit-condition",
    ),
    Difference(
        "generated_names",
        "metadata.generateName",
        "500 where no name is given with it",
        "the server appends five characters to it",
        "recorded with a prefix and no name",
    ),
    Difference(
        "version_on_create",
        "A resourceVersion in the body of a create",
        "ignored",
        "400 Bad Request",
        "stories create-resource-version-*",
    ),
    Difference(
        "status_on_create",
        "A status in the body of a create",
        "kept until the controller rewrites it",
        "ignored",
        "stories create-status-*",
    ),
    Difference(
        "apply_creates",
        "Server-side apply of a Session that is not there",
        "500",
        "creates it: 201",
        "story apply-new",
    ),
    Difference(
        "generation",
        "metadata.generation",
        "absent, or for ever what the client sent on create",
        "1 on create, one more whenever the spec changes",
        "stories create-system-fields, update-generation",
    ),
    Difference(
        "self_links",
        "A metadata.selfLink in an update",
        "kept as it is sent",
        "dropped",
        "Tilt's store, which writes down whatever passes the checks",
    ),
    Difference(
        "managed_status",
        "managedFields of a write to the status",
        "not kept",
        "an entry with subresource status",
        "stories status-pid, patch-status-pid",
    ),
    Difference(
        "status_tables",
        "The status as a Table",
        "406 Not Acceptable",
        "a Table with the Session as its row",
        "story status-table",
    ),
    Difference(
        "managed_ignored",
        "managedFields of status fields sent to the main resource",
        "kept, though the fields are ignored, and the resourceVersion rises",
        "ignored like the fields",
        "stories update-status-ignored, merge-status-ignored",
    ),
    Difference(
        "quiet_no_ops",
        "A write that changes nothing",
        "a MODIFIED event with the same resourceVersion",
        "no event",
        "watch-streams.jsonl, watch-001",
    ),
    Difference(
        "delete_status",
        "The answer to a delete that is done",
        "the deleted Session",
        "a Status with the details of the Session",
        "stories delete-*",
    ),
    Difference(
        "delete_version",
        "The resourceVersion of a deleted Session",
        "that of its last change: a delete does not raise the counter",
        "a new one, so that a watch can resume after it",
        "watch-streams.jsonl, watch-001",
    ),
    Difference(
        "collection_status",
        "The answer to deletecollection",
        "a SessionList of what was removed",
        "a Status",
        "stories dc-*",
    ),
    Difference(
        "collection_finalizers",
        "Finalizers under deletecollection",
        "ignored: the Sessions are gone",
        "kept: the Sessions are only marked",
        "recorded with w5 and w6, watch-018",
    ),
    Difference(
        "collection_events",
        "Watch events of deletecollection",
        "none",
        "a DELETED event for each Session (MODIFIED where finalizers hold it)",
        "story live-deletecollection",
    ),
    Difference(
        "read_versions",
        "resourceVersion of a get",
        "ignored, even when it is no number",
        "504 where it is newer than the server's, 500 where it is no number",
        "stories get-ignored-params*",
    ),
    Difference(
        "list_versions",
        "resourceVersion and resourceVersionMatch of a list",
        "checked for their form, then ignored: always the current list",
        "Exact lists that very version, NotOlderThan at least it; 410 where it is forgotten, 504 where it is to come",
        "stories list-resource-version*",
    ),
    Difference(
        "pages",
        "limit and continue",
        "ignored: always the full list",
        "pages in the order of names, with continue and remainingItemCount; 410 for a continue that is too old",
        "story list-limit",
    ),
    Difference(
        "watch_versions",
        "resourceVersion of a watch",
        "ignored: each watch starts with an ADDED event for all that there is",
        "resumes after that version; an ERROR event with 410 where it is forgotten",
        "stories watch-resource-version, live-old-resource-version",
    ),
    Difference(
        "bookmarks",
        "allowWatchBookmarks",
        "accepted, and no bookmark is ever sent",
        "BOOKMARK events when other Sessions have moved the version on, and each minute of the session's clock",
        "story watch-bookmarks, watch-streams.jsonl, watch-005",
    ),
    Difference(
        "initial_events",
        "sendInitialEvents of a watch",
        "422, the feature is off",
        "ADDED events and a closing BOOKMARK with the annotation k8s.io/initial-events-end",
        "story watch-send-initial-events",
    ),
    Difference(
        "selector_events",
        "A Session that leaves or enters the selector of a watch",
        "leaving sends nothing, entering sends MODIFIED",
        "leaving sends DELETED, entering sends ADDED",
        "watch-streams.jsonl, watch-004",
    ),
    Difference(
        "core_group",
        "Discovery of the group without a name, /api",
        "404, Go's plain text: kopf and kr8s' api_resources() give up on it",
        "an APIVersions without versions, for Tilt has nothing in that group",
        "stories discovery-unknown",
    ),
)
