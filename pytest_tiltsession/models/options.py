"""``metav1.DeleteOptions``: what the body of a delete request may ask for."""

import dataclasses

from pytest_tiltsession.models import wire
from pytest_tiltsession.models.wire import field

KIND = "DeleteOptions"


@dataclasses.dataclass(frozen=True, slots=True)
class Preconditions:
    """What must hold before an object is deleted."""

    uid: str | None = field(
        "uid", wire.STRING, "UID of the object.", omit_empty=True, optional=True, go_type="types.UID"
    )
    resource_version: str | None = field(
        "resourceVersion", wire.STRING, "Version of the object.", omit_empty=True, optional=True
    )


@dataclasses.dataclass(frozen=True, slots=True)
class DeleteOptions:
    """How an object is to be deleted."""

    grace_period_seconds: int | None = field(
        "gracePeriodSeconds", wire.INT64, "Seconds before the object is removed.", omit_empty=True, optional=True
    )
    preconditions: Preconditions | None = field(
        "preconditions", wire.POINTER, "What must hold before.", of=Preconditions, omit_empty=True
    )
    orphan_dependents: bool | None = field(
        "orphanDependents", wire.BOOL, "Superseded by propagationPolicy.", omit_empty=True, optional=True
    )
    propagation_policy: str | None = field(
        "propagationPolicy",
        wire.STRING,
        "Orphan, Background or Foreground.",
        omit_empty=True,
        optional=True,
        go_type="v1.DeletionPropagation",
    )
    dry_run: tuple[str, ...] | None = field("dryRun", wire.STRINGS, "All: nothing is to be kept.", omit_empty=True)
    ignore_store_read_error: bool | None = field(
        "ignoreStoreReadErrorWithClusterBreakingPotential",
        wire.BOOL,
        "Whether an object that cannot be read may be deleted.",
        omit_empty=True,
        optional=True,
    )
