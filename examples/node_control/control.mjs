// The control interface of `tiltsession serve --control`, as a test in Node uses it: plain fetch, and nothing else.
// NODE_EXTRA_CA_CERTS must name the certificate when Node starts (run.mjs sees to that).
const { TILT_CONTROL_URL: url, TILT_CONTROL_TOKEN: token } = process.env;

async function call(method, path, fields) {
  const response = await fetch(url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: fields === undefined ? undefined : JSON.stringify(fields),
  });
  const answer = await response.json();
  // The text says what was asked, what is, and what to write instead: for a test, the best message that there is.
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

export const get = (path) => call("GET", path);
export const post = (path, fields) => call("POST", path, fields);
