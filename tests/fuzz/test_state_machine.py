"""Random lives of a fake, driven by clients and by a test, held step by step against a small model."""

import pytest  # noqa: F401
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pytest_tiltsession import FakeTilt, errors
from pytest_tiltsession.api import watching

from . import clients, examining, followers, model, patching_clients

FUZZ = settings.get_profile("fuzz")
JOBS, SERVERS = ("build", "migrate"), ("api",)
DEEDS = ("start", "start", "ready", "unready", "succeed", "fail", "wait", "disable", "enable", "restart", "remove")
DURATIONS = ("1s", "59s", "1m", "5m", "10m", "31m", "0s")


class Life(patching_clients.PatchingClients, RuleBasedStateMachine):
    """One fake's life."""

    profile = "tilt"

    def __init__(self) -> None:
        super().__init__()
        self.fake = FakeTilt(profile=self.profile, tls=False)
        self.copies = [{}, {}, {}]
        self.followers: list[followers.Follower] = []
        self.snapshots: list[tuple[int, int, list]] = []
        self.model = model.Model(self.fake._world.tilt, self.fake.clock.now, quiet=self.kubernetes)
        self.model.reload()

    @initialize(finalizers=clients.FINALIZERS, marks=st.booleans())
    def furnish(self, finalizers: list[str], marks: bool) -> None:
        """Life begins with two more Sessions, and with two watches."""
        for name, value in (("a", "1"), ("b", "2")):
            self.create(0, name, {"tiltfilePath": "/a", "exitCondition": "ci"}, {"app": value}, finalizers, False, 1)
        self.follow({}, "", marks, False)
        self.follow({"app": "1"}, "", marks, False)

    # -- the test -----------------------------------------------------------------------------------------------

    @rule(name=st.sampled_from(JOBS + SERVERS), deed=st.sampled_from(DEEDS))
    def drive(self, name: str, deed: str) -> None:
        """The test moves a target, which it declares first; what Tilt never shows is refused and changes nothing."""
        kind = "job" if name in JOBS else "server"
        full = f"{name}:{'update' if kind == 'job' else 'serve'}"
        if self.fake._world.tilt.target(full) is None:
            (self.fake.job if kind == "job" else self.fake.server)(name)
        else:
            driver, before = self.fake.target(full), self.written()
            try:
                getattr(driver, deed)(*(["it broke"] if deed == "fail" else []))
            except errors.ImpossibleTransition:
                assert before == self.written()
                return
        self.model.settle()

    @rule(
        timeout=st.sampled_from([None, None, "20m", "40m"]),
        condition=st.sampled_from([None, None, "ci", "manual"]),
        cluster=st.sampled_from([None, None, None, False, True]),
    )
    def reload(self, timeout: str | None, condition: str | None, cluster: bool | None) -> None:
        """The Tiltfile is reloaded: what clients wrote to ``Tiltfile`` is set back. Or the cluster comes and goes."""
        if cluster is not None:
            self.fake.cluster_fails(cluster)
            self.model.settle()
        else:
            self.fake.reload(timeout=timeout, exit_condition=condition)
            self.model.reload()

    @rule(duration=st.sampled_from(DURATIONS))
    def advance(self, duration: str) -> None:
        """Time passes, and deadlines come due."""
        self.fake.clock.advance(duration)
        self.model.pass_time(self.fake.clock.now)

    # -- watches ------------------------------------------------------------------------------------------------

    @rule(labels=clients.SELECTORS, one=st.sampled_from(["", "", "a"]), marks=st.booleans(), initial=st.booleans())
    def follow(self, labels: dict[str, str], one: str, marks: bool, initial: bool) -> None:
        """A client opens a watch: on everything, on labels, on one name, with bookmarks or without."""
        query = "&".join(
            filter(None, ["watch=1", clients.selector(labels), one and f"fieldSelector=metadata.name%3D{one}"])
        )
        options = "&allowWatchBookmarks=true" if marks else ""
        if initial and self.kubernetes:
            options += "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
        self.open(query, options, labels)

    def open(self, query: str, options: str, labels: dict[str, str], before: followers.Follower | None = None) -> None:
        stream = self.request("GET", f"?{query}{options}")
        assert isinstance(stream, watching.Watch)
        stream.subscribe(lambda: None)
        now = self.fake.clock.now
        since = self.fake._world.objects.revision
        made = followers.Follower(query, labels, self.kubernetes, self.model.silenced, stream, since, now)
        if before is not None:
            made.since = made.version = before.version
            made.picture, made.heard_at, made.looked_at = before.picture, before.heard_at, before.looked_at
        self.followers.append(made)

    @rule(number=st.integers(0, 9))
    def look(self, number: int) -> None:
        """A client reads what its watch has said meanwhile: its picture is the list."""
        if self.followers:
            self.look_at(self.followers[number % len(self.followers)])

    def look_at(self, follower: followers.Follower) -> None:
        follower.read(self.fake.clock.now)
        if follower.gone:
            self.leave(follower)
        else:
            follower.check(self.items())

    def leave(self, follower: followers.Follower) -> None:
        follower.stream.close()
        self.followers.remove(follower)

    @rule(number=st.integers(0, 9), marks=st.booleans())
    def leave_and_return(self, number: int, marks: bool) -> None:
        """A client closes its watch without reading on; one of Kubernetes goes on from the last version that it saw."""
        if self.followers:
            before = self.followers[number % len(self.followers)]
            self.leave(before)
            options = f"&resourceVersion={before.version}" + ("&allowWatchBookmarks=true" if marks else "")
            if self.kubernetes and before.version:
                self.open(before.query, options, before.labels, before)

    # -- earlier versions ---------------------------------------------------------------------------------------

    @precondition(lambda self: self.kubernetes)
    @rule(number=st.integers(0, 9), limit=st.integers(0, 2))
    def list_again(self, number: int, limit: int) -> None:
        """A client keeps a list. A list of an earlier version is what it was, in pages too, or forgotten in time."""
        kept = self.ask(200, "GET", "")
        self.snapshots.append((int(kept["metadata"]["resourceVersion"]), self.fake.clock.now, kept["items"]))
        version, at, items = self.snapshots[number % len(self.snapshots)]
        query = f"?resourceVersion={version}&resourceVersionMatch=Exact&limit={limit}"
        found: list = []
        while query:
            page = self.ask((200, 410), "GET", query)
            if page["kind"] == "Status":
                assert self.fake.clock.now - at > followers.HISTORY
                return
            found += page["items"]
            token = page["metadata"].get("continue")
            assert bool(token) is bool(limit and len(found) < len(items))
            query = f"?limit={limit}&continue={token}" if token else ""
        assert items == found

    # -- always -------------------------------------------------------------------------------------------------

    @invariant()
    def everything_is_as_it_ought_to_be(self) -> None:
        """What is stored is what the model says, with versions that only rise, and the verdict is the rule's."""
        self.model.check(self.items())

    def teardown(self) -> None:
        """In the end every watch has told everything, what is stored can be put back, and nobody listens any more."""
        for follower in list(self.followers):
            self.look_at(follower)
        for follower in list(self.followers):
            self.leave(follower)
        examining.examine(self.fake)
        assert [] == self.fake._world.journal._listeners
        assert [] == self.fake.requests.open_watches()
        assert [] == self.fake.problems()
        super().teardown()


class KubernetesLife(Life):
    """The same in the other profile."""

    profile = "kubernetes"


TestTilt = Life.TestCase
TestTilt.settings = FUZZ
TestKubernetes = KubernetesLife.TestCase
TestKubernetes.settings = FUZZ
