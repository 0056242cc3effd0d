"""The page of the control interface: every verb with its fields, from the table by which they are routed."""

from collections.abc import Iterator

from pytest_tiltsession.control import openapi, records, refusals, table, verbs
from writers import kinds, markdown

_BEGIN = """\
What `tiltsession serve --control` answers, at the URL and with the token that its first line names as `control`. Fields go as a JSON object in the
body, those of a `GET` in the query; a field in **bold** must be there. `GET /openapi.json` gives the same as an OpenAPI document, with the shape of each answer.
How to use it: [control a fake from outside](../how-to/control.md).

A verb that is refused answers with one of these, and `{"error": …, "reason": …}` with a text for people and a word for programs:
"""


def text() -> str:
    """Give the page."""
    meanings = [(markdown.code(status), told) for status, told in refusals.MEANINGS.items()]
    described = openapi.document(table.VERBS, "")["tags"]
    told = {tag["name"]: tag["description"] for tag in described}
    sections: dict[str, list[verbs.Verb]] = {}
    for verb in table.VERBS:
        sections.setdefault(verb.group, []).append(verb)
    return markdown.page(
        "The control interface",
        _BEGIN,
        markdown.table(("status", "meaning"), meanings),
        *(_section(told.get(name, ""), name, found) for name, found in sections.items()),
    )


def _section(told: str, name: str, found: list[verbs.Verb]) -> str:
    rows = [(markdown.code(verb.called), markdown.plain(verb.summary), "<br>".join(_fields(verb))) for verb in found]
    head = markdown.table(("verb", "what it does", "fields"), rows)
    return "\n\n".join(filter(None, [f"## `{name}`", told, head]))


def _fields(verb: verbs.Verb) -> Iterator[str]:
    for field in verb.takes:
        yield f"{_name(field)}: {kinds.said(field.kind.schema())}. {markdown.plain(field.doc)}"


def _name(field: records.Field) -> str:
    return f"**`{field.name}`**" if field.needed else f"`{field.name}`"
