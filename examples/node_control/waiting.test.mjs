// Tests of a program that waits for Tilt (../node_wait), in its own language: the test owns the session and its time.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { get, post } from "./control.mjs";

const program = fileURLToPath(new URL("../node_wait/wait-for-session.mjs", import.meta.url));

beforeEach(async () => {
  await post("/reset", { exitCondition: "ci" });
  await post("/targets", { name: "migrate", type: "job" });
  await post("/targets", { name: "api", type: "server" });
});

async function waiting() {
  const { env } = await get("/");
  const child = spawn(process.execPath, [program], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (said += text));
  await once(child.stdout, "data"); // it has seen the session: its watch is open
  return async () => ({ code: (await ended)[0], said });
}

test("a failed migration ends the wait with its error", async () => {
  const end = await waiting();

  await post("/targets/migrate:update/start");
  await post("/clock/advance", { by: "2.5s" });
  await post("/targets/migrate:update/fail", { error: "exit status 1" });

  const { code, said } = await end();
  assert.equal(code, 1);
  assert.match(said, /session failed: exit status 1/);
  await post("/expect/failed", { error: "exit status 1" });
  await post("/expect/done-at", { at: "2.5s" });
  await post("/expect/requests", { operation: "watch", count: 1, wroteNothing: true });
});

test("a server that is never ready ends it with Tilt's own timeout, in no time at all", async () => {
  const end = await waiting();

  await post("/together", { do: [{ target: "migrate:update", verb: "start" }, { target: "api:serve", verb: "start" }] });
  await post("/targets/migrate:update/succeed");
  await post("/clock/run-until-done");

  assert.match((await end()).said, /Readiness timeout after 5m0s: target api:serve not ready/);
  const { doneAt, exitCode } = await get("/session");
  assert.deepEqual({ doneAt, exitCode }, { doneAt: "5m0s", exitCode: 1 });
});

test("what does not hold is explained", async () => {
  await assert.rejects(post("/expect/succeeded"), /expected the session to succeed, but it is still running/);
  await assert.rejects(post("/targets/api:serve/succeed"), /a server that ends is always an error/);
  await assert.rejects(post("/clock/advance", { by: "5 minutes" }), /write a duration as Go does/);
});
