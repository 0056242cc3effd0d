"""``tiltsession serve`` as a program that tests start and end."""

import contextlib
import json
import subprocess
import sys


@contextlib.contextmanager
def serving(*arguments, **streams):
    """Run ``serve`` and give the process and the line that it prints once it answers."""
    command = [sys.executable, "-m", "pytest_tiltsession", "serve", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **streams)
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
