"""Which Tilt is meant."""

import pytest

from pytest_tiltsession import errors, kubeconfig
from pytest_tiltsession.live import finding


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A kubeconfig of this test's own, with one Tilt in it."""
    path = tmp_path / "config"
    kubeconfig.add_entry(path, kubeconfig.Entry("tilt-old", "https://127.0.0.1:1"))
    monkeypatch.setenv("TILT_CONFIG", str(path))
    monkeypatch.delenv("TILT_PORT", raising=False)
    return path


@pytest.mark.parametrize(
    ("command", "context"),
    [
        ((), "tilt-default"),
        (("tilt", "ci"), "tilt-default"),
        (("tilt", "ci", "--port", "21360"), "tilt-21360"),
        (("tilt", "ci", "--port=10350"), "tilt-default"),
        (("tilt", "ci", "--", "--port", "7"), "tilt-default"),
        (("tilt", "ci", "--port"), "tilt-default"),
    ],
)
def test_the_context_follows_from_the_command(config, command, context):
    """As Tilt names it by its web port; what stands behind -- is the Tiltfile's own."""
    assert finding.whereabouts(None, command).context == context


def test_tilt_port_and_a_named_context(config, monkeypatch):
    """A named context wins, then the command's port, then TILT_PORT."""
    monkeypatch.setenv("TILT_PORT", "99")
    assert finding.whereabouts().context == "tilt-99"
    assert finding.whereabouts(None, ("tilt", "up", "--port", "7")).context == "tilt-7"
    assert finding.whereabouts("mine", ("tilt", "up", "--port", "7")).context == "mine"
    monkeypatch.setenv("TILT_PORT", "x")
    with pytest.raises(errors.KubeconfigError, match="TILT_PORT"):
        finding.whereabouts()


def test_a_port_that_tilt_chooses(config):
    """With --port 0 it is whatever context is new."""
    where = finding.whereabouts(None, ("tilt", "ci", "--port", "0"))
    assert where.look() is None
    assert f"a new context in {config}, which has 'tilt-old'" == where.explain()
    kubeconfig.add_entry(config, kubeconfig.Entry("tilt-new", "https://127.0.0.1:2"))
    assert where.look().context == "tilt-new"


def test_a_context_that_is_there_is_asked_for_an_answer(config):
    """It is not said to be waited for: what is still to come is an answer of its API."""
    assert f"the context 'tilt-7' in {config}, which has 'tilt-old'" == finding.Whereabouts("tilt-7").explain()
    there = finding.Whereabouts("tilt-old").explain()
    assert f"an answer from https://127.0.0.1:1, the context 'tilt-old' in {config}" == there


def test_a_file_that_is_just_being_written_is_no_file(config):
    """Neither an empty nor a broken file is an error: Tilt writes it in more than one go."""
    for text in ("", "contexts: [", "[]"):
        config.write_text(text)
        assert finding.whereabouts("tilt-old").look() is None
    assert "cannot be read" in finding.whereabouts("tilt-old").explain()
