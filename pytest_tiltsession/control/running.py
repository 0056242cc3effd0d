"""One session as the control interface drives it: the fake, and what was declared and held through it; no HTTP."""

from collections.abc import Callable, Iterable, Mapping

from pytest_tiltsession import errors, fake_tilt, faults, locks
from pytest_tiltsession.clock import holding
from pytest_tiltsession.control import refusals
from pytest_tiltsession.engine import resource_drivers
from pytest_tiltsession.scenario import problems


class Running:
    """A session that is being served. ``driving`` is held by whoever drives targets: drivers take turns."""

    def __init__(self, fake: fake_tilt.FakeTilt) -> None:
        self.fake = fake
        self.driving = locks.turn()
        self._resources: dict[str, resource_drivers.ResourceDriver] = {}
        self._holds: dict[str, holding.Hold] = {}
        self._holding = locks.guard()
        self._numbers: list[faults.Armed] = []

    @property
    def resources(self) -> Mapping[str, resource_drivers.ResourceDriver]:
        """The resources that were declared, by name."""
        return self._resources

    def resource(self, name: str) -> resource_drivers.ResourceDriver:
        """Give a declared resource; raises a refusal with the nearest names."""
        found = self._resources.get(name)
        if found is None:
            raise refusals.unknown(
                f"no resource {name!r} was declared here; {near(name, self._resources)} "
                "Declare it first with POST /resources; a single target is driven at /targets."
            )
        return found

    def declare(self, name: str, how: Callable[[], resource_drivers.ResourceDriver]) -> resource_drivers.ResourceDriver:
        """Declare a resource and keep its driver."""
        with self.driving:
            found = self._resources[name] = how()
        return found

    def forget(self, name: str) -> None:
        """Forget a resource that was removed."""
        self._resources.pop(name, None)

    def faults(self) -> list[tuple[int, faults.Armed]]:
        """Give the armed faults, each with the number by which it is disarmed, from 1."""
        with self._holding:
            armed = list(self.fake.faults)
            self._numbers += [item for item in armed if item not in self._numbers]
            return [(self._numbers.index(item) + 1, item) for item in armed]

    def disarm(self, number: int) -> None:
        """Disarm the fault of a number; raises a refusal where there is none."""
        found = dict(self.faults())
        if number not in found:
            listed = ", ".join(map(str, found)) or "none"
            raise refusals.unknown(f"no fault {number} is armed; there is {listed}")
        self.fake.faults.disarm(found[number])

    def hold(self, name: str) -> None:
        """Keep the clock where it is, until the hold of this name is released."""
        with self._holding:
            if name in self._holds:
                raise errors.ClockError(
                    f"the clock is held by {name!r} already: release it first, or take a hold of another name"
                )
            hold = self.fake.clock.hold(name)
            # Entered on this thread, which ends with the request: whoever waits for the clock later is another.
            with_hold = hold.__enter__()
            with_hold.thread = with_hold.task = None
            self._holds[name] = hold

    def release(self, name: str) -> None:
        """Let go of a hold; raises a refusal with the names of those in force."""
        with self._holding:
            hold = self._holds.pop(name, None)
            if hold is None:
                raise refusals.unknown(f"no hold {name!r} is in force; {near(name, self._holds)}")
            hold.__exit__(None, None, None)


def near(name: str, known: Iterable[str]) -> str:
    """Say what there is instead of a name."""
    said = problems.nearest(name, known)
    return said if said.endswith("?") else f"{said}."
