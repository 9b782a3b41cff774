"""At which doors does a process answer? At that of its edge, and at the worker port for whoever watches it."""

from collections.abc import Iterator

from deploy.instance import Instance
from deploy.launch import application_of, health_of
from shared.edge.addresses import proxies_of
from shared.edge.application import Application
from shared.edge.listening import listen
from shared.edge.serving.doors import Door
from shared.service.settings import Settings

CONNECTIONS = "KOSILAB_CONNECTIONS"


def edge_door(settings: Settings, application: Application) -> Door:
    """The door for everybody.

    Raises: PortTaken, BadSetting.
    """
    proxies, most = proxies_of(settings), settings.whole_number(CONNECTIONS, least=1)
    return Door(
        listen(settings.get("KOSILAB_HOST"), settings.port()),
        application,
        admit=application.admit,
        proxies=proxies,
        most_connections=most,
    )


def doors_of(instance: Instance, *, has_edge: bool) -> Iterator[Door]:
    """The doors of a process that hosts this instance: the edge's first.

    Raises: PortTaken, BadSetting.
    """
    settings = instance.settings
    if has_edge:
        yield edge_door(settings, application_of(instance))
    if (port := settings.worker_port()) is not None:
        yield Door(listen(settings.get("KOSILAB_WORKER_HOST"), port), health_of(instance))
