"""Several transitions as one commit, as Tilt batches its changes: each is a verb of a target or of a resource."""

from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.control import call, kinds, records, resource_verbs, shown, target_verbs, verbs

_ITEM: kinds.Schema = {
    "type": "object",
    "properties": {
        "target": {"type": "string", "description": "The target that is driven."},
        "resource": {"type": "string", "description": "Or the resource that is driven."},
        "verb": {"enum": sorted({*target_verbs.DRIVES, *resource_verbs.FIELDS})},
    },
    "required": ["verb"],
}
_DO = kinds.ListOf(kinds.Given(dict, 'write {"target": "api:serve", "verb": "ready"}', _ITEM))
_NEEDED = 'a list, such as [{"target": "api:serve", "verb": "ready"}]'


def _together(now: call.Call) -> Any:
    todo = [_transition(item, f"do[{number}]") for number, item in enumerate(now.given["do"])]
    with now.running.driving:
        with now.fake.together():
            for kind, name, verb, given in todo:
                drive = target_verbs.drive_target if kind == "target" else resource_verbs.drive_resource
                drive(now.running, name, verb, given)
        for kind, name, verb, _ in todo:
            if (kind, verb) == ("resource", "remove"):
                now.running.forget(name)
    return {"targets": shown.targets(now.fake.look())}


def _transition(item: dict[str, Any], what: str) -> tuple[str, str, str, dict[str, Any]]:
    """Read one transition: what is driven, its name, the verb, and its fields."""
    kind = [word for word in ("target", "resource") if word in item]
    if len(kind) != 1:
        raise errors.InvalidValue(f'{what} names a target or a resource, such as {{"target": "api:serve", …}}')
    name = kinds.Text("api:serve").read(item[kind[0]], f"{what}.{kind[0]}")
    known = {verb: takes for verb, (_, takes) in target_verbs.DRIVES.items()}
    fields = known if kind[0] == "target" else resource_verbs.FIELDS
    verb = kinds.Choice(list(fields)).read(item.get("verb"), f"{what}.verb")
    rest = {field: value for field, value in item.items() if field not in ("verb", kind[0])}
    return kind[0], name, verb, records.Record(f"{verb} in {what}", *fields[verb]).values(rest, f"{what}.")


VERBS = (
    verbs.Verb(
        "POST", "/together", "Make several transitions one commit; where one is refused, none is made.", "Targets",
        _together, (verbs.Field("do", _DO, "The transitions, in their order, remove among them.", _NEEDED),),
        refuses=(404, 409),
    ),
)  # fmt: skip
