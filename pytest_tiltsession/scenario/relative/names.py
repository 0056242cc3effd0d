"""What the names in a script mean: targets, resources, and whether the script tells of the Tiltfile by hand."""

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.scenario.relative import resources, script


class Names:
    """The names of one script."""

    def __init__(self, told: script.Script) -> None:
        self.entries: dict[str, script.Resource | script.Track] = {entry.name: entry for entry in told.everything}
        self.targets: dict[str, steps.Declaration] = dict(told.base.targets)
        self._meant: dict[str, steps.Declaration] = {}
        for entry in told.everything:
            for declaration in resources.declarations(entry):
                self.targets.setdefault(declaration.name, declaration)
            if resources.declarations(entry):
                self._meant.setdefault(entry.name, resources.meant(entry))
        for declaration in tuple(self.targets.values()):
            for resource in declaration.resources:
                self._meant.setdefault(resource, declaration)
        self.targets.setdefault(steps.TILTFILE.name, steps.TILTFILE)
        self.tells_tiltfile = self._tells_tiltfile(told)

    @staticmethod
    def _tells_tiltfile(told: script.Script) -> bool:
        """Tell whether the script shows the Tiltfile's target itself, or a start-up in which it has none."""
        by_hand = steps.TILTFILE.name in told.base.targets or any(
            entry.name == steps.TILTFILE.name for entry in told.entries
        )
        set_by_steps = any(steps.TILTFILE.name in step.set for step in told.base.steps)
        only_targets = all(isinstance(entry, script.Track) for entry in told.everything)
        return by_hand or set_by_steps or (told.base.tells_start_up and only_targets)

    @property
    def words(self) -> tuple[str, ...]:
        """Every name that means something, of resources and of targets."""
        return tuple(dict.fromkeys((*self.entries, *self._meant, *self.targets)))

    def entry(self, name: str) -> script.Resource | script.Track | None:
        """Give the entry of a name: a whole resource, or a bare target by its own name or that of its resource."""
        found = self.entries.get(name)
        if found is not None:
            return found
        tracks = (it for it in self.entries.values() if isinstance(it, script.Track))
        return next((it for it in tracks if name in it.resources), None)

    def target(self, name: str) -> steps.Declaration | None:
        """Give the target that a name means, be it a target's or a resource's; None where there is none."""
        return self.targets.get(name) or self._meant.get(name)

    def resolve(self, awaited: script.After) -> tuple[str, script.What]:
        """Give the target and the kind of thing that is waited for; the name must be known."""
        declaration = self.target(awaited.of)
        assert declaration is not None
        natural: script.What = "ready" if declaration.type == session.SERVER else "succeeded"
        return declaration.name, awaited.what or natural
