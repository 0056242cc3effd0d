"""Records a session: watch events and polls in, a Scenario out; knows no network and no files.

The same for a live Tilt and for a trace that was kept. What belongs to the recording machine is taken out
(``redaction``).
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pytest_tiltsession import errors, times
from pytest_tiltsession.models import decoding, session
from pytest_tiltsession.scenario import observed, redaction, secrecy, steps, transcribing
from pytest_tiltsession.store import journal as journals

# How what the recorder says of a recording begins, in its description.
NOT_SEEN = "Not seen: "
LEFT_OUT = "Left out, since only a client can have written it: "
WITH_TILTFILE = "Recorded with this Tiltfile:"

_NO_OBJECT = ("BOOKMARK", "ERROR")


class Recorder:
    """Collects what was seen of one Session and tells it as a scenario.

    Feed it in any order: versions are put in the order of their resourceVersions, and of a version seen twice the
    earlier sighting counts.
    """

    def __init__(self, name: str = session.TILTFILE_SESSION) -> None:
        self.name = name
        self.left_out: tuple[str, ...] = ()
        self._seen: list[observed.Version] = []
        self._when: Callable[[int], tuple[int, int | None]] | None = None

    def observe(self, offset: int, type_: str, document: Mapping[str, Any]) -> None:
        """Take one observation: microseconds from the session's start, the event's type (or ``POLL``), the object.

        Objects of other names, bookmarks and errors are passed over. Raises :class:`errors.TiltSessionError` for what
        is no Session.
        """
        if type_ in _NO_OBJECT:
            return
        try:
            value = decoding.decode(session.Session, dict(document), strict=False).value
        except decoding.Undecodable as problem:
            raise errors.TiltSessionError(f"what was observed at {offset} µs is no Session: {problem}") from None
        self.take(offset, type_ == journals.DELETED, value)

    def retime(self, when: Callable[[int], tuple[int, int | None]]) -> None:
        """Say anew when each observation was made: ``when`` gives the offset for what was given as one before.

        And, where the offset is only an estimate, how early it may have been; None where it is exact.
        """
        self._when = when

    def observations(self, since: int = 0) -> list[observed.Version]:
        """Give what was taken so far, in the order of arrival, from a number on."""
        return self._seen[since:]

    @property
    def start(self) -> int | None:
        """The start of the recorded session, in microseconds since the epoch; None while none was seen."""
        starts = (version.session.status.start_time for version in observed.earliest(self._seen))
        return next((start for start in starts if start is not None), None)

    @property
    def opening(self) -> int | None:
        """When the first step comes, in microseconds from the session's start; None while nothing was seen."""
        base = self.start
        return None if base is None else observed.instants(observed.earliest(self._retimed()), base)[0]

    def scenario(
        self,
        title: str,
        *,
        exit_code: int | None = None,
        description: str = "",
        source: str = "",
        notes: Iterable[tuple[int, str]] = (),
        redact: redaction.Own | None = None,
    ) -> steps.Scenario:
        """Tell what was recorded.

        ``notes`` are offsets and what was done then; each goes to the step that follows. ``redact`` is the user's own
        redaction.

        Raises :class:`errors.TiltSessionError` where no Session was seen, where two Tilts were, and for what looks
        like a secret after all redaction.
        """
        versions = observed.earliest(self._retimed())
        base = self._base(versions)
        first = next(version.session for version in versions if version.session.status.start_time is not None)
        redactor = redaction.Redactor(first.status.pid, redact)
        versions = [dataclasses.replace(version, session=redactor.redacted(version.session)) for version in versions]
        transcript = transcribing.Transcript(base)
        for version, at in zip(versions, observed.instants(versions, base), strict=True):
            transcript.add(version, at)
        self.left_out = tuple(transcript.left_out)
        header = next((version.session for version in versions if not version.deleted), versions[0].session)
        told = "".join(f"\n{LEFT_OUT}{text}" for text in self.left_out)
        scenario = steps.Scenario(
            title=title if redact is None else redactor.told("title", title),
            spec=transcribing.header_spec(header),
            start=base,
            targets={name: found for name, found in transcript.declared.items() if found != steps.TILTFILE},
            steps=_noted(transcript.steps, ((at, redactor.told("note", text)) for at, text in notes)),
            description=(redactor.told("description", description) + told).removeprefix("\n"),
            labels=header.metadata.labels,
            annotations=transcribing.own_annotations(header),
            expect=transcribing.expectation(versions, exit_code),
            source=redactor.told("source", source),
        )
        secrecy.refuse_secrets(_texts(scenario))
        return scenario

    def take(self, offset: int, deleted: bool, value: session.Session) -> None:
        """Take one observation that has been read already; ``deleted`` is its removal.

        Raises :class:`errors.TiltSessionError` for a version that has no number.
        """
        if value.name != self.name:
            return
        text = value.metadata.resource_version
        if not (text.isascii() and text.isdecimal()):
            raise errors.TiltSessionError(f"a Session with the resourceVersion {text!r}; Tilt writes decimal numbers")
        # Most targets stay as they are from version to version; kept once, long recordings stay small.
        before = self._seen[-1].session.status.targets or () if self._seen else ()
        known = {target.name: target for target in before}
        targets = value.status.targets and tuple(
            same if (same := known.get(target.name)) == target and same is not None else target
            for target in value.status.targets
        )
        value = dataclasses.replace(value, status=dataclasses.replace(value.status, targets=targets))
        self._seen.append(observed.Version(offset, int(text), deleted, value))

    def _retimed(self) -> list[observed.Version]:
        when = self._when
        if when is None:
            return self._seen
        found = ((version, when(version.seen)) for version in self._seen)
        return [dataclasses.replace(version, seen=at, earliest=early) for version, (at, early) in found]

    def _base(self, versions: list[observed.Version]) -> int:
        starts = [version.session.status.start_time for version in versions]
        base = next((start for start in starts if start is not None), None)
        if base is None:
            what = (
                f"every Session {self.name!r} had a null startTime"
                if versions
                else f"no Session {self.name!r} was seen"
            )
            raise errors.TiltSessionError(f"there is nothing to record: {what}; record a running Tilt")
        # A Session that is re-created within one run keeps pid and start time (fidelity.md, The default session).
        created = {version.uid: version.session.status for version in reversed(versions)}
        if len({(status.pid, status.start_time) for status in created.values()}) > 1:
            raise errors.TiltSessionError("the recording holds sessions of several Tilts; record one run at a time")
        return base


