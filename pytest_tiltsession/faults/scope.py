"""What every fault has: which requests it may hit, how often, and when; values only, knows no clock and no HTTP."""

import dataclasses
import difflib
import fnmatch
from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Self

from pytest_tiltsession import errors, times

Duration = times.Duration

WRITES = ("create", "update", "patch", "delete", "deletecollection")
OPERATIONS = ("get", "list", "watch", *WRITES)
STATUS_OPERATIONS = ("get status", "update status", "patch status")
ANY = "any"
# How an answer may break off: cleanly, with TLS's goodbye, with a bare FIN, with RST.
ENDS = ("end", "close", "fin", "rst")
_WILD = frozenset("*?[")
_FEW = 4


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that goes wrong on purpose. Armed faults are asked in the order in which they were armed.

    ``operation`` is what may be hit: one of ``get list watch create update patch delete deletecollection`` on
    Sessions, several of them, or ``any`` for every request that there is. ``client`` is a part of the User-Agent, or a
    pattern with ``*`` for all of it; case does not matter. ``times`` is how often it happens (None: each time).
    ``after`` and ``until``, or ``for_`` counted from ``after``, are a span of simulated time since the session's
    start, Go durations such as ``"1m30s"`` or numbers of seconds; at ``until`` it is over. Raises InvalidValue.
    """

    NAME: ClassVar[str] = ""
    # Which operations it can hit at all, and which it hits where none is given.
    HITS: ClassVar[tuple[str, ...]] = (*OPERATIONS, ANY)
    USUALLY: ClassVar[tuple[str, ...]] = OPERATIONS

    operation: str | Iterable[str] | None = None
    client: str | None = None
    times: int | None = None
    after: Duration = "0s"
    until: Duration | None = None
    for_: Duration | None = None

    def __post_init__(self) -> None:
        self._set("operation", self._operations())
        if self.client is not None and (not isinstance(self.client, str) or not self.client):
            raise self.refusal("client", "give a part of a User-Agent, such as 'kubectl', or a pattern, as 'kr8s/*'")
        if self.times is not None:
            self._check_whole("times", 1)
        for name in ("after", "until", "for_"):
            value = getattr(self, name)
            if value is not None:
                self._set(name, self.duration(name, value))
        if self.until is not None and self.for_ is not None:
            raise errors.InvalidValue(f"{self.NAME}: until and for say the same thing twice; keep one of them")
        begin, end = self.span
        if end is not None and end <= begin:
            raise errors.InvalidValue(f"{self.NAME}: it would be over before it begins (after {self.after}); give more")

    # -- what it is limited to ----------------------------------------------------------------------------------

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that it may hit."""
        return self.operation if isinstance(self.operation, tuple) else self.USUALLY

    @property
    def span(self) -> tuple[int, int | None]:
        """Begin and end of its span, in microseconds since the session's start; None: it has no end."""
        begin = times.micros_of(self.after)
        if self.for_ is not None:
            return begin, begin + times.micros_of(self.for_)
        return begin, None if self.until is None else times.micros_of(self.until)

    def later(self, by: int) -> Self:
        """Give the same fault with its span so many microseconds later."""

        def moved(value: Duration) -> str:
            return times.format_duration((times.micros_of(value) + by) * times.MICROSECOND)

        return dataclasses.replace(
            self, after=moved(self.after), until=None if self.until is None else moved(self.until)
        )

    def hits(self, operation: str) -> bool:
        """Tell whether it may hit an operation, such as ``update status``; empty for what is not about Sessions."""
        allowed = self.operations
        return ANY in allowed or operation in allowed or operation.partition(" ")[0] in allowed

    def meets(self, client: str) -> bool:
        """Tell whether it may hit a client, by its User-Agent."""
        if self.client is None:
            return True
        wanted, found = self.client.casefold(), client.casefold()
        return fnmatch.fnmatchcase(found, wanted) if _WILD & set(wanted) else wanted in found

    def is_due(self, offset: int) -> bool:
        """Tell whether its span holds an instant, in microseconds since the session's start."""
        begin, end = self.span
        return begin <= offset and (end is None or offset < end)

    @property
    def arguments(self) -> dict[str, Any]:
        """What was said of it, by the names of the arguments, without what is usual; its limits come last."""
        limits = {field.name for field in dataclasses.fields(Fault)}
        fields = sorted(dataclasses.fields(self), key=lambda field: field.name in limits)
        given = ((field, getattr(self, field.name)) for field in fields)
        return {field.name: value for field, value in given if field.default != value}

    def __str__(self) -> str:
        said = []
        for name, value in self.arguments.items():
            shown = "|".join(value) if isinstance(value, tuple) else value
            said.append(f"{name.rstrip('_')}={shown}")
        return f"{self.NAME}({', '.join(said)})"

    # -- checks -------------------------------------------------------------------------------------------------

    def refusal(self, name: str, wanted: str) -> errors.InvalidValue:
        """Word that an argument is none that would do."""
        return errors.InvalidValue(f"{self.NAME}: {name.rstrip('_')}={getattr(self, name)!r}: {wanted}")

    def duration(self, name: str, value: Any) -> str:
        """Give a duration as Go writes it. Raises InvalidValue for what is none, or negative."""
        try:
            micros = times.micros_of(value)
        except errors.InvalidValue as problem:
            raise errors.InvalidValue(f"{self.NAME}: {name.rstrip('_')}: {problem}") from None
        if micros < 0:
            raise errors.InvalidValue(f"{self.NAME}: {name.rstrip('_')}={value!r}: give a duration of 0s or more")
        return times.format_duration(micros * times.MICROSECOND)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _check_whole(self, name: str, least: int) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.refusal(name, f"give a whole number of {least} or more")

    def _check_word(self, name: str, words: Collection[Any]) -> None:
        value = getattr(self, name)
        if value not in words:
            raise self.refusal(name, nearest(value, words))

    def _operations(self) -> tuple[str, ...] | None:
        if self.operation is None:
            return None
        if not isinstance(self.operation, str) and not isinstance(self.operation, Iterable):
            raise self.refusal("operation", f"give one of {', '.join(self.HITS)}, or several")
        given = (self.operation,) if isinstance(self.operation, str) else tuple(self.operation)
        if not self.HITS:
            raise self.refusal("operation", "it hits connections, before it is known what they are for; leave it out")
        known = [word for word in (*self.HITS, *STATUS_OPERATIONS) if word.partition(" ")[0] in self.HITS]
        for word in given:
            if word not in known:
                raise errors.InvalidValue(f"{self.NAME}: operation={word!r}: {nearest(word, self.HITS)}")
        if not given:
            raise self.refusal("operation", f"name one at least of {', '.join(self.HITS)}")
        return given


def nearest(word: Any, known: Collection[Any]) -> str:
    """Say which words would do: all of a few, else the nearest where one is near."""
    texts = [str(item) for item in known]
    if len(texts) <= _FEW:
        return f"write {' or '.join(filter(None, (', '.join(texts[:-1]), texts[-1])))}"
    near = difflib.get_close_matches(str(word), texts, 1, 0.5)
    return f"did you mean {near[0]}?" if near else f"there is {', '.join(texts)}"
