"""The answers of the control interface as JSON Schemas, by name; not how they are made (``shown``)."""

from pytest_tiltsession.control import kinds

Schema = kinds.Schema

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}
WIRE: Schema = {"type": "object"}
OFFSET: Schema = {"type": "string", "description": "A Go duration since the session's start.", "examples": ["2.5s"]}
INSTANT: Schema = {"type": "string", "format": "date-time", "description": "A MicroTime of the session's clock."}


def said(schema: Schema, doc: str) -> Schema:
    """Describe a schema."""
    return {**schema, "description": doc}


def many(schema: Schema, doc: str = "") -> Schema:
    """Give the schema of a list."""
    found: Schema = {"type": "array", "items": schema}
    return said(found, doc) if doc else found


def maybe(schema: Schema) -> Schema:
    """Give the schema of a value that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def record(doc: str, **fields: Schema) -> Schema:
    """Give the schema of an object that has all of these fields."""
    return {"type": "object", "description": doc, "properties": fields, "required": list(fields)}


def reference(name: str) -> Schema:
    """Refer to a schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


_BLOCKER = record(
    "A target that is in the way of success.",
    word=said(TEXT, "failed, waiting, not ready or retrying."),
    name=TEXT,
    detail=TEXT,
    since=OFFSET,
)
_PLANNED = record("Something that is due.", at=OFFSET, what=TEXT)
_SPELL = record(
    "A state and how long it lasted. A removed target has the word removed.",
    **{"from": OFFSET},
    to=maybe(OFFSET),
    state=said(TEXT, "The closest word, and what goes with it: failed: exit status 1."),
    words=many(TEXT, "All words that are true of it, the general one first."),
    detail=said(TEXT, "The wait reason or the error."),
)
_ROW = record("What one target went through.", name=TEXT, type=TEXT, resources=many(TEXT), states=many(_SPELL))
_EVENT = record("Something that happened to the session itself.", at=OFFSET, word=TEXT, text=TEXT, cause=TEXT)
_REQUEST = record(
    "A request that a client of the API made.",
    number=WHOLE,
    at=OFFSET,
    time=INSTANT,
    method=TEXT,
    path=TEXT,
    query=TEXT,
    client=said(TEXT, "Its User-Agent."),
    status=WHOLE,
    operation=said(TEXT, "get, list, watch, update status and so on; empty for what is not about Sessions."),
    name=TEXT,
    authorized=FLAG,
    watch=FLAG,
    events=said(WHOLE, "How many events a watch was sent."),
    ended=maybe(OFFSET),
    message=TEXT,
    version=maybe(said(WHOLE, "The last resourceVersion that the answer showed.")),
    fault=said(TEXT, "The name of the fault that hit it; empty without."),
)
_COMMIT = record(
    "One commit.",
    number=WHOLE,
    at=OFFSET,
    time=INSTANT,
    name=said(TEXT, "The Session's name."),
    type=said(TEXT, "ADDED, MODIFIED or DELETED."),
    version=WHOLE,
    cause=said(TEXT, "script, driver, client, controller or deadline."),
    note=TEXT,
    silent=said(FLAG, "Whether no watch was told."),
    changed=many(WIRE, "The targets that differ from before, as the API shows them."),
    removed=many(TEXT),
    done=FLAG,
    error=TEXT,
)

COMPONENTS: dict[str, Schema] = {
    "Refusal": record(
        "Why a request was not done, and what to write or call instead.",
        status=WHOLE,
        reason=said(TEXT, "A word for programs: ImpossibleTransition, UnknownTarget, ExpectationFailed and so on."),
        error=said(TEXT, "The text for people, of one line or many."),
    ),
    "Tilt": record(
        "Where the fake is, as the first line of serve says it, and what it is.",
        url=TEXT,
        token=TEXT,
        ca=maybe(TEXT),
        kubeconfig=TEXT,
        context=TEXT,
        web_url=TEXT,
        env=said({"type": "object", "additionalProperties": TEXT}, "The environment in which a program finds it."),
        profile=TEXT,
        progress=TEXT,
        scenario=said(TEXT, "The title of what is played; empty without a scenario."),
        serving=said(FLAG, "Whether the API answers: false once the process has ended."),
    ),
    "Clock": record(
        "The session's clock.",
        now=INSTANT,
        elapsed=OFFSET,
        micros=said(WHOLE, "The same in microseconds."),
        progress=said(TEXT, "manual, reads, auto or wall."),
        holds=many(TEXT, "The names of the holds in force."),
        planned=many(_PLANNED, "What is due next."),
        moved=said(FLAG, "Whether this request moved it."),
    ),
    "Verdict": record(
        "How the session stands.",
        exists=FLAG,
        done=FLAG,
        error=TEXT,
        outcome=said(TEXT, "running, succeeded, failed, or absent."),
        doneAt=maybe(OFFSET),
        exitCode=maybe(said(WHOLE, "What Tilt's process exits with, 0 or 1; null while the session goes on.")),
        exited=said(FLAG, "Whether that process has ended."),
        now=OFFSET,
        blocked=record(
            "Who waits for what now.",
            text=said(TEXT, "The same for people."),
            targets=many(_BLOCKER),
            planned=many(_PLANNED),
            holds=many(TEXT),
            inWork=said(WHOLE, "Requests that are being received or answered."),
            watching=many(TEXT, "The watches that are open."),
        ),
        marks=many(record("Something that happened to Tilt's process.", at=OFFSET, word=TEXT, text=TEXT)),
        problems=many(TEXT, "What would fail a test at its end: steps never played, errors inside the fake."),
        session=maybe(said(WIRE, "The Session as the API shows it.")),
    ),
    "Timeline": record(
        "What the session and its targets went through.",
        name=TEXT,
        now=OFFSET,
        done=FLAG,
        text=said(TEXT, "The same, drawn."),
        targets=many(_ROW),
        events=many(_EVENT),
    ),
    "Requests": record("What clients asked.", text=TEXT, requests=many(_REQUEST)),
    "Commits": record("What was committed.", commits=many(_COMMIT)),
    "Target": record(
        "A target.", name=TEXT, type=TEXT, resources=many(TEXT), state=said(WIRE, "As the API shows it."), word=TEXT
    ),
    "Targets": record("The targets of the session.", targets=many(reference("Target"))),
    "Resource": record("A resource.", name=TEXT, kind=TEXT, targets=many(reference("Target"))),
    "Resources": record("The resources declared here.", resources=many(reference("Resource"))),
    "Removed": record("What is gone.", removed=TEXT),
    "Fault": record(
        "An armed fault.",
        number=said(WHOLE, "By which it is disarmed."),
        fault=said(TEXT, "Its name."),
        text=said(TEXT, "Its name and arguments."),
        met=said(WHOLE, "How often it has happened."),
        spent=said(FLAG, "Whether it has happened as often as it was to."),
    ),
    "Faults": record("The armed faults, in their order.", faults=many(reference("Fault"))),
    "Met": record("An expectation that is met.", met={"const": True}, now=OFFSET),
    "OpenAPI": said({"type": "object"}, "The document in which this stands."),
    "Ending": record("The program ends.", ends={"const": True}),
}
