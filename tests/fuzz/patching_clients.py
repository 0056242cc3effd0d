"""Patches of clients in the state machine, of all four kinds, and what the model says that comes of them."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from . import clients

JSON, MERGE = "application/json-patch+json", "application/merge-patch+json"
STRATEGIC, APPLY = "application/strategic-merge-patch+json", "application/apply-patch+yaml"


class PatchingClients(clients.Clients):
    """The rules of clients who patch."""

    @rule(
        client=clients.CLIENTS,
        name=clients.NAMES,
        key=st.sampled_from(["app", "tilt.dev/x"]),
        value=st.sampled_from([None, "1", "2"]),
        kind=st.sampled_from([JSON, MERGE, STRATEGIC]),
        stale=st.booleans(),
    )
    def patch_label(self, client: int, name: str, key: str, value: str | None, kind: str, stale: bool) -> None:
        """A client sets or takes away one label by a patch; with a version of old it is refused."""
        kept = self.model.kept.get(name)
        labels = {**(kept.labels if kept else {}), key: value}
        wanted = {key: value for key, value in labels.items() if value is not None}
        body: Any = {"metadata": {"labels": {key: value}}}
        if kind == JSON:
            body = [{"op": "add", "path": "/metadata/labels", "value": wanted}]
        elif stale:
            body["metadata"]["resourceVersion"] = "1"
        if kept is None or (stale and kind != JSON and kept.version != 1):
            self.ask(404 if kept is None else 409, "PATCH", f"/{name}", body, kind)
            return
        item = {"metadata": {**self._now(name)["metadata"], "labels": wanted}, "spec": self._now(name)["spec"]}
        self.changed(name, item, client, "PATCH", f"/{name}", body, kind)

    @rule(
        client=clients.CLIENTS,
        name=clients.NAMES,
        condition=st.sampled_from(["manual", "ci", "ci", "bogus"]),
        kind=st.sampled_from([JSON, MERGE, STRATEGIC]),
    )
    def patch_spec(self, client: int, name: str, condition: str, kind: str) -> None:
        """A client changes the exit condition by a patch, which Tilt does not even look at."""
        body: Any = {"spec": {"exitCondition": condition}}
        if kind == JSON:
            body = [{"op": "replace", "path": "/spec/exitCondition", "value": condition}]
        if name not in self.model.kept:
            self.ask(404, "PATCH", f"/{name}", body, kind)
            return
        item = {
            "metadata": self._now(name)["metadata"],
            "spec": {**self._now(name)["spec"], "exitCondition": condition},
        }
        self.changed(name, item, client, "PATCH", f"/{name}", body, kind)

    def _now(self, name: str) -> dict[str, Any]:
        shown = self.model.kept[name].shown()
        return {"metadata": {key: shown[key] for key in ("labels", "annotations", "finalizers")}, "spec": shown["spec"]}

    @rule(client=clients.CLIENTS, name=clients.NAMES, value=st.sampled_from(["1", "2"]), force=st.booleans())
    def apply(self, client: int, name: str, value: str, force: bool) -> None:
        """A client applies one label server-side, as a manager of its own; without force others may be in its way."""
        body = {
            "apiVersion": "tilt.dev/v1alpha1",
            "kind": "Session",
            "metadata": {"name": name, "labels": {"app": value}},
        }
        target = f"/{name}?fieldManager=applier&force={'true' if force else 'false'}"
        kept = self.model.kept.get(name)
        if kept is None:
            self.ask(422 if self.kubernetes else 500, "PATCH", target, body, APPLY)
            return
        invalid = self.kubernetes and kept.spec.exit_condition not in ("manual", "ci")
        usual = (422,) if invalid else (200,)
        found = self.ask(usual if force else (*usual, 409), "PATCH", target, body, APPLY)
        if found["kind"] == "Session":
            after = kept.copy()
            after.labels = {**kept.labels, "app": value}
            self.model.write(name, after, int(found["metadata"]["resourceVersion"]))
            self.copies[client][name] = found
