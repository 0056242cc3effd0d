"""What schemathesis runs of ours: loaded by its own process, not by pytest. Judges each answer as the fuzzers do."""

import schemathesis
from fuzz import conversing, judging


@schemathesis.check
def an_answer_of_tilts(ctx, response, case) -> None:  # type: ignore[no-untyped-def]
    """Fail for an answer that no Tilt would give: schemathesis takes every server error for one."""
    headers = tuple((name.lower(), value) for name, values in response.headers.items() for value in values)
    judging.judge(conversing.Answer(response.status_code, headers, response.content), case.method.upper())
