"""``python -m pytest_tiltsession``: the same as the ``tiltsession`` command."""

import sys

from pytest_tiltsession import cli

sys.exit(cli.main())
