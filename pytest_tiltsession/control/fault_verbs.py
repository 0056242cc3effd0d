"""The verbs that arm and disarm faults, which are named and told as in a scenario file."""

from typing import Any

from pytest_tiltsession import errors, faults
from pytest_tiltsession.control import call, kinds, verbs
from pytest_tiltsession.faults import naming
from pytest_tiltsession.scenario import fault_kind

Field = verbs.Field
_EXAMPLE = '{"fault": "cut-watch", "events": 2, "times": 1}'
_FAULTS = kinds.ListOf(kinds.Given(dict, f"write {_EXAMPLE}", fault_kind.Fault().schema()), alone=True)


def _list(now: call.Call) -> Any:
    return {"faults": [_shown(number, armed) for number, armed in now.running.faults()]}


def _shown(number: int, armed: faults.Armed) -> Any:
    return {
        "number": number,
        "fault": armed.fault.NAME,
        "text": str(armed.fault),
        "met": armed.met,
        "spent": armed.spent,
    }


def _arm(now: call.Call) -> Any:
    now.fake.faults.arm(*(_made(told, number) for number, told in enumerate(now.given["faults"])))
    return _list(now)


def _made(told: dict[str, Any], number: int) -> faults.Fault:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items() if key != "fault"}
    try:
        return naming.make(told.get("fault", ""), values)
    except errors.InvalidValue as problem:
        raise errors.InvalidValue(f"faults[{number}]: {problem}") from None


def _disarm(now: call.Call) -> Any:
    now.running.disarm(kinds.Whole(1).read(now.names["number"], "the number of a fault"))
    return _list(now)


def _disarm_all(now: call.Call) -> Any:
    now.fake.faults.disarm()
    return _list(now)


VERBS = (
    verbs.Verb("GET", "/faults", "Show the armed faults, and how often each was met.", "Faults", _list),
    verbs.Verb(
        "POST", "/faults", "Arm faults, behind those that are armed.", "Faults", _arm,
        (Field("faults", _FAULTS, "The faults, as a scenario file names them.", f"such as [{_EXAMPLE}]"),), 201,
    ),
    verbs.Verb("DELETE", "/faults", "Disarm all faults.", "Faults", _disarm_all),
    verbs.Verb("DELETE", "/faults/{number}", "Disarm a fault.", "Faults", _disarm, refuses=(404,)),
)  # fmt: skip
