"""What labels, annotations and finalizers may be called, and which values labels may have; knows no object.

The sentences are Kubernetes' own, as the *create-invalid* and *selectors* stories recorded them. Lengths are bytes
of UTF-8.
"""

import re

NAME_LIMIT = 63
PREFIX_LIMIT = 253

_NAME_FORM = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE_FORM = f"({_NAME_FORM})?"
_SUBDOMAIN_FORM = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_name = re.compile(_NAME_FORM, re.ASCII)
_value = re.compile(_VALUE_FORM, re.ASCII)
_subdomain = re.compile(_SUBDOMAIN_FORM, re.ASCII)

_CHARACTERS = "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
_NAME_RULE = (
    f"must consist of {_CHARACTERS} (e.g. 'MyName',  or 'my.name',  or '123-abc', "
    f"regex used for validation is '{_NAME_FORM}')"
)
_VALUE_RULE = (
    f"a valid label must be an empty string or consist of {_CHARACTERS} (e.g. 'MyValue',  or 'my_value',  or '12345', "
    f"regex used for validation is '{_VALUE_FORM}')"
)
_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    f"and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN_FORM}')"
)


def key_problems(key: str) -> list[str]:
    """Give what is wrong with the name of a label, an annotation or a finalizer: ``[prefix/]name``."""
    problems: list[str] = []
    prefix, slash, name = key.rpartition("/")
    if "/" in prefix:
        optional = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return [f"a valid label key {_NAME_RULE} {optional}"]
    if slash:
        problems += _prefix_problems(prefix)
    if not name:
        problems.append("name part must be non-empty")
    elif _bytes(name) > NAME_LIMIT:
        problems.append(f"name part must be no more than {NAME_LIMIT} bytes")
    if not _name.fullmatch(name):
        problems.append(f"name part {_NAME_RULE}")
    return problems


def value_problems(value: str) -> list[str]:
    """Give what is wrong with the value of a label."""
    problems: list[str] = []
    if _bytes(value) > NAME_LIMIT:
        problems.append(f"must be no more than {NAME_LIMIT} bytes")
    if not _value.fullmatch(value):
        problems.append(_VALUE_RULE)
    return problems


def _prefix_problems(prefix: str) -> list[str]:
    if not prefix:
        return ["prefix part must be non-empty"]
    problems: list[str] = []
    if _bytes(prefix) > PREFIX_LIMIT:
        problems.append(f"prefix part must be no more than {PREFIX_LIMIT} bytes")
    if not _subdomain.fullmatch(prefix):
        problems.append(f"prefix part {_SUBDOMAIN_RULE}")
    return problems


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
