"""Which headings and words of closed lists do the files of several services share?

A value may also be written as in the events (`by_person`); case, umlauts, blanks and signs don't matter.
Which word means which value was chosen for this project; a city's other words are added here.
"""

from shared.events.vocabulary import EndReason
from shared.tabular.cells import Labels

HOURS_PER_WEEK = "Std./Woche | Stunden pro Woche | Wochenstunden | Stunden/Woche | h/Woche | Arbeitszeit"
TERM = "Laufzeit | Laufzeit Monate | Laufzeit in Monaten | Monate | Dauer | Dauer in Monaten | months"
ENDED = "Ende | beendet am | Ende am | Austritt | end"
END_REASON = "Grund Ende | Grund | Grund des Endes | Beendigungsgrund | Ende Grund"

END_REASONS: Labels = {
    EndReason.TERM_OVER: "Zeit abgelaufen | befristet | Fristende | Projektende | planmäßig",
    EndReason.BY_PERSON: "durch Person | auf eigenen Wunsch | eigene Kündigung",
    EndReason.BY_HOST: "durch Einsatzstelle | durch Betrieb | durch Arbeitgeber | Kündigung durch Betrieb",
    EndReason.MOVED_ON: "Wechsel | neue Stelle | Anschluss gefunden | weitergezogen",
    EndReason.DID_NOT_FIT: "passte nicht | nicht passend | Passung",
    EndReason.OTHER: "Sonstiges | anderer Grund | sonstiger Grund",
}
