// Serves a fake Tilt with its control interface, runs the tests beside it, and ends with their exit code.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const [program, ...options] = (process.env.TILTSESSION ?? "tiltsession").split(" ");
const serve = spawn(program, [...options, "serve", "--control"], { stdio: ["ignore", "pipe", "inherit"] });
const lines = createInterface({ input: serve.stdout });
const { control, ca } = JSON.parse(await new Promise((resolve) => lines.once("line", resolve)));

const tests = spawn(process.execPath, ["--test", fileURLToPath(new URL("waiting.test.mjs", import.meta.url))], {
  stdio: "inherit",
  env: { ...process.env, NODE_EXTRA_CA_CERTS: ca, TILT_CONTROL_URL: control.url, TILT_CONTROL_TOKEN: control.token },
});
const code = await new Promise((resolve) => tests.once("exit", resolve));
serve.kill();
process.exit(code ?? 1);
