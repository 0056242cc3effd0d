"""Strategic merge patches of a Session as the API server applies them; knows untyped objects, no HTTP.

A patch merges into the object as its types declare: finalizers as a set, owner references by uid, other lists whole.
Directives in the patch say otherwise: ``$patch``, ``$retainKeys``, ``$deleteFromPrimitiveList/…`` and
``$setElementOrder/…``. Object and patch are changed in place; what is left of the patch is quoted in refusals.
"""

from typing import Any

from pytest_tiltsession.api import strategic_lists, strategic_types
from pytest_tiltsession.api.strategic_types import Unmergeable

_MARKER, _RETAIN_KEYS = "$patch", "$retainKeys"
_DELETIONS, _ORDER = "$deleteFromPrimitiveList", "$setElementOrder"

Members = dict[str, Any]


def merge(original: Members | None, patch: Members, type_: strategic_types.Type) -> Members:
    """Merge a patch into an object of a type, and give what comes of it.

    Raises :class:`strategic_types.Unmergeable`.
    """
    if _MARKER in patch:
        return _directed(patch)
    original = {} if original is None else original
    _retain_keys(original, patch)
    for key in [key for key in patch if key.startswith(_ORDER)]:
        _set_order(original, patch, key, type_)
    for key, value in list(patch.items()):
        deletes = key.startswith(_DELETIONS)
        name = _list_of(key, _DELETIONS, strategic_types.BAD_PRIMITIVE_LIST) if deletes else key
        if value is None:
            original.pop(name, None)
        elif name not in original or not strategic_types.same_type(original[name], value):
            if not deletes:
                _take(original, name, strategic_lists.without_nulls(value))
        elif isinstance(value, dict):
            original[name] = merge(original[name], value, type_.struct_field(name).type)
        elif isinstance(value, list):
            field = type_.list_field(name)
            original[name] = _merged_list(original[name], value, field, deletes=deletes)
        else:
            original[name] = value
    return original


def _directed(patch: Members) -> Members:
    """Follow ``$patch`` in an object: take the patch as it is, or leave nothing."""
    directive = patch[_MARKER]
    if directive == "replace":
        del patch[_MARKER]
        return patch
    if directive == "delete":
        return {}
    raise strategic_types.unknown_directive(directive, patch)


def _take(original: Members, name: str, value: Any) -> None:
    """Put a value of the patch into the object, without the parts that are directives."""
    kept, value = strategic_lists.without_directives(value)
    if kept:
        original[name] = value
    else:
        original.pop(name, None)


def _retain_keys(original: Members, patch: Members) -> None:
    """Clear what ``$retainKeys`` does not list; all that the patch sets must be among it."""
    if _RETAIN_KEYS not in patch:
        return
    listed = patch.pop(_RETAIN_KEYS)
    if not isinstance(listed, list):
        raise Unmergeable(strategic_types.BAD_RETAIN_KEYS, 400)
    kept = {key for key in listed if isinstance(key, str)}
    for key, value in patch.items():
        if value is not None and not key.startswith((_DELETIONS, _ORDER)) and key not in kept:
            raise Unmergeable(strategic_types.BAD_RETAIN_KEYS, 400)
    for key in [key for key in original if key not in kept]:
        del original[key]


def _list_of(key: str, prefix: str, problem: str) -> str:
    """Give the name of the list that a directive such as ``$setElementOrder/finalizers`` is about."""
    found, _, name = key.partition("/")
    if found != prefix or "/" not in key:
        raise Unmergeable(problem, 400)
    return name


def _set_order(original: Members, patch: Members, key: str, type_: strategic_types.Type) -> None:
    """Merge the list that a ``$setElementOrder`` is about, and bring it into that order."""
    order = strategic_types.checked(patch.pop(key), list)
    name = _list_of(key, _ORDER, strategic_types.BAD_ORDER)
    current = strategic_types.checked(original[name], list) if name in original else None
    change = strategic_types.checked(patch[name], list) if name in patch else None
    field = type_.list_field(name)
    strategic_lists.check_order(change or [], order, field.merge_key)
    if current is None and change is None:
        return
    if change is None:
        merged = current or []
    elif current is None:
        _, merged = strategic_lists.without_directives(change)
    else:
        merged = _merged_list(current, change, field, deletes=False)
    strategic_types.item_type(current or [], change or [])
    original[name] = strategic_lists.ordered(merged, order, current or [], field.merge_key)
    patch.pop(name, None)


def _merged_list(original: list[Any], patch: list[Any], field: strategic_types.Field, *, deletes: bool) -> list[Any]:
    if field.strategy != "merge" and not deletes:
        return patch
    if not original and not patch:
        return original
    if strategic_types.item_type(original, patch) is not dict:
        if deletes:
            return [item for item in original if not strategic_lists.holds(patch, item)]
        merged = strategic_lists.without_doubles([*original, *patch])
    else:
        if not field.merge_key:
            raise Unmergeable(f"cannot merge lists without merge key for {field.type.kind}")
        original, patch = strategic_lists.directed(original, patch, field.merge_key)
        merged = _merged_objects(original, patch, field)
    return strategic_lists.ordered(merged, patch, original, field.merge_key)


def _merged_objects(original: list[Any], patch: list[Any], field: strategic_types.Field) -> list[Any]:
    """Merge objects into those with the same merge key, and put the others behind them."""
    merged = list(original)
    for item in patch:
        if field.merge_key not in item:
            raise strategic_types.no_merge_key(item, field.merge_key)
        at = strategic_lists.position(merged, field.merge_key, item[field.merge_key])
        if at < 0:
            merged.append(item)
        else:
            merged[at] = merge(merged[at], item, field.type)
    return merged
