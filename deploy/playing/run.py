"""How does an instance get a simulated history? The real deciders play plausible stories, marked as synthetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from deploy.instance import Instance
from deploy.playing.adopting import adopt
from deploy.playing.script import write
from deploy.playing.stage import Progress, Stage, silent


class LogNotEmpty(Exception):  # noqa: N818 - names the situation
    """A log has events already: a simulated past must not follow a real one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was played: commands, those that a rule refused, and the events in each log."""

    begins: date
    ends: date
    seed: int
    n_commands: int
    refused: Mapping[str, int]
    n_events: Mapping[str, int]


def simulate(
    instance: Instance,
    *,
    begins: date,
    ends: date,
    seed: int,
    scale: float = 1.0,
    files_follow: bool = True,
    progress: Progress | None = None,
) -> Summary:
    """Fill the empty logs of an instance with the history of these days.

    The same seed gives the same records, byte for byte. `scale` multiplies the amounts of the city's file.
    With `files_follow` the market days that the city's sample files hold are left out, since those files are imported
    afterwards; new volunteering offers and jobs leave room for the files' few at any rate.
    Raises: LogNotEmpty; BadSetting, when the city's file is wrong; LogUnavailable.
    """
    for service, unit in instance.units.items():
        if unit.store.log.head().position > 0:
            msg = f"The log of {service} is not empty; simulate into a new data directory (--data)."
            raise LogNotEmpty(msg)
    script = write(instance.city, begins=begins, ends=ends, seed=seed, scale=scale, files_follow=files_follow)
    stage = Stage(instance.city, seed)
    show, n = progress or silent, len(script)
    stage.play(script, ends, lambda done, _: show(done, 2 * n))
    try:
        with instance.bulk():
            adopt(instance, stage, lambda done, of: show(n + n * done // of, 2 * n))
            show(2 * n, 2 * n)
    finally:
        instance.now.set(None)
    return Summary(
        begins=begins,
        ends=ends,
        seed=seed,
        n_commands=stage.n_commands,
        refused=dict(stage.refused),
        n_events={service: unit.store.log.head().position for service, unit in instance.units.items()},
    )
