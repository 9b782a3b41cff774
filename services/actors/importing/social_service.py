"""What does a row about a social service ask for? Planned, opened and closed on the days that it names."""

from collections.abc import Iterator

from services.actors.domain import social_service as domain
from services.actors.importing.organisation import Organisations
from shared.events.actors import social_service as events
from shared.importing.identity import noun_id
from shared.importing.kinds import Import
from shared.importing.lookup import Lookup
from shared.importing.step import Step, needed
from shared.tabular import cells
from shared.tabular.cells import Labels, OneOf
from shared.tabular.fields import About, Kind, key, may, must
from shared.tabular.rows import Row

TOPICS: Labels = {
    events.SocialTopic.FAMILY_AND_YOUTH: "Familie und Jugend | Familie | Kinder | Jugend | Jugendhilfe",
    events.SocialTopic.OLDER_PEOPLE: "Ältere Menschen | Senioren | Alter | Seniorenarbeit",
    events.SocialTopic.HEALTH_AND_CARE: "Gesundheit und Pflege | Gesundheit | Pflege | Teilhabe",
    events.SocialTopic.MIGRATION: "Migration | Integration | Geflüchtete",
    events.SocialTopic.HOUSING: "Wohnen | Wohnungslosigkeit",
    events.SocialTopic.OTHER: "Sonstiges | Anderes",
}
KIND = Kind(
    name="social_services",
    about=About.ORGANISATION,
    fields=(
        key("Dienst-Nr."),
        must(
            "provider",
            cells.line_of_text,
            "Träger | Anbieter | Org-Nr. | Organisations-Nr. | Organisation | provider",
        ),
        must("service", cells.line_of_text, "Name des Dienstes | Dienst | Bezeichnung des Dienstes"),
        must("topic", OneOf(TOPICS), "Thema | topic"),
        may("district", cells.line_of_text, "Stadtteil | Stadtbezirk | Bezirk | borough"),
        may("planned_on", cells.day, "geplant am | Planung vom"),
        may("opened_on", cells.day, "eröffnet am | Eröffnung am | in Betrieb seit"),
        may("closed_on", cells.day, "geschlossen am | eingestellt am"),
    ),
    in_order=(("planned_on", "opened_on"), ("opened_on", "closed_on")),
    meanings={
        "key": "Nummer der Zeile in Ihrer Liste. Sie bleibt gleich, wenn die Zeile berichtigt wird.",
        "provider": "Organisation, die den Dienst trägt: ihre Nummer oder ihr Name.",
        "service": "Name des Dienstes.",
        "topic": "Thema des Dienstes.",
        "district": "Stadtbezirk, in dem der Dienst arbeitet. Leer zählt der Stadtbezirk des Trägers.",
        "planned_on": "Tag, an dem der Dienst beschlossen wurde.",
        "opened_on": "Tag, an dem der Dienst eröffnet wurde.",
        "closed_on": "Tag, an dem der Dienst geschlossen wurde.",
    },
    examples=(
        "BSP-D1 | BSP-O2 | Familientreff Muster (erfunden) | Familie | {district} | t-380 | t-350 | t-20",
    ),
    after=("organisations",),
)


def steps(row: Row, lookup: Lookup) -> Iterator[Step]:
    """The steps of one row."""
    service = noun_id("social_services", row.key)
    provider = lookup.index(Organisations).named(row, "provider")
    plan = domain.PlanSocialService(
        social_service_id=service,
        provider_id=provider,
        name=needed(row.text("service"), "service"),
        topic=events.SocialTopic(needed(row.text("topic"), "topic")),
        district=row.text("district") or lookup.index(Organisations).district_of(provider),
        at=lookup.at(row.day("planned_on")),
    )
    yield Step(command=plan, name="service", begins=not lookup.exists(domain.SOCIAL_SERVICE, service))
    if day := row.day("opened_on"):
        opened = domain.OpenSocialService(social_service_id=service, opened_on=day, at=lookup.at(day))
        yield Step(command=opened, name="opened_on")
    if day := row.day("closed_on"):
        closed = domain.CloseSocialService(social_service_id=service, closed_on=day, at=lookup.at(day))
        yield Step(command=closed, name="closed_on")


SOCIAL_SERVICE_FILES = Import(kind=KIND, steps=steps)
