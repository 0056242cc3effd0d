"""What builds, processes, pods and containers may go through, told with the builder's words; knows no resource."""

from hypothesis import strategies as st

from pytest_tiltsession.models import resources as models
from pytest_tiltsession.scenario import builder
from pytest_tiltsession.scenario.relative import script
from pytest_tiltsession.strategies import texts

Phases = st.SearchStrategy[list[script.Phase]]


def _for() -> st.SearchStrategy[float]:
    """Give how long a state lasts, in seconds."""
    return st.integers(1, 10) | st.sampled_from((0.001, 0.5, 1.5, 60))


def builds(errors: st.SearchStrategy[str]) -> Phases:
    """Give the build of a resource, or several of which each is the next one: a good or a failing end, or none."""
    started = st.lists(_for().map(lambda lasts: builder.active(for_=lasts)), max_size=1)
    ends = st.just(builder.succeeded()) | errors.map(builder.failed)
    ended = st.builds(lambda first, end: [*first, end], started, ends)
    return ended | st.just([builder.active()]) | st.builds(lambda one, next_: [*one, *next_], ended, ended)


def processes() -> Phases:
    """Give what a server goes through: with a probe that passes, or none, and with an end."""
    going = st.one_of(
        _for().map(lambda lasts: builder.active(ready=False, for_=lasts)),
        _for().map(lambda lasts: builder.ready(for_=lasts)),
    )
    last = st.sampled_from((builder.ready(), builder.active(ready=False))) | texts.process_errors().map(builder.failed)
    return _lasting(going, last)


def pods(errors: st.SearchStrategy[str], pod_readiness: str) -> Phases:
    """Give what the pods of a Kubernetes resource go through."""
    unready = (builder.active(), builder.failed(), builder.waiting("ErrImagePull"))
    ready = (builder.succeeded(),) if pod_readiness == models.SUCCEEDED else (builder.ready(), builder.succeeded())
    going = st.one_of(
        _for().map(lambda lasts: builder.waiting("ContainerCreating", for_=lasts)),
        _for().map(lambda lasts: builder.active(ready=False, for_=lasts)),
        st.builds(lambda error, lasts: builder.failed(error, for_=lasts), errors, _for()),
        _for().map(lambda lasts: builder.removed(for_=lasts)),
    )
    return _lasting(going, st.sampled_from((*ready, *unready)))


def containers() -> Phases:
    """Give what the container of a Docker Compose service goes through."""
    going = st.one_of(
        _for().map(lambda lasts: builder.waiting(for_=lasts)),
        _for().map(lambda lasts: builder.ready(for_=lasts)),
        st.builds(lambda code, lasts: builder.failed(exit_code=code, for_=lasts), st.integers(1, 255), _for()),
    )
    return _lasting(going, st.sampled_from((builder.ready(), builder.succeeded(), builder.failed(exit_code=1))))


def _lasting(going: st.SearchStrategy[script.Phase], last: st.SearchStrategy[script.Phase]) -> Phases:
    """Give some states of which each lasts a while, and one for good."""
    return st.builds(lambda first, end: [*first, end], st.lists(going, max_size=3), last)
