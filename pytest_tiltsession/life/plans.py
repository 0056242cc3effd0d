"""How a Tilt is to be started again, as a value; knows no process."""

import dataclasses
from typing import Any, Final

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import steps


@dataclasses.dataclass(frozen=True, slots=True)
class Start:
    """What is new in a process that starts; see ``Living.restart``. ``new_port`` None: as the settings say."""

    new_port: bool | None = None
    new_web_port: bool = False
    new_token: bool = True
    new_ca: bool = False
    keep_targets: bool = True
    session: bool = True
    scenario: Any = steps.SAME

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name != "scenario" and not isinstance(value, bool) and (field.name, value) != ("new_port", None):
                raise errors.InvalidValue(f"restart(): {field.name}={value!r}: give True or False")

    @property
    def text(self) -> str:
        """Say that Tilt is started again, and what of it clients must find out anew."""
        news = {"port": self.new_port, "web port": self.new_web_port, "token": self.new_token, "CA": self.new_ca}
        named = [name for name, new in news.items() if new]
        *most, last = named or [""]
        listed = f"{', '.join(most)} and {last}" if most else last
        return f"Tilt started again, with a new {listed}" if listed else "Tilt started again"


FIRST: Final = Start()
