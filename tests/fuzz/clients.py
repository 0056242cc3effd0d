"""What clients do to a fake in the state machine, and what the model says that comes of it. Patches are apart."""

import copy
import json
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pytest_tiltsession.api import messages

from . import model, requests_grammar

NAMES = st.sampled_from(["a", "a", model.TILTFILE, "b", "c"])
CLIENTS = st.integers(0, 2)
LABELS = st.dictionaries(st.sampled_from(["app", "tilt.dev/x"]), st.sampled_from(["", "1", "2"]), max_size=2)
FINALIZERS = st.sampled_from([[], [], ["a/b"], ["a/b", "tilt.dev/x"]])
SPECS = st.fixed_dictionaries(
    {"tiltfilePath": st.sampled_from(["/a", "/b"]), "exitCondition": st.sampled_from(["manual", "ci", "ci"])},
    optional={"ci": st.sampled_from([{"timeout": "10m0s"}, {"readinessTimeout": "1m0s", "timeout": "30m0s"}, {}])},
)
SELECTORS = st.sampled_from([{}, {}, {"app": "1"}, {"app": "2"}, {"tilt.dev/x": ""}])


def selector(labels: dict[str, str]) -> str:
    """Write labels as a query."""
    return (
        "labelSelector=" + "%2C".join(f"{key.replace('/', '%2F')}%3D{value}" for key, value in labels.items())
        if labels
        else ""
    )


