"""The query parameters of reads and writes, read as Kubernetes converts them, and what is wrong with them.

What cannot be read is a 400 with the message of Go's ``strconv``; what is not allowed is a 422 about the options
(*check-order*, *list-…*, *dryrun-…*, *watch-send-initial-events* stories). Knows no Session.
"""

import dataclasses
import functools

from pytest_tiltsession import errors, profiles
from pytest_tiltsession.api import field_selectors, queries, refusals, selectors
from pytest_tiltsession.models import go_texts
from pytest_tiltsession.models import options as delete_options
from pytest_tiltsession.rules import field_errors, metadata_rules
from pytest_tiltsession.rules.field_errors import FieldError

EXACT, NOT_OLDER = "Exact", "NotOlderThan"
FIELD_VALIDATIONS = ("", "Ignore", "Strict", "Warn")
PROPAGATION_POLICIES = ("Foreground", "Background", "Orphan", "nil")
APPLY = "apply"
_KEPT = 64  # options of the last lists and watches: all clients of a test suite ask for the same few


@dataclasses.dataclass(frozen=True, slots=True)
class ListOptions:
    """What a list, a watch or a deletecollection asks for."""

    labels: selectors.Labels = selectors.EVERYTHING
    fields: field_selectors.Fields = field_selectors.EVERYTHING
    watch: bool = False
    bookmarks: bool = False
    version: str = ""
    match: str = ""
    timeout: int | None = None
    limit: int = 0
    continue_: str = ""
    initial_events: bool | None = None

    def checked(self, profile: profiles.Profile = profiles.TILT) -> "ListOptions":
        """Give the options back if they may stand together. Raises :class:`refusals.Refusal`, a 422, otherwise."""
        found = self._watch_errors(profile) if self.watch else self._list_errors()
        if found:
            raise refusals.invalid_options("ListOptions", found)
        return self

    def _list_errors(self) -> list[FieldError]:
        found: list[FieldError] = []
        path = "resourceVersionMatch"
        if self.match:
            if not self.version:
                found.append(field_errors.forbidden(path, f"{path} is forbidden unless resourceVersion is provided"))
            if self.continue_:
                found.append(field_errors.forbidden(path, f"{path} is forbidden when continue is provided"))
            if self.match not in (EXACT, NOT_OLDER):
                match = field_errors.Named(self.match)
                found.append(field_errors.not_supported(path, match, (EXACT, NOT_OLDER, "")))
            if self.match == EXACT and self.version == "0":
                problem = f'{path} "exact" is forbidden for resourceVersion "0"'
                found.append(field_errors.forbidden(path, problem))
        if self.initial_events is not None:
            found.append(field_errors.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
        return found

    def _watch_errors(self, profile: profiles.Profile) -> list[FieldError]:
        found: list[FieldError] = []
        path, initial = "resourceVersionMatch", "sendInitialEvents"
        if self.initial_events is not None:
            if self.match != NOT_OLDER:
                found.append(field_errors.forbidden(path, f"{initial} requires setting {path} to {NOT_OLDER}"))
            if not profile.initial_events:
                problem = f"{initial} is forbidden for watch unless the WatchList feature gate is enabled"
                found.append(field_errors.forbidden(initial, problem))
        if self.match:
            if self.initial_events is None:
                problem = f"{path} is forbidden for watch unless {initial} is provided"
                found.append(field_errors.forbidden(path, problem))
            if self.match != NOT_OLDER:
                found.append(field_errors.not_supported(path, field_errors.Named(self.match), (NOT_OLDER,)))
            if self.continue_:
                found.append(field_errors.forbidden(path, f"{path} is forbidden when continue is provided"))
        return found


@dataclasses.dataclass(frozen=True, slots=True)
class WriteOptions:
    """What a create, update or patch asks for beside its body."""

    kind: str
    dry_run: tuple[str, ...] = ()
    force: bool | None = None
    manager: str = ""
    validation: str = ""

    def checked(self, patch: str = "") -> "WriteOptions":
        """Give the options back if they are allowed, for a patch of that kind. Raises a 422 otherwise."""
        found: list[FieldError] = []
        if self.kind == "PatchOptions":
            if patch != APPLY and self.force is not None:
                found.append(field_errors.forbidden("force", "may not be specified for non-apply patch"))
            if patch == APPLY and not self.manager:
                found.append(field_errors.required("fieldManager", "is required for apply patch"))
        found += metadata_rules.manager_errors(self.manager, "fieldManager")
        found += _dry_run_errors(self.dry_run)
        if self.validation not in FIELD_VALIDATIONS:
            found.append(field_errors.not_supported("fieldValidation", self.validation, FIELD_VALIDATIONS))
        if found:
            raise refusals.invalid_options(self.kind, found)
        return self

    @property
    def field_validation(self) -> str:
        """``Ignore``, ``Warn`` or ``Strict``; Warn where nothing is asked for."""
        return self.validation or "Warn"


def for_list(values: queries.Values) -> ListOptions:
    """Read the options of a list or watch; what comes first in Kubernetes' struct is told first. Raises a 400."""
    return _for_list(tuple(values.items()))


@functools.lru_cache(maxsize=_KEPT)
def _for_list(items: tuple[tuple[str, tuple[str, ...]], ...]) -> ListOptions:
    values = dict(items)
    try:
        numbers = {name: _number(values, name) for name in ("timeoutSeconds", "limit")}
        return ListOptions(
            labels=selectors.parse(queries.first(values, "labelSelector")),
            fields=field_selectors.parse(queries.first(values, "fieldSelector")),
            watch=flag(values, "watch") or False,
            bookmarks=flag(values, "allowWatchBookmarks") or False,
            version=queries.first(values, "resourceVersion"),
            match=queries.first(values, "resourceVersionMatch"),
            timeout=numbers["timeoutSeconds"],
            limit=numbers["limit"] or 0,
            continue_=queries.first(values, "continue"),
            initial_events=flag(values, "sendInitialEvents"),
        )
    except errors.InvalidValue as problem:
        raise refusals.bad_request(str(problem)) from None


def for_write(kind: str, values: queries.Values) -> WriteOptions:
    """Read the options of a create, update or patch; ``kind`` is what a refusal calls them."""
    return WriteOptions(
        kind,
        dry_run=tuple(values.get("dryRun", ())),
        force=flag(values, "force") if kind == "PatchOptions" else None,
        manager=queries.first(values, "fieldManager"),
        validation=queries.first(values, "fieldValidation"),
    )


def for_delete(values: queries.Values) -> delete_options.DeleteOptions:
    """Read the options of a delete from its query, which counts where there is no body. Raises a 400."""
    try:
        grace = _number(values, "gracePeriodSeconds")
    except errors.InvalidValue as problem:
        raise refusals.bad_request(str(problem)) from None
    policies = values.get("propagationPolicy")
    return delete_options.DeleteOptions(
        grace_period_seconds=grace,
        dry_run=tuple(values.get("dryRun", ())),
        orphan_dependents=flag(values, "orphanDependents"),
        propagation_policy=policies[0] if policies else None,
    )


def checked_delete(asked: delete_options.DeleteOptions) -> delete_options.DeleteOptions:
    """Give the options of a delete back if they are allowed. Raises a 422 otherwise."""
    found: list[FieldError] = []
    policy = None if asked.propagation_policy is None else field_errors.Named(asked.propagation_policy)
    if asked.orphan_dependents is not None and policy is not None:
        problem = "orphanDependents and deletionPropagation cannot be both set"
        found.append(field_errors.invalid("propagationPolicy", policy, problem))
    if policy is not None and policy.text not in PROPAGATION_POLICIES[:-1]:
        found.append(field_errors.not_supported("propagationPolicy", policy, PROPAGATION_POLICIES))
    found += _dry_run_errors(asked.dry_run or ())
    if found:
        raise refusals.invalid_options(delete_options.KIND, found)
    return asked


def flag(values: queries.Values, name: str) -> bool | None:
    """Read a boolean as Kubernetes does: anything but ``0`` and ``false`` is true, even nothing; None if not given."""
    found = values.get(name)
    return None if not found else found[0].lower() not in ("0", "false")


def _number(values: queries.Values, name: str) -> int | None:
    found = values.get(name)
    if not found:
        return None
    number = selectors.int64(found[0])
    if number is None:
        digits = found[0][1:] if found[0][:1] in ("+", "-") else found[0]
        known = digits.isascii() and digits.isdigit()
        why = "value out of range" if known else "invalid syntax"
        raise errors.InvalidValue(f"strconv.ParseInt: parsing {go_texts.quoted(found[0])}: {why}")
    return number


def _dry_run_errors(values: tuple[str, ...]) -> list[FieldError]:
    if all(value == "All" for value in values):
        return []
    return [field_errors.not_supported("dryRun", list(values), ("All",))]
