"""The verbs that only look: the session and its verdict, its timeline, what clients asked, what was committed."""

from typing import Any

from pytest_tiltsession.control import call, kinds, shown, verbs
from pytest_tiltsession.expectations import lettering, request_table, selection

Field = verbs.Field
_MOST = Field("most", kinds.Whole(1), "How many at most, the last ones.")
_SESSION = Field("session", kinds.Text("Tiltfile"), "The name of the Session; Tiltfile without it.")


class _Status:
    """A status, or a class of them."""

    def read(self, value: Any, what: str) -> Any:
        """Give a number, or a text such as 4xx."""
        if isinstance(value, str) and not value.isdecimal():
            return kinds.Choice([f"{number}xx" for number in range(1, 6)]).read(value, what)
        return kinds.Whole(100, 599).read(value, what)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema."""
        return {"type": ["integer", "string"], "examples": [404, "4xx"]}


SELECTION = (
    Field("operation", kinds.ListOf(kinds.Choice(selection.OPERATIONS), alone=True), "list, watch and so on."),
    Field("name", kinds.Text("Tiltfile"), "The Session that they are about."),
    Field("client", kinds.Text("kubectl"), "A part of the User-Agent."),
    Field("status", _Status(), "How they were answered: a status, or a class such as 4xx."),
    Field("method", kinds.Text("GET"), "The HTTP method."),
    Field("path", kinds.Text("/apis"), "A part of the path."),
    Field("since", kinds.Duration(), "Since when, from the session's start."),
    Field("until", kinds.Duration(), "Until when, from the session's start."),
)


def _verdict(now: call.Call) -> Any:
    return shown.verdict(now.fake)


def _timeline(now: call.Call) -> Any:
    name = now.given.get("session")
    of = now.fake if name is None else now.fake.of(name)
    return shown.history(of.look().timeline, of.render_timeline())


def _requests(now: call.Call) -> Any:
    given = {name: value for name, value in now.given.items() if name != "most"}
    seen = now.fake.look()
    chosen = selection.selection(**given, start=seen.origin).choose(seen.requests)[-now.given.get("most", 0) :]
    text = request_table.draw(chosen, seen.origin, now.fake.style or lettering.Style(), of=len(seen.requests))
    return {"text": "\n".join(text), "requests": [shown.request(item, seen.origin) for item in chosen]}


def _commits(now: call.Call) -> Any:
    seen, name = now.fake.look(), now.given.get("session")
    first = now.given.get("after", -1) + 1
    found = [entry for entry in seen.entries[first:] if name is None or entry.name == name]
    return {"commits": [shown.commit(entry, seen.origin) for entry in found[-now.given.get("most", 0) :]]}


VERBS = (
    verbs.Verb("GET", "/session", "Show how the session stands, and who waits for what.", "Verdict", _verdict),
    verbs.Verb("GET", "/timeline", "Show what targets and session went through.", "Timeline", _timeline, (_SESSION,)),
    verbs.Verb(
        "GET", "/requests", "Show what clients asked of the API, all or a choice.", "Requests", _requests,
        (*SELECTION, _MOST),
    ),
    verbs.Verb(
        "GET", "/commits", "Show what was committed, in order.", "Commits", _commits,
        (Field("session", kinds.Text("Tiltfile"), "Of this Session only."),
         Field("after", kinds.Whole(), "Only those after the one of this number."), _MOST),
    ),
)  # fmt: skip
