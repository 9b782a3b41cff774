"""How does an instance answer? All its routes in one application, with its health and its figures."""

from deploy.gauges import gauges_of
from deploy.instance import Instance
from deploy.readiness import checks_of
from shared.edge.application import Application, build_application
from shared.edge.limits import limits_of


def application_of(instance: Instance) -> Application:
    """The WSGI application of a process that hosts this instance."""
    return build_application(
        instance.apps,
        city=instance.city.slug,
        issuer=instance.issuer,
        checks=checks_of(instance),
        gauges=lambda: gauges_of(instance),
        limits=limits_of(instance.settings),
    )
