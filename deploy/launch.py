"""How does an instance answer? All its routes in one application, with its health and its figures."""

from functools import partial

from deploy.gauges import gauges_of
from deploy.history.vouching import LedgerFolder
from deploy.history.witnessing import memory_of, routes_of_witness
from deploy.instance import Instance
from deploy.readiness import checks_of, remembers
from deploy.start_page import start_route
from services.actors.pages.person import own_data_routes
from services.reporting.edge import Figures
from services.reporting.pages.routes import reporting_routes
from services.reporting.releases.kept import KeptReleases
from shared.edge.application import Application, build_application
from shared.edge.districts import Municipality
from shared.edge.health import everybody, health_routes, nobody
from shared.edge.limits import Limits, limits_of
from shared.edge.own_data import holders
from shared.edge.proofs import Proofs
from shared.edge.routes import Route
from shared.edge.sign_out import sign_out_route

HOLDERS = ("marketplace", "employment")
"""The services besides actors that keep something about persons, and answer for it themselves."""


def application_of(instance: Instance) -> Application:
    """The WSGI application of a process that hosts this instance."""
    return build_application(
        instance.apps,
        city=Municipality(instance.city.slug, instance.city.name, instance.city.districts),
        issuer=instance.issuer,
        checks=checks_of(instance),
        gauges=lambda: gauges_of(instance),
        limits=limits_of(instance.settings),
        further_routes=[
            sign_out_route(instance.issuer),
            *pages_of(instance),
            *proofs_of(instance),
            *routes_of_witness(instance.ledger),
        ],
    )


def health_of(instance: Instance) -> Application:
    """The health routes, for the worker port."""
    return Application(health_routes(checks_of(instance), lambda: gauges_of(instance), everybody))


def witness_application(folder: LedgerFolder, limits: Limits | None = None) -> Application:
    """The routes of a process that is only a witness.

    Raises: BadSetting for a line of its file that names no log; BadNote for a file that holds no key.
    """
    checks = {"witness.memory": partial(remembers, memory_of(folder))}
    return Application([*routes_of_witness(folder), *health_routes(checks, lambda: iter(()), nobody)], limits)


def proofs_of(instance: Instance) -> list[Route]:
    """The routes of checkpoints and proofs of the logs in this process."""
    return [
        route
        for service, unit in instance.units.items()
        for route in Proofs(
            service=service,
            shelf=unit.store.shelf,
            origin=partial(instance.ledger.origin, unit.store),
            policy=instance.policy,
            issuer=instance.issuer,
        ).routes()
    ]


def pages_of(instance: Instance) -> list[Route]:
    """The start page, and the services' own routes, for services in this process."""
    actors, reporting = instance.units.get("actors"), instance.units.get("reporting")
    asked = holders(HOLDERS, instance.apps, instance.settings.service_url, instance.issuer)
    own = own_data_routes(actors.app, instance.issuer, instance.city.name, asked) if actors else []
    if reporting is None or reporting.facts is None:
        return [start_route(instance, None), *own]
    kept = KeptReleases(reporting.store)
    figures = Figures(reporting.app, reporting.facts, instance.issuer, kept, now=instance.now)
    return [
        start_route(instance, figures.all_by_year),
        *reporting_routes(figures, instance.city.name),
        *own,
    ]