class Clients:
    """The rules of clients. ``copies`` holds what each one last read of each Session, which may be stale."""

    fake: Any
    model: model.Model
    profile: str
    copies: list[dict[str, Any]]

    @property
    def kubernetes(self) -> bool:
        """Whether the fake follows Kubernetes instead of Tilt."""
        return self.profile == "kubernetes"

    # -- asking -------------------------------------------------------------------------------------------------

    def request(
        self, method: str, target: str, body: Any = None, media_type: str = "application/json"
    ) -> messages.Answer:
        """Make a request without a socket; a target is what follows the path of the Sessions."""
        path, _, query = target.partition("?")
        headers = (
            ("authorization", f"Bearer {self.fake._app.token}"),
            ("content-type", media_type),
            ("user-agent", "fuzz/1"),
        )
        sent = b"" if body is None else json.dumps(body).encode()
        return self.fake._app(messages.Request(method, requests_grammar.SESSIONS + path, query, headers, sent))

    def ask(
        self,
        status: int | tuple[int, ...],
        method: str,
        target: str,
        body: Any = None,
        media_type: str = "application/json",
    ) -> Any:
        """Make a request that must be answered so; one that is refused must have written nothing."""
        before = self.written()
        answer = self.request(method, target, body, media_type)
        assert isinstance(answer, messages.Response)
        found = json.loads(answer.body)
        assert answer.status in (status if isinstance(status, tuple) else (status,)), (answer.status, found)
        if answer.status >= 400:
            assert before == self.written(), f"refused and yet written: {found}"
        return found

    def written(self) -> tuple[int, int]:
        """Give how much has been written so far."""
        return len(self.fake.commits), self.fake._world.objects.revision

    def items(self, query: str = "") -> list[dict[str, Any]]:
        """List what there is."""
        return self.ask(200, "GET", f"?{query}")["items"]

    # -- reading ------------------------------------------------------------------------------------------------

    @rule(client=CLIENTS, name=NAMES, labels=SELECTORS)
    def read(self, client: int, name: str, labels: dict[str, str]) -> None:
        """A client reads a Session and keeps the copy, and lists what is selected, in the order of names."""
        self.copy_of(client, name, fresh=True)
        selected = [name for name, kept in self.model.kept.items() if labels.items() <= kept.labels.items()]
        assert sorted(selected, key=str.encode) == [item["metadata"]["name"] for item in self.items(selector(labels))]

    def copy_of(self, client: int, name: str, *, fresh: bool) -> Any:
        """Give a client's copy of a Session to change, or None where it has none and there is none to be had."""
        kept = self.model.kept.get(name)
        if fresh or name not in self.copies[client]:
            found = self.ask(404 if kept is None else 200, "GET", f"/{name}")
            if kept is not None:
                assert kept.shown() == model.seen(found)
                self.copies[client][name] = found
        return copy.deepcopy(self.copies[client].get(name))

    # -- writing ------------------------------------------------------------------------------------------------

    @rule(
        client=CLIENTS,
        name=NAMES,
        spec=SPECS,
        labels=LABELS,
        finalizers=FINALIZERS,
        dry=st.booleans(),
        pid=st.integers(0, 3),
    )
    def create(self, client: int, name: str, spec: Any, labels: Any, finalizers: Any, dry: bool, pid: int) -> None:
        """A client creates a Session, with a status too, which Tilt keeps until it knows better."""
        body: Any = {
            "metadata": {"name": name, "labels": labels, "finalizers": finalizers},
            "spec": spec,
            "status": {"pid": pid},
        }
        self.ask(
            (400, 422), "POST", "", {**body, "spec": ({}, {**spec, "exitCondition": "x"}, {"tiltfilePath": 1})[client]}
        )
        status = 409 if name in self.model.kept else 201
        found = self.ask(status, "POST", "?dryRun=All" if dry else "", body)
        if status == 201 and not (dry and self.kubernetes):
            kept = model.Kept(self.model.engine.spec, pid=0 if self.kubernetes else pid)
            kept.take(found)
            assert (labels, finalizers) == (kept.labels, kept.finalizers)
            self.model.write(name, kept, int(found["metadata"]["resourceVersion"]))
            self.copies[client][name] = found

    @rule(
        client=CLIENTS,
        name=NAMES,
        fresh=st.booleans(),
        spec=st.none() | SPECS,
        labels=st.none() | LABELS,
        finalizers=st.none() | FINALIZERS,
    )
    def replace(self, client: int, name: str, fresh: bool, spec: Any, labels: Any, finalizers: Any) -> None:
        """A client changes the copy that it has and puts it back: no update is lost, a stale copy is refused."""
        copied = self.copy_of(client, name, fresh=fresh)
        if copied is None:
            return
        for part, value in (("labels", labels), ("finalizers", finalizers)):
            if value is not None:
                copied["metadata"][part] = value
        copied["spec"] = copied["spec"] if spec is None else spec
        kept = self.model.kept.get(name)
        if kept is None:
            self.ask(404, "PUT", f"/{name}", copied)
        elif int(copied["metadata"]["resourceVersion"]) != kept.version:
            self.ask(409, "PUT", f"/{name}", copied)
        else:
            self.changed(name, copied, client, "PUT", f"/{name}", copied)

    def changed(
        self,
        name: str,
        wanted: Any,
        client: int,
        method: str,
        target: str,
        body: Any,
        media_type: str = "application/json",
    ) -> None:
        """Make a change that leads to the wanted Session, unless the rules forbid it."""
        kept, after = self.model.kept[name], self.model.kept[name].copy()
        after.take(wanted)
        late = kept.deleting and not set(after.finalizers) <= set(kept.finalizers)
        invalid = self.kubernetes and after.spec.exit_condition not in ("manual", "ci")
        found = self.ask(422 if late or invalid else 200, method, target, body, media_type)
        if not (late or invalid):
            self.model.write(name, after, int(found["metadata"]["resourceVersion"]))
            self.copies[client][name] = found

    @rule(client=CLIENTS, name=NAMES, fresh=st.booleans(), pid=st.integers(0, 3), done=st.booleans())
    def replace_status(self, client: int, name: str, fresh: bool, pid: int, done: bool) -> None:
        """A client writes a status: the pid stays, the verdict is taken back."""
        copied = self.copy_of(client, name, fresh=fresh)
        if copied is None:
            return
        copied["status"] |= {"pid": pid, "done": done, "targets": None}
        copied["spec"]["tiltfilePath"] = "not by this way"
        kept = self.model.kept.get(name)
        stale = kept is not None and int(copied["metadata"]["resourceVersion"]) != kept.version
        found = self.ask(404 if kept is None else 409 if stale else 200, "PUT", f"/{name}/status", copied)
        if kept is not None and not stale:
            kept.pid, kept.targets, kept.done, kept.error = pid, None, done, copied["status"].get("error", "")
            kept.start_time = self.model.engine.start_time if copied["status"]["startTime"] else None
            self.model.write(name, kept, int(found["metadata"]["resourceVersion"]))

    # -- deleting -----------------------------------------------------------------------------------------------

    @rule(name=NAMES, dry=st.booleans(), uid=st.sampled_from(["", "", "wrong"]))
    def delete(self, name: str, dry: bool, uid: str) -> None:
        """A client deletes a Session; preconditions and dry runs count where the profile says so."""
        body = {"dryRun": ["All"] if dry else [], "preconditions": {"uid": uid} if uid else {}}
        if name not in self.model.kept:
            self.ask(404, "DELETE", f"/{name}", body)
        elif uid and self.kubernetes:
            self.ask(409, "DELETE", f"/{name}", body)
        else:
            self.ask(200, "DELETE", f"/{name}", body)
            if not (dry and self.kubernetes):
                self.model.delete(name)

    @rule(labels=SELECTORS.filter(bool))
    def delete_collection(self, labels: dict[str, str]) -> None:
        """A client deletes what a selector takes: Tilt without a word, Kubernetes one after the other."""
        found = self.ask(200, "DELETE", f"?{selector(labels)}")
        for name, kept in list_of(self.model.kept):
            if labels.items() <= kept.labels.items():
                if self.kubernetes:
                    self.model.delete(name)
                else:
                    del self.model.kept[name]
                    self.model.silenced.add(name)
        assert self.kubernetes or found["kind"] == "SessionList"


def list_of(kept: dict[str, model.Kept]) -> list[tuple[str, model.Kept]]:
    """Give the Sessions as they are now, so that they can be removed meanwhile."""
    return sorted(kept.items())
