"""Records a session anew over an older recording: its comments, title, notes and expectations are kept; pure.

What cannot be kept, since what it stood at is no longer there or no longer true, is told and not dropped in silence.
"""

import dataclasses
import difflib
import re
from collections.abc import Iterator, Sequence

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import comments, file_format, instants, recorder, steps
from pytest_tiltsession.scenario.relative import reading

_KEPT_SECTIONS = ("consumer", "faults", "process")  # what no recording tells


@dataclasses.dataclass(frozen=True, slots=True)
class Rewritten:
    """The text of the file, and a sentence for each thing of the older one that could not be kept."""

    text: str
    lost: tuple[str, ...] = ()


def rewrite(old: str, new: steps.Scenario, path: str = "<string>", *, retitled: bool = False) -> Rewritten:
    """Write a recording with what people put into the older one. ``retitled``: its title is not kept either.

    Raises :class:`errors.TiltSessionError` where the older file cannot be read or is no recording, which nothing may
    overwrite; ``path`` names it in messages.
    """
    before = _recording(old, path)
    lost: list[str] = []
    followers = _followers(before.steps, new.steps)
    merged, kept = _merged(before, new, followers, lost, retitled=retitled)
    text = file_format.write_scenario(merged)
    for key in kept:
        text = _with_section(text, old, key)
    found = [comment for comment in comments.find(old) if not _lies_in(comment.line, old, kept)]
    moved = [_moved(comment, followers, new) for comment in found]
    known = comments.anchors(text)
    standing = [comment for comment in moved if comment.anchor in known or comment.anchor == comments.END]
    gone = [comment for comment in moved if comment not in standing]
    lost += [f"line {comment.line}: {comment.text}: {_what(comment)} is no longer there" for comment in gone]
    with_comments = comments.insert(text, standing) if standing else text
    if file_format.parse_scenario(with_comments) == merged:
        return Rewritten(with_comments, tuple(lost))
    lost += [f"line {comment.line}: {comment.text}: the file is laid out too differently" for comment in standing]
    return Rewritten(file_format.write_scenario(merged), tuple(lost))


def refuse_other(old: str, path: str) -> None:
    """Refuse, before a recording begins, what cannot be rewritten; raises as :func:`rewrite` does."""
    _recording(old, path)


def _recording(old: str, path: str) -> steps.Scenario:
    """Read the older recording; raises where it is none."""
    told = reading.parse_script(old, path)
    found = told.base
    recorded = any(step.recorded is not None for step in found.steps)
    if not told.is_absolute or (found.steps and not recorded):
        raise errors.TiltSessionError(
            f"{path}: this is no recording, but a scenario that was written by hand; record into another file"
        )
    return file_format.parse_scenario(old, path)


def _merged(
    before: steps.Scenario, new: steps.Scenario, followers: dict[int, int], lost: list[str], *, retitled: bool
) -> tuple[steps.Scenario, list[str]]:
    """Give the new recording with the older one's title, words, notes, expectations and consumer.

    And the keys whose text is to be taken over as it stands.
    """
    kept = [key for key in _KEPT_SECTIONS if getattr(before, key)]
    expect = new.expect
    if before.expect is not None and before.expect != _recorded_expectation(before):
        objection = _objection(before.expect, new)
        if objection:
            line = f"line {before.expect.line}: " if before.expect.line is not None else ""
            lost.append(f"{line}expect, which was written by hand: {objection}")
        else:
            expect = before.expect
            kept.append("expect")
    scenario = dataclasses.replace(
        new,
        title=new.title if retitled or not before.title else before.title,
        description=_description(before.description, new.description),
        steps=tuple(_with_notes(before, new, followers, lost)),
        expect=expect,
        consumer=before.consumer,
        faults=before.faults,
        process=before.process,
    )
    lost += [
        f"line {step.line}: the step at {instants.shown(step.at)}, which was written by hand"
        for step in before.steps
        if step.recorded is None and step.session != "absent"
    ]
    return scenario, kept


def _description(before: str, new: str) -> str:
    """Give the words of people, then what the recorder says of this recording."""
    told = new.startswith(recorder.WITH_TILTFILE)
    kept, dropping = [], False
    for line in before.splitlines():
        generated = line.startswith((recorder.NOT_SEEN, recorder.LEFT_OUT))
        dropping = (dropping and not generated) or (told and line == recorder.WITH_TILTFILE)
        if not generated and not dropping:
            kept.append(line)
    words = "\n".join(kept).strip("\n")
    return f"{words}\n\n{new}" if words and new else words + "\n" * (words != "" and before.endswith("\n")) or new


