// Informer: one line of JSON for each change of its cache, until `nightly` has come, changed and gone again.
import { CustomObjectsApi, KubeConfig, makeInformer } from "@kubernetes/client-node";

const config = new KubeConfig();
config.loadFromDefault();
const api = config.makeApiClient(CustomObjectsApi);

const kind = { group: "tilt.dev", version: "v1alpha1", plural: "sessions" };
const informer = makeInformer(config, "/apis/tilt.dev/v1alpha1/sessions", () => api.listClusterCustomObject(kind));
const say = (event) => (session) => {
  const cached = informer.list().map((item) => item.metadata.name).sort();
  console.log(JSON.stringify({ event, name: session.metadata.name, session, cached }));
};

informer.on("add", say("add"));
informer.on("update", say("update"));
informer.on("delete", say("delete"));
informer.on("error", (error) => {
  if (error.name === "AbortError") return; // so it calls what stop() does to its watch
  console.error(error);
  process.exitCode = 1;
});
process.stdin.on("end", () => informer.stop()).resume();
await informer.start();
