"""A real browser, driven through its DevTools protocol: pages are opened, keys pressed, pixels and styles read."""

import base64
import contextlib
import fcntl
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import threading

import pytest
import websocket

SECONDS = 60
INSTALLING = 600  # seconds of the machine's clock that the package manager may take
PACKAGES = ("chromium", "fonts-dejavu-core")
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    "--disable-dev-shm-usage", "--no-proxy-server", "--remote-debugging-port=0", "--remote-allow-origins=*",
)  # fmt: skip
LISTENING = "DevTools listening on "
KEYS = {
    "Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35, "Escape": 27,
}  # fmt: skip


def found() -> str:
    """Give the program of a browser; Debian's is installed where this run may do so, as root, and others wait for it.

    A machine without a browser fails the test.
    """
    with pathlib.Path(__file__).open("rb") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if program is None and os.geteuid() == 0 and shutil.which("apt-get"):
            for words in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
                subprocess.run(
                    ["apt-get", "-qq", *words],
                    env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    timeout=INSTALLING,
                    check=False,
                )
            program = shutil.which(NAMES[0])
    if program is None:
        pytest.fail(
            f"none of {', '.join(NAMES)} is on this machine, and the pictures are tested in a real browser: "
            f"install one, on Debian by apt-get install {' '.join(PACKAGES)}",
            pytrace=False,
        )
    return program


@contextlib.contextmanager
def started(folder: pathlib.Path):
    """Start the browser with an empty profile in ``folder`` and give it."""
    program = found()
    command = [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        overdue = threading.Timer(SECONDS, process.kill)
        overdue.start()
        said = []
        for line in process.stderr:
            said.append(line)
            if line.startswith(LISTENING):
                break
        overdue.cancel()
        # Read on, or the browser would wait for a reader one day.
        reading = threading.Thread(target=process.stderr.read)
        reading.start()
        try:
            if not said or not said[-1].startswith(LISTENING):
                pytest.fail(f"the browser did not start:\n{''.join(said[-30:])}", pytrace=False)
            yield Browser(said[-1].removeprefix(LISTENING).strip())
        finally:
            process.terminate()
            process.wait(SECONDS)
            reading.join()


class Browser:
    """A browser that runs."""

    def __init__(self, address: str) -> None:
        self._address = address

    @contextlib.contextmanager
    def opened(self, path: pathlib.Path, *, width: int = 1200, height: int = 900, dark: bool = False, media: str = ""):
        """Open a file in a page of its own, with an empty clipboard of troubles, and give the page."""
        with contextlib.closing(
            websocket.create_connection(self._address, timeout=SECONDS, suppress_origin=True)
        ) as line:
            page = Page(line)
            made = page.call("Target.createTarget", url="about:blank")["targetId"]
            try:
                page.attach(made)
                page.show(width, height, dark=dark, media=media)
                page.open(path.as_uri())
                yield page
            finally:
                page.session = None
                page.call("Target.closeTarget", targetId=made)


class Page:
    """One page. ``troubles`` holds what console, scripts and policy complained of, ``asked`` what was loaded."""

    def __init__(self, line: websocket.WebSocket) -> None:
        self._line = line
        self._numbers = itertools.count(1)
        self.session: str | None = None
        self.troubles: list[str] = []
        self.asked: list[str] = []
        self._events: list[str] = []

    def call(self, method: str, **parameters):
        """Call a method of the protocol and give its result."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        self._line.send(json.dumps(message | ({"sessionId": self.session} if self.session else {})))
        while True:
            said = self._take()
            if said.get("id") == number:
                assert "error" not in said, said["error"]
                return said["result"]

    def _take(self):
        said = json.loads(self._line.recv())
        method, told = said.get("method", ""), said.get("params", {})
        self._events.append(method)
        if method == "Runtime.exceptionThrown":
            self.troubles.append(str(told["exceptionDetails"].get("exception", told).get("description", told)))
        elif method == "Runtime.consoleAPICalled":
            self.troubles.append(f"console.{told['type']}: {told['args']}")
        elif method == "Log.entryAdded":
            self.troubles.append(told["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.asked.append(told["request"]["url"])
        return said

    def attach(self, target: str) -> None:
        """Listen to a target, from before anything is loaded into it."""
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(f"{domain}.enable")

    def show(self, width: int, height: int = 900, *, dark: bool = False, media: str = "") -> None:
        """Give the page a size in pixels, light or dark, and a medium (``print``)."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def open(self, url: str) -> None:
        """Load a page and wait until it is there."""
        self._events.clear()
        self.call("Page.navigate", url=url)
        while "Page.loadEventFired" not in self._events:
            self._take()

    def run(self, expression: str):
        """Evaluate a script and give its value."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press and release a key."""
        named = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key], "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown", **named)
        self.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def point(self, selector: str) -> None:
        """Move the pointer to the middle of the first element that a selector finds."""
        self.run(f"document.querySelector({selector!r}).scrollIntoView({{block: 'center', behavior: 'instant'}})")
        place = f"document.querySelector({selector!r}).getBoundingClientRect()"
        x, y = self.run(f"(box => [box.left + box.width / 2, box.top + box.height / 2])({place})")
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def picture(self, *, whole: bool = False) -> bytes:
        """Give what is to be seen as PNG; ``whole`` also what lies below the window."""
        taken = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(taken["data"])
