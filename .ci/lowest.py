"""Prints constraints that pin what the package needs to the oldest versions that pyproject.toml admits."""

import pathlib
import re
import tomllib

project = tomllib.loads(pathlib.Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
for needed in dict.fromkeys([*project["dependencies"], *extras["async"], *extras["asyncio"], *extras["strategies"]]):
    found = re.fullmatch(r"([\w.-]+)>=([\d.]+)", needed)
    if found is None:
        raise SystemExit(f"{needed}: write the oldest version that works, as name>=version")
    print(f"{found[1]}=={found[2]}")  # noqa: T201
