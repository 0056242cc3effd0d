// Waits for Tilt's session as a CI step in a Node project would: watches, prints what changes, exits with the verdict.
// Needs nothing but Node: KUBECONFIG says where Tilt is.
import { readFileSync } from "node:fs";
import { request } from "node:https";

const config = readFileSync(process.env.KUBECONFIG, "utf8");
const value = (key) => new RegExp(`^\\s*${key}: (.+)$`, "m").exec(config)[1].replaceAll('"', "");
const url = new URL("/apis/tilt.dev/v1alpha1/sessions?watch=true", value("server"));
const options = {
  ca: Buffer.from(value("certificate-authority-data"), "base64"),
  headers: { Authorization: `Bearer ${value("token")}` },
};

let text = "";
request(url, options, (response) => {
  response.setEncoding("utf8");
  response.on("data", (chunk) => {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop();
    for (const line of lines) show(JSON.parse(line).object);
  });
  response.on("end", () => process.exit(3));
}).end();

function show(session) {
  if (session.metadata.name !== "Tiltfile") return;
  const { targets, done, error } = session.status;
  for (const { name, state } of targets ?? []) console.log(name, Object.keys(state)[0] ?? "inactive");
  if (!done) return;
  console.log(error ? `session failed: ${error}` : "session succeeded");
  process.exit(error ? 1 : 0);
}
