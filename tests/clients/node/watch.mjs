// Watch: one line of JSON for each event of Tilt's Session, until it is done or `argv[2]` seconds are over.
import { KubeConfig, Watch } from "@kubernetes/client-node";

const config = new KubeConfig();
config.loadFromDefault();

const query = { fieldSelector: "metadata.name=Tiltfile", timeoutSeconds: process.argv[2] };
const controller = await new Watch(config).watch(
  "/apis/tilt.dev/v1alpha1/sessions",
  query,
  (event, session) => {
    console.log(JSON.stringify({ event, session }));
    if (session.status.done) controller.abort();
  },
  (error) => {
    if (error && error.name !== "AbortError") throw error;
  },
);
