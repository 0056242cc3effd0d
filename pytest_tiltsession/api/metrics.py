"""The server's figures for Prometheus: ``/metrics`` and ``/metrics/slis``. The figures are handed in.

Knows neither the store nor a clock. Of the hundreds of metrics of the real server those are here that a fake can
tell truly: requests answered, watches open, objects stored, health checks.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from pytest_tiltsession.api import documents, health, messages
from pytest_tiltsession.models import session as session_models

_EXPOSITION = ("Content-Type", "text/plain; version=0.0.4; charset=utf-8")

Labels = tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name, its type (``counter`` or ``gauge``), its help, and a value for each set of labels."""

    name: str
    type: str
    help: str
    values: Sequence[tuple[Labels, int]]


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """What a server has done: answers by method and status code, open watches, stored Sessions, checks that fail."""

    requests: Mapping[tuple[str, int], int] = dataclasses.field(default_factory=dict)
    watches: int = 0
    sessions: int = 0
    failing: frozenset[str] = frozenset()


def answer(request: messages.Request, figures: Figures) -> messages.Response | None:
    """Answer ``/metrics`` and ``/metrics/slis``, whatever the method; None for other paths."""
    if request.path == "/metrics":
        return _exposition((*_of_requests(figures), *_of_checks(figures)))
    if request.path == "/metrics/slis":
        return _exposition(_of_checks(figures))
    return None


def text(metrics: Iterable[Metric]) -> str:
    """Write metrics in the text format of Prometheus, values sorted by their labels."""
    lines = []
    for metric in metrics:
        lines.append(f"# HELP {metric.name} {metric.help}\n# TYPE {metric.name} {metric.type}\n")
        lines.extend(f"{metric.name}{_braced(labels)} {value}\n" for labels, value in sorted(metric.values))
    return "".join(lines)


def _of_requests(figures: Figures) -> tuple[Metric, ...]:
    resource = (("group", session_models.GROUP), ("resource", session_models.PLURAL))
    answered = [
        ((("code", str(code)), ("method", method)), count) for (method, code), count in figures.requests.items()
    ]
    return (
        Metric("apiserver_request_total", "counter", "Requests answered, by method and status code.", answered),
        Metric("apiserver_longrunning_requests", "gauge", "Watches that are open.", [(resource, figures.watches)]),
        Metric("apiserver_resource_objects", "gauge", "Objects stored.", [(resource, figures.sessions)]),
    )


def _of_checks(figures: Figures) -> tuple[Metric, ...]:
    values = [
        ((("name", check), ("type", endpoint)), 0 if check in figures.failing else 1)
        for endpoint, checks in health.CHECKS.items()
        for check in checks
    ]
    return (Metric("kubernetes_healthcheck", "gauge", "Result of a health check: 1 is well, 0 is not.", values),)


def _braced(labels: Labels) -> str:
    escaped = (f'{name}="{_escaped(value)}"' for name, value in labels)
    return "{" + ",".join(escaped) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _exposition(metrics: Iterable[Metric]) -> messages.Response:
    return messages.Response(200, (documents.NO_CACHE, _EXPOSITION), text(metrics).encode())
