// CustomObjectsApi: the whole cycle on one Session, printed as JSON.
import { CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";

const config = new KubeConfig();
config.loadFromDefault();
const api = config.makeApiClient(CustomObjectsApi);

const { nightly, merge, json, strategic, applied } = JSON.parse(process.env.STORY);
const kind = { group: "tilt.dev", version: "v1alpha1", plural: "sessions" };
const one = { ...kind, name: "nightly" };
const as = (patchType) => setHeaderOptions("Content-Type", patchType);
const refused = (promise) => promise.then(() => null, (error) => [error.code, JSON.parse(error.body).reason]);

const results = {};
results.resources = (await api.getAPIResources(kind)).resources.map((resource) => resource.name);
results.listed = (await api.listClusterCustomObject(kind)).items.map((item) => item.metadata.name);
results.found = (await api.getClusterCustomObject({ ...kind, name: "Tiltfile" })).spec.exitCondition;

results.created = (await api.createClusterCustomObject({ ...kind, body: nightly })).spec;
results.again = await refused(api.createClusterCustomObject({ ...kind, body: nightly }));
const body = await api.getClusterCustomObject(one);
body.spec.ci = { timeout: "90s" };
const updated = await api.replaceClusterCustomObject({ ...one, body });
results.updated = updated.spec.ci;
results.stale = await refused(api.replaceClusterCustomObject({ ...one, body }));
updated.status.pid = 99;
results.pid = (await api.replaceClusterCustomObjectStatus({ ...one, body: updated })).status.pid;

await api.patchClusterCustomObject({ ...one, body: merge }, as(PatchStrategy.MergePatch));
await api.patchClusterCustomObject({ ...one, body: json }); // a JSON patch unless told otherwise
await api.patchClusterCustomObject({ ...one, body: strategic }, as(PatchStrategy.StrategicMergePatch));
const owned = { ...one, body: applied, fieldManager: "tests", force: true };
const patched = await api.patchClusterCustomObject(owned, as(PatchStrategy.ServerSideApply));
results.labels = Object.keys(patched.metadata.labels).sort();
const status = { ...one, body: { status: { pid: 100 } } };
await api.patchClusterCustomObjectStatus(status, as(PatchStrategy.MergePatch));
results.patchedPid = (await api.getClusterCustomObjectStatus(one)).status.pid;

await api.deleteClusterCustomObject(one);
results.left = (await api.listClusterCustomObject(kind)).items.map((item) => item.metadata.name);
results.gone = await refused(api.getClusterCustomObject(one));
console.log(JSON.stringify(results));
