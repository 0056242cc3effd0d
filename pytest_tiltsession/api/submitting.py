"""Hands clients' writes to the gate, and words why one was not done. Knows the engine's reasons and HTTP's refusals."""

from pytest_tiltsession.api import calls, refusals
from pytest_tiltsession.engine import deletes, unwritten, writes
from pytest_tiltsession.models import go_texts
from pytest_tiltsession.models import session as session_models
from pytest_tiltsession.store import objects

STALE = "the object has been modified; please apply your changes to the latest version and try again"


def submit(
    server: calls.Server, write: writes.Create | writes.Update | deletes.Delete | deletes.DeleteCollection
) -> None:
    """Do a write. Raises :class:`refusals.Refusal`; then nothing has been written."""
    try:
        server.gate.submit(write)
    except unwritten.NotStored as problem:
        raise refusals.not_found(str(problem)) from None
    except unwritten.AlreadyStored as problem:
        raise refusals.already_exists(str(problem), generated=problem.generated) from None
    except unwritten.Unadmitted as problem:
        raise refusals.invalid_session(problem.name, problem.found) from None
    except unwritten.PreconditionFailed as problem:
        plural = session_models.KIND if problem.of_delete else session_models.PLURAL
        raise refusals.conflict(problem.name, problem.why, plural) from None
    except unwritten.NameNotGenerated:
        raise refusals.internal_error("metadata.name was not generated") from None
    except unwritten.VersionOnCreate:
        raise refusals.bad_request("resourceVersion should not be set on objects to be created") from None
    except unwritten.NothingToUpdate:
        # Tilt's store looks for the metadata of an object that there is not.
        raise refusals.unclassified("object does not implement the Object interfaces") from None
    except objects.VersionConflict as problem:
        raise refusals.conflict(str(problem), STALE) from None
    except objects.InvalidVersion as problem:
        raise refusals.unclassified(unreadable_version(str(problem))) from None


def unreadable_version(text: str) -> str:
    """Word as Go does why a text is no unsigned number of 64 bits."""
    why = "value out of range" if text.isascii() and text.isdigit() else "invalid syntax"
    return f"strconv.ParseUint: parsing {go_texts.quoted(text)}: {why}"
