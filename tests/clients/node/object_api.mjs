// KubernetesObjectApi: finds the kind by discovery, then the whole cycle on one Session, printed as JSON.
import { KubeConfig, KubernetesObjectApi, PatchStrategy } from "@kubernetes/client-node";

const config = new KubeConfig();
config.loadFromDefault();
const api = KubernetesObjectApi.makeApiClient(config);

const { nightly, merge, json, applied } = JSON.parse(process.env.STORY);
const { apiVersion, kind } = nightly;
const named = { apiVersion, kind, metadata: { name: "nightly" } };

const results = {};
const { items } = await api.list(apiVersion, kind);
results.listed = items.map((item) => item.metadata.name);
results.created = (await api.create(nightly)).spec;
const body = await api.read(named); // it writes names in small letters, so Tiltfile is out of its reach
results.isDate = body.metadata.creationTimestamp instanceof Date;
body.spec.ci = { timeout: "90s" };
results.updated = (await api.replace(body)).spec.ci;

const patch = (change, patchType, manager, force) =>
  api.patch({ ...named, ...change }, undefined, undefined, manager, force, patchType);
await patch({ metadata: { ...named.metadata, ...merge.metadata } }, PatchStrategy.MergePatch);
const patched = await patch(applied, PatchStrategy.ServerSideApply, "tests", true);
results.labels = Object.keys(patched.metadata.labels).sort();

await api.delete(named);
results.gone = await api.read(named).then(() => null, (error) => error.code);
console.log(JSON.stringify(results));
