"""How watch events are written: as lines of JSON, or as protobuf with the length in front. Knows no selector.

Sources: the *watch*, *watch-accept-partial* and *live-table* stories.
"""

import dataclasses

from pytest_tiltsession.api import (
    documents,
    negotiation,
    refusals,
    rendering,
    shown,
)
from pytest_tiltsession.models import metadata
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.store import journal

BOOKMARK, ERROR = "BOOKMARK", "ERROR"
INITIAL_EVENTS_END = "k8s.io/initial-events-end"


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """An event to come: its type and what it shows; ``seq`` is the commit that holds the Session, if one does."""

    type: str
    seq: int = -1
    value: sessions.Session | None = None
    error: refusals.Refusal | None = None


class Writer:
    """Writes the events of one watch in its form; ``written`` counts them, since a Table names its columns once."""

    def __init__(self, commits: journal.Journal, media: negotiation.MediaType, include: str) -> None:
        self.written = 0
        self._commits = commits
        self._media = media
        self._include = include

    @property
    def content_type(self) -> str:
        """The media type of the stream."""
        name = self._media.name
        return name if name == documents.JSON else f"{name};stream=watch"

    def line(self, event: Event) -> bytes:
        """Write one event. Raises :class:`refusals.Refusal` for a Session that has no such form."""
        written = self._enveloped(event) if self._media.name == documents.PROTOBUF else self._json(event)
        self.written += 1
        return written

    def _json(self, event: Event) -> bytes:
        if event.error is not None:
            text = rendering.status_of(event.error).compact()
        elif event.value is None and not self._media.convert:
            return b'{"type":"%b","object":%b}\n' % (event.type.encode(), self._commits.body_at(event.seq))
        else:
            one = shown.One(event.value or self._commits.session_at(event.seq))
            text = shown.transformed(one, self._media, self._include, headers=not self.written).compact()
        return f'{{"type":"{event.type}","object":{text}}}\n'.encode()

    def _enveloped(self, event: Event) -> bytes:
        from pytest_tiltsession.api import kubernetes_protobuf, metadata_protobuf  # start-up cost

        if event.error is not None:
            content = kubernetes_protobuf.encode(rendering.status_of(event.error).wire())
        else:
            value = event.value or self._commits.session_at(event.seq)
            content = shown.transformed(shown.One(value), self._media).protobuf()
        return metadata_protobuf.event(event.type, content)


def bookmark(version: int, *, closing: bool = False) -> sessions.Session:
    """Give the object of a bookmark: a Session with a version and nothing else."""
    annotations = {INITIAL_EVENTS_END: "true"} if closing else None
    return sessions.Session(metadata.ObjectMeta(resource_version=str(version), annotations=annotations))
