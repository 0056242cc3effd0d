"""The claim that a timeline holds certain entries in a certain order."""

from collections.abc import Iterable, Sequence

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import entries, failures, happenings, lettering, observed
from pytest_tiltsession.expectations.failures import Failure

Expected = Iterable["entries.EntryLike | set[entries.EntryLike] | frozenset[entries.EntryLike]"]


def timeline(expected: Expected) -> failures.Claim:
    """Claim that these entries happened one after the other; what happens at one instant has no order.

    Entries in a set may come in any order among themselves; other things may happen in between. Of a target, each
    entry is a state of its own, but for a closer word: ``("api", "active"), ("api", "ready")`` may be one.
    """
    if not isinstance(expected, Iterable) or isinstance(expected, str | bytes):
        raise errors.InvalidValue(
            f'expect_timeline() takes a list of entries, such as [("migrate", "active"), ("session", "done")]; '
            f"found {expected!r}"
        )
    groups = [
        [entries.Entry.parse(item) for item in (given if isinstance(given, set | frozenset) else (given,))]
        for given in expected
    ]
    if not any(groups):
        raise errors.InvalidValue(
            'expect_timeline() needs entries, such as [("migrate", "active"), ("session", "done")]'
        )

    def claim(seen: observed.Observed) -> Failure | None:
        wanted = [[entries.resolve(item, seen) for item in group] for group in groups]
        search = _Search(happenings.read(seen.timeline, frozenset(item.name for group in wanted for item in group)))
        for number, group in enumerate(wanted):
            left = entries.sorted_by_span(group)
            while left:
                if not search.finds(left[0]):
                    later = [item for rest in wanted[number + 1 :] for item in rest]
                    return _failure(search, left[0], [*left[1:], *later])
                left.pop(0)
            search.close_group()
        return None

    return claim


class _Search:
    """Finds entries among what happened, each as early as may be."""

    def __init__(self, happened: Sequence[happenings.Happening]) -> None:
        self.happened = happened
        self.met: list[tuple[entries.Wanted, happenings.Happening]] = []
        self._used: dict[happenings.Happening, entries.Wanted] = {}
        self._from = self._reached = -1

    def finds(self, wanted: entries.Wanted) -> bool:
        """Find the first event that an entry can be, and take it."""
        for item in self.happened:
            if (
                item.seq >= self._from
                and wanted.is_met_by(item)
                and wanted.is_in_time(item)
                and self._free(item, wanted)
            ):
                self.met.append((wanted, item))
                self._used[item] = wanted
                self._reached = max(self._reached, item.seq)
                return True
        return False

    def _free(self, item: happenings.Happening, wanted: entries.Wanted) -> bool:
        user = self._used.get(item)
        return user is None or wanted.refines(user)

    def close_group(self) -> None:
        """Go on from what was found last: the next entry is not before it."""
        self._from = self._reached

    def why_not(self, wanted: entries.Wanted) -> str | None:
        """Say what comes nearest to an entry that was not found."""
        same = [item for item in self.happened if wanted.is_met_by(item)]
        early = [item for item in same if item.seq < self._from and wanted.is_in_time(item)]
        if early:
            return f"it happened at {lettering.clock(early[-1].at)}, before the entry above it"
        if same:
            return f"it happened at {lettering.listed([lettering.clock(item.at) for item in same], 3)}"
        alike = [item for item in self.happened if item.name == wanted.name and wanted.word in item.words]
        if alike:
            return f"there is '{wanted.name} {alike[-1]}' at {lettering.clock(alike[-1].at)}"
        return None


def _failure(search: _Search, missing: entries.Wanted, rest: Sequence[entries.Wanted]) -> Failure:
    met = sorted(search.met, key=lambda pair: pair[1].seq)
    rows = [("found", lettering.clock(item.at), wanted.name, wanted.said) for wanted, item in met]
    rows.append(("missing", missing.when, missing.name, missing.said))
    rows += [("", item.when, item.name, item.said) for item in rest]
    times, names = (max(lettering.columns(row[column]) for row in rows) for column in (1, 2))
    lines = [
        f"  {mark:<7}  {lettering.padded(when, times)}  {lettering.padded(name, names)}  {said}"
        for mark, when, name, said in rows
    ]
    after = f" after '{met[-1][0].name} {met[-1][0].said}'" if met else ""
    sentence = f"expected '{missing.name} {missing.said}'{after} in the timeline, but it is not there"
    return Failure(sentence, tuple(lines), search.why_not(missing), show_blockers=False)
