"""How a Tilt is to be started again, as a value; knows no process."""

import dataclasses
from typing import Any, Final


class Kept:
    """Marks what stays as it is."""

    def __repr__(self) -> str:
        return "KEPT"


KEPT: Final = Kept()


@dataclasses.dataclass(frozen=True, slots=True)
class Start:
    """What is new in a process that starts; see ``Living.restart``. ``new_port`` None: as the settings say."""

    new_port: bool | None = None
    new_web_port: bool = False
    new_token: bool = True
    new_ca: bool = False
    keep_targets: bool = True
    session: bool = True
    scenario: Any = KEPT

    @property
    def text(self) -> str:
        """Say that Tilt is started again, and what of it clients must find out anew."""
        news = {"port": self.new_port, "web port": self.new_web_port, "token": self.new_token, "CA": self.new_ca}
        named = [name for name, new in news.items() if new]
        *most, last = named or [""]
        listed = f"{', '.join(most)} and {last}" if most else last
        return f"Tilt started again, with a new {listed}" if listed else "Tilt started again"


FIRST: Final = Start()
