"""Certificates under a freezer: the package that makes them keeps the class of dates that it met first."""

import subprocess
import sys

import pytest

MADE = "from pytest_tiltsession.server import tls; tls.Certificates().expired_context()"
FROZEN = f"""
import freezegun
with freezegun.freeze_time("2026-01-01"):
    {{}}
{MADE}
with freezegun.freeze_time("2027-01-01"):
    {MADE}
"""
OTHERS = "import trustme; trustme.CA()"


@pytest.mark.parametrize("first", [MADE, OTHERS], ids=["ours", "somebody-elses"])
def test_certificates_can_be_made_before_and_after_time_is_frozen(first):
    """Whether ours or somebody else's were the first of the process, and those under a freezer."""
    ended = subprocess.run([sys.executable, "-c", FROZEN.format(first)], capture_output=True, text=True, check=False)
    assert (0, "") == (ended.returncode, ended.stderr)


def test_what_we_do_first_spoils_nothing_for_others():
    """A fake that is started under a freezer leaves the package as it was for those who use it without."""
    program = FROZEN.format(MADE) + OTHERS
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (0, "") == (ended.returncode, ended.stderr)