def _with_notes(
    before: steps.Scenario, new: steps.Scenario, followers: dict[int, int], lost: list[str]
) -> Iterator[steps.Step]:
    notes: dict[int, list[str]] = {}
    for index, step in enumerate(before.steps):
        if not step.note:
            continue
        if index in followers:
            notes.setdefault(followers[index], []).append(step.note)
        else:
            lost.append(f"line {step.line}: the note {step.note!r}: its step is no longer there")
    for index, step in enumerate(new.steps):
        texts = dict.fromkeys([*notes.get(index, ()), step.note])
        yield dataclasses.replace(step, note="; ".join(filter(None, texts)))


def _recorded_expectation(scenario: steps.Scenario) -> steps.Expectation | None:
    """Give what a recorder would have written: how the last step was recorded, and the exit code that goes with it."""
    outcome, error = _end(scenario)
    given = scenario.expect
    code = None if given is None else given.exit_code
    usual = {"succeeded": 0, "failed": 1}.get(outcome or "")
    return steps.Expectation(outcome, error or None, exit_code=usual if code is not None else None)


def _end(scenario: steps.Scenario) -> tuple[steps.Outcome | None, str]:
    last = next((step.recorded for step in reversed(scenario.steps) if step.recorded is not None), None)
    if last is None:
        return None, ""
    return ("failed" if last.error else "succeeded") if last.done else "running", last.error


def _objection(expected: steps.Expectation, new: steps.Scenario) -> str:
    """Say what of an expectation the new recording does not bear out; nothing where it holds."""
    outcome, error = _end(new)
    shown = {"failed": f"the session now fails with {error!r}", "succeeded": "the session now succeeds"}
    now = shown.get(outcome or "", "the session is now still running at the end")
    if expected.outcome not in (None, outcome):
        return now
    if expected.error not in (None, error) or (expected.match is not None and not re.search(expected.match, error)):
        return now
    code = new.expect.exit_code if new.expect is not None else None
    if expected.exit_code is not None and code is not None and expected.exit_code != code:
        return f"the exit code is now {code}"
    done = next((step.at for step in new.steps if step.recorded is not None and step.recorded.done), None)
    if expected.at is not None and expected.at != done:
        return f"it is now done at {instants.shown(done)}" if done is not None else now
    return ""


# -- steps that correspond ------------------------------------------------------------------------------------------


def _followers(before: Sequence[steps.Step], after: Sequence[steps.Step]) -> dict[int, int]:
    """Give for each step of the older recording, by its number, the step of the new one that tells the same."""
    signs = [[_sign(step) for step in each] for each in (before, after)]
    found: dict[int, int] = {}
    changes = difflib.SequenceMatcher(None, signs[0], signs[1], autojunk=False).get_opcodes()
    for tag, low, high, first, last in changes:
        if tag == "equal":
            found |= dict(zip(range(low, high), range(first, last), strict=True))
            continue
        # Tilt batches what it shows: what was one step may be two, and the other way round.
        for index in range(low, high):
            parts = set(signs[0][index])
            other = next((other for other in range(first, last) if parts & set(signs[1][other])), None)
            if other is not None:
                found[index] = other
    return found


def _sign(step: steps.Step) -> tuple[tuple[str, str], ...]:
    """Give what a step does, times and error texts aside."""
    changed = [(name, f"{state.word} {_detail(state)}") for name, state in sorted(step.set.items())]
    changed += [(name, "removed") for name in step.remove]
    return (*changed, *([("", step.session)] if step.session else []))


def _detail(state: steps.ScriptedState) -> str:
    if state.word == "waiting":
        return state.wait_reason
    return f"ready {state.ready}" if state.word == "active" else "failed" if state.error else ""


# -- text -----------------------------------------------------------------------------------------------------------


def _moved(comment: comments.Comment, followers: dict[int, int], new: steps.Scenario) -> comments.Comment:
    kind, name = comment.anchor
    if kind != "step" or not isinstance(name, int):
        return comment
    # A step that is gone gets a number that no step has.
    return dataclasses.replace(comment, anchor=("step", followers.get(name, len(new.steps) + name)))


def _what(comment: comments.Comment) -> str:
    kind, name = comment.anchor
    return {"target": f"target {name}", "step": "its step"}.get(kind, f"the key {name}")


def _lies_in(line: int, text: str, keys: Sequence[str]) -> bool:
    spans = (comments.section(text, key) for key in keys)
    return any(span is not None and span[0] <= line < span[1] for span in spans)


def _with_section(text: str, old: str, key: str) -> str:
    """Put the older file's own lines of a key in the place of those that were written for it."""
    theirs, ours = comments.section(old, key), comments.section(text, key)
    if theirs is None or ours is None:
        return text
    lines = text.splitlines()
    lines[ours[0] - 1 : ours[1] - 1] = old.splitlines()[theirs[0] - 1 : theirs[1] - 1]
    return "\n".join(lines) + "\n"