def scenario_of_trace(document: Mapping[str, Any], name: str, *, redact: redaction.Own | None = None) -> steps.Scenario:
    """Make a scenario of a kept run: its Tiltfile, command, exit code and every Session object that was seen.

    ``t_offset_s`` of an observation counts as an offset from ``status.startTime`` (fidelity.md, The exit decision).
    Raises :class:`errors.TiltSessionError` for what is no such run.
    """
    recorder = Recorder()
    try:
        for item in document["observations"]:
            recorder.observe(_micros(item["t_offset_s"]), item["type"], item["object"])
        notes = [(_micros(item["t_offset_s"]), str(item["action"])) for item in document.get("actions") or ()]
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise errors.TiltSessionError(
            f"{name}: this is no recorded run: {type(problem).__name__} {problem}; "
            "it holds observations, each with t_offset_s, type and object"
        ) from None
    ended = document.get("ended", "by itself") == "by itself"
    tiltfile = document.get("tiltfile") or ""
    return recorder.scenario(
        str(document.get("name") or name),
        exit_code=document.get("exit_code") if ended else None,
        description=f"{WITH_TILTFILE}\n\n{tiltfile}" if tiltfile else "",
        source=_source(document),
        notes=notes,
        redact=redact,
    )


def _micros(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _source(document: Mapping[str, Any]) -> str:
    """Name the command without what belongs to the machine, and Tilt's version from its first lines."""
    words = str(document.get("command") or "tilt").split()
    arguments = words[words.index("--") :] if "--" in words else []
    printed = str(document.get("stderr_tail") or "")
    version = next(
        (line.split(",")[0] for line in printed.splitlines() if line.startswith("v") and ", built" in line), ""
    )
    return " ".join([*words[:2], *arguments]) + (f" (Tilt {version})" if version else "")


def _noted(recorded: list[steps.Step], notes: Iterable[tuple[int, str]]) -> tuple[steps.Step, ...]:
    result = list(recorded)
    for at, text in notes:
        index = next((index for index, step in enumerate(result) if step.at >= at), None)
        if index is not None:
            note = "; ".join(filter(None, (result[index].note, text)))
            result[index] = dataclasses.replace(result[index], note=note)
    return tuple(result)


def _texts(scenario: steps.Scenario) -> Iterator[tuple[str, str]]:
    """Give every text of a scenario and where it stands."""
    for where in ("title", "description", "source"):
        yield where, getattr(scenario, where)
    yield "the session, tiltfilePath", scenario.spec.tiltfile_path
    for number, declared in enumerate(scenario.targets.values(), 1):
        yield f"the name of target {number}", declared.name
        yield f"the resources of target {number}", " ".join(declared.resources)
    owners: list[tuple[str, steps.Scenario | steps.Step]] = [("the session", scenario)]
    owners += [(f"the step at {times.format_duration(step.at * times.MICROSECOND)}", step) for step in scenario.steps]
    for where, owner in owners:
        for texts in (owner.labels, owner.annotations):
            for key, text in (texts or {}).items():
                yield f"{where}, {key}", f"{key}={text}"
        if isinstance(owner, steps.Step):
            yield from _texts_of_step(where, owner)
    if scenario.expect is not None:
        yield "expect", scenario.expect.error or ""


def _texts_of_step(where: str, step: steps.Step) -> Iterator[tuple[str, str]]:
    yield f"{where}, note", step.note
    if step.spec is not None:
        yield f"{where}, tiltfilePath", step.spec.tiltfile_path
    for name, scripted in step.set.items():
        yield f"{where}, {name}", f"{name} {scripted.error} {scripted.wait_reason} {scripted.grace_status}"
    if step.recorded is not None:
        yield f"{where}, recorded", step.recorded.error
