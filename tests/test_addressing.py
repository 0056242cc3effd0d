"""Where a Tilt is, as programs are told: by its web port, by its context, by the environment."""

import pathlib

import pytest

import pytest_tiltsession
from pytest_tiltsession import kubeconfig
from pytest_tiltsession.kubeconfig import addressing


@pytest.mark.parametrize(
    ("context", "port"),
    [
        ("tilt-default", 10350),
        ("tilt-21357", 21357),
        ("tilt-0", None),
        ("tilt-65536", None),
        ("tilt-٣", None),
        ("21357", None),
        ("minikube", None),
    ],
)
def test_a_context_tells_a_web_port_by_tilts_own_names_alone(context, port):
    """The web port of a context is that by which Tilt's own tools would come to its name."""
    assert port == addressing.web_port_of(context)
    assert port is None or context == kubeconfig.default_context({"TILT_PORT": str(port)})


def test_the_environment_names_an_authority_only_where_there_is_one(tmp_path):
    """Node is told of certificates where the machine's own do not do."""
    told = addressing.environment(tmp_path / "config", 7, None)
    assert {"TILT_CONFIG", "TILT_HOST", "TILT_PORT", "KUBECONFIG"} == told.keys()
    with_ca = addressing.environment(tmp_path / "config", 7, pathlib.Path("ca.pem"))
    assert told | {"NODE_EXTRA_CA_CERTS": "ca.pem"} == with_ca


@pytest.mark.parametrize(("context", "port"), [("tilt-default", "10350"), ("tilt-1234", "1234")])
def test_tilts_own_tools_find_a_context_that_was_named(context, port):
    """TILT_PORT leads to the context that was asked for, whatever port the fake has."""
    with pytest_tiltsession.FakeTilt(context=context) as fake:
        assert (context, port) == (fake.context, fake.env["TILT_PORT"])
        assert context == kubeconfig.default_context(fake.env)
        assert not fake.web_url.endswith(f":{port}")


def test_a_context_that_is_not_of_tilts_names_leaves_the_port_as_it_is():
    """With a name of its own the environment tells the web port that there is."""
    with pytest_tiltsession.FakeTilt(context="mine") as fake:
        assert fake.web_url == f"http://127.0.0.1:{fake.env['TILT_PORT']}"
