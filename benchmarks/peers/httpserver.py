"""pytest-httpserver: one route with a token, over TLS, or plain where told so. It closes each connection."""

import json
import logging
import sys

from pytest_httpserver import HTTPServer

from benchmarks.peers import answer, telling


def main() -> None:
    """Serve the Session to whoever has the token."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    context, authority = (None, None) if "plain" in sys.argv else answer.certified()
    with HTTPServer(host="127.0.0.1", port=0, ssl_context=context, threaded=True) as server:
        expected = server.expect_request(answer.PATH, method="GET", headers={"Authorization": f"Bearer {answer.TOKEN}"})
        expected.respond_with_data(json.dumps(answer.SESSION), content_type="application/json")
        url = f"{'http' if context is None else 'https'}://127.0.0.1:{server.port}"
        telling.serve({"url": url, "ca": authority, "token": answer.TOKEN, "path": answer.PATH})


if __name__ == "__main__":
    main()
