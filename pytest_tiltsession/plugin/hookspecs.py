"""The hooks that users of the plugin implement, in a conftest.py or a plugin. Imports pytest only."""

import pytest


def pytest_tiltsession_redact(field: str, text: str, item: pytest.Item) -> str | None:
    """Say what of a text may be written into the recording of a test; None leaves it as it is.

    ``field`` is what the text is: ``title``, ``source``, ``tiltfilePath``, ``target``, ``resource``, ``error``,
    ``waitReason``, ``label``, ``annotation`` … It comes as Tilt wrote it, before pids, paths, hosts and ports are
    replaced. Several implementations follow one another. What looks like a secret afterwards is still refused.
    """
