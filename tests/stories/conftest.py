"""Makes the player of the stories importable: test modules are imported by their files, not from a path."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
