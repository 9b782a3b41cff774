"""Which fields have the files about one person's way: engagements, hours, placements? Persons are numbers only."""

from deploy.importing import labels
from deploy.importing.board_columns import HOURS_PER_WEEK, TERM
from shared.tabular import cells
from shared.tabular.cells import one_of
from shared.tabular.fields import About, Kind, key, may, must

_END_REASON = "Grund Ende | Grund | Grund des Endes | Beendigungsgrund | Ende Grund"
_ENDED = "Ende | beendet am | Ende am | Austritt | end"

ENGAGEMENTS = Kind(
    name="engagements",
    about=About.PERSON,
    fields=(
        key("Einsatz | Einsatz-Nr. | Engagement"),
        must("offer", cells.line_of_text, "Angebot | Angebots-Nr. | Angebot Nr."),
        must(
            "volunteer",
            cells.own_number,
            "Freiwillige | Freiwilligen-Nr. | Freiwillige/r | FW-Nr. | Ehrenamtliche | Ehrenamtlichen-Nr.",
        ),
        must("referred_on", cells.day, "vermittelt am | Vermittlung | Vermittlung am"),
        may(
            "trial_on",
            cells.day,
            "Schnuppern am | Schnuppertermin | Schnuppern | Hospitation | Probe am | trial",
        ),
        may("started_on", cells.day, "Beginn | begonnen am | Start | Beginn am"),
        may("ended_on", cells.day, _ENDED),
        may("end_reason", one_of(labels.END_REASONS), _END_REASON),
    ),
    in_order=(
        ("referred_on", "trial_on"),
        ("referred_on", "started_on"),
        ("trial_on", "started_on"),
        ("started_on", "ended_on"),
        ("referred_on", "ended_on"),
    ),
)

HOURS = Kind(
    name="hours",
    about=About.PERSON,
    fields=(
        key("Eintrag"),
        must("engagement", cells.line_of_text, "Einsatz | Einsatz-Nr. | Engagement-Nr."),
        must("on", cells.day, "Datum | am | Tag | date"),
        must("hours", cells.hours, "Stunden | Std. | geleistete Stunden | h"),
        may("confirmed_on", cells.day, "bestätigt am | Bestätigung | Bestätigung am | bestätigt"),
        may("eligible", cells.yes_or_no, "anrechenbar | anrechnungsfähig | als Eigenleistung"),
    ),
    in_order=(("on", "confirmed_on"),),
)

PLACEMENTS = Kind(
    name="placements",
    about=About.PERSON,
    fields=(
        key("Vermittlung | Vermittlungs-Nr."),
        must("offer", cells.line_of_text, "Stelle | Stellen-Nr. | Stelle Nr. | Angebot | Angebots-Nr. | job"),
        must(
            "participant",
            cells.own_number,
            "Teilnehmer | Teilnehmer-Nr. | TN-Nr. | TN | Teilnehmende | Teilnehmenden-Nr.",
        ),
        must(
            "proposed_on",
            cells.day,
            "Vorschlag am | vorgeschlagen am | Vermittlungsvorschlag | Vorschlag vom",
        ),
        may("contracted_on", cells.day, "Vertrag am | Vertrag vom | Arbeitsvertrag vom | Vertragsdatum"),
        may(
            "starts_on", cells.day, "Beginn geplant | geplanter Beginn | Vertragsbeginn | Beginn laut Vertrag"
        ),
        may(
            "started_on", cells.day, "Arbeitsaufnahme | angetreten am | tatsächlicher Beginn | Beginn | Start"
        ),
        may(
            "never_started_reason",
            one_of(labels.NEVER_STARTED_REASONS),
            "Grund Nichtantritt | Nichtantritt | nicht angetreten",
        ),
        may("hours_per_week", cells.hours, HOURS_PER_WEEK),
        may("term_months", cells.count, TERM),
        may(
            "retention_3",
            one_of(labels.RETENTIONS),
            "Verbleib 3 | Verbleib 3 Monate | Verbleib nach 3 Monaten",
        ),
        may(
            "retention_6",
            one_of(labels.RETENTIONS),
            "Verbleib 6 | Verbleib 6 Monate | Verbleib nach 6 Monaten",
        ),
        may(
            "retention_12",
            one_of(labels.RETENTIONS),
            "Verbleib 12 | Verbleib 12 Monate | Verbleib nach 12 Monaten",
        ),
        may("converted_on", cells.day, "übernommen am | Übernahme | Übernahme am | umgewandelt am"),
        may("ended_on", cells.day, _ENDED),
        may("end_reason", one_of(labels.END_REASONS), _END_REASON),
    ),
    in_order=(
        ("proposed_on", "contracted_on"),
        ("contracted_on", "started_on"),
        ("started_on", "converted_on"),
        ("started_on", "ended_on"),
    ),
)
