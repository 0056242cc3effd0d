"""Scenarios that are told for their pictures: odd names, many targets, a restart, deadlines ahead."""

HEAD = """
version: 1
title: {title}
session: {{exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {{timeout: 30m0s, readinessTimeout: 5m0s}}}}
start: 2026-01-01T00:00:00.000000Z
targets:
{targets}
steps:
{steps}
"""

# Each would end an element, an attribute, a script, a comment or an XML file, or turn the direction of what follows.
HOSTILE = (
    "</script><script>alert(1)</script>",
    "</style></svg><img src=x onerror=alert(1)>",
    "\"quoted\" 'twice' & <b>bold</b>",
    "]]> <!-- comment --> <?xml ?>",
    "tab\tbell\x07null\x00escape\x1b[31mred",
    "turned \u202eright to left\u202c and \u2066isolated",
    "עברית العربية 日本語 é e\u0301 👩\u200d👩\u200d👧",
    "lone \ud800 surrogate, \ufffe and \uffff",
    "long " + "x" * 5_000,
    "a\nb\r\nc\u2028d",
)


def told(steps: list[str], targets: dict[str, str], title: str = "a story") -> str:
    """Write a scenario file; ``targets`` gives the type of each."""
    named = [f"  {name}: {{type: {kind}, resources: [{name.partition(':')[0]}]}}" for name, kind in targets.items()]
    return HEAD.format(title=title, targets="\n".join(named), steps="\n".join(f"  - {step}" for step in steps))


def many(count: int, flaps: int = 1) -> str:
    """Tell of many servers, each of which loses and gets its readiness a number of times, 10 ms apart."""
    names = [f"svc-{number:04}:serve" for number in range(count)]
    steps = []
    for turn in range(2 * flaps):
        states = ", ".join(f"{name}: {{active: {{ready: {'true' if turn % 2 else 'false'}}}}}" for name in names)
        steps.append(f"{{at: {turn * 10}ms, set: {{{states}}}}}")
    return told(steps, dict.fromkeys(names, "server"), f"{count} targets")


ONE = told(
    ["{at: 0s, set: {api:serve: {active: {ready: false}}}}", "{at: 4m, set: {}, note: nothing yet}"],
    {"api:serve": "server"},
    "one server that is not ready",
)
