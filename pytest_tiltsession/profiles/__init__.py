"""The points in which the fake can follow Tilt or Kubernetes: one table, and what the code asks of it.

``tilt`` answers bug for bug as the recordings of a real Tilt show; ``kubernetes`` answers as the published reference
of the API and the Kubernetes API conventions promise. What a Session's status says is Tilt's in both.
"""

import dataclasses

from pytest_tiltsession import errors
from pytest_tiltsession.profiles import differences

Difference = differences.Difference
DIFFERENCES = differences.DIFFERENCES


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One set of answers. Each attribute but ``name`` and ``history`` is the key of one row of ``DIFFERENCES``.

    ``history`` is how far back the server remembers versions, in microseconds of the session's clock; it matters
    where watches resume, pages continue and exact versions are listed.
    """

    name: str
    history: int = 5 * 60 * 1_000_000
    unauthorized: bool
    dry_run: bool
    preconditions: bool
    uid_preconditions: bool
    unconditional_update: bool
    update_validation: bool
    field_paths: bool
    generated_names: bool
    version_on_create: bool
    status_on_create: bool
    apply_creates: bool
    generation: bool
    self_links: bool
    managed_status: bool
    status_tables: bool
    managed_ignored: bool
    quiet_no_ops: bool
    delete_status: bool
    delete_version: bool
    collection_status: bool
    collection_finalizers: bool
    collection_events: bool
    read_versions: bool
    list_versions: bool
    pages: bool
    watch_versions: bool
    bookmarks: bool
    initial_events: bool
    selector_events: bool
    core_group: bool


_KEYS = tuple(row.key for row in DIFFERENCES)

TILT = Profile(name="tilt", **dict.fromkeys(_KEYS, False))
KUBERNETES = Profile(name="kubernetes", **dict.fromkeys(_KEYS, True))
PROFILES = {profile.name: profile for profile in (TILT, KUBERNETES)}


def named(name: str) -> Profile:
    """Give a profile by its name. Raises :class:`errors.InvalidValue`, which lists the names, for any other."""
    try:
        return PROFILES[name]
    except KeyError:
        raise errors.InvalidValue(f"there is no profile {name!r}: choose {' or '.join(map(repr, PROFILES))}") from None
