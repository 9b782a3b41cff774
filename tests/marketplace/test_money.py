"""Which texts promise money, which may, and which do not? A hundred made-up texts, labelled by hand."""

import pytest

from services.marketplace.domain.money import Money, money_in

CERTAIN = """
fünfhundert Euro | CHF 500 | 500.- | Geldspende | 50 €, dazu ein Gutschein | 100 Euro für den Verein | EUR 12,50
12,- für jede Stunde | 1.000 Euro | € 20 je Stunde | Wir spenden 250 Euro | zweihundert Euro für die Jugend
Ein Gutschein und 30 Euro in bar | 20 Dollar | 40 Franken | Barzahlung | Bargeld für die Kasse
Wir geben 75 EUR dazu | Preisgeld für das Turnier | 12,50 € die Stunde | 300,-- pauschal | 1 000 € Zuschuss
Beratung für 80 Euro in der Stunde | Workshop gegen 150 Euro | Wir zahlen 15 € je Stunde | 15 eur | 10 euros
Kleine Geldbeträge | zehn Euro je Teilnehmerin | Miete: 200 Euro | USD 99 | 50 Euro Startgeld | 5 € Eintritt
Nachhilfe, kostet 10 Euro
"""
DOUBTFUL = """
Kurs: Umgang mit Bargeld | Workshop: Mit 500 Euro im Monat leben | Beratung, wie ein Verein Geldspenden wirbt
Wir bieten ein kleines Honorar | Aufwandsentschädigung nach Absprache | Gegen Entgelt | Bezahlung nach Vereinbarung
Zuschuss zur Renovierung | Sponsoring des Sommerfests | Rabatt auf alle Drucksachen | Geld
Kostenübernahme für die Busfahrt | Eine Spende für den Garten | Vergütung nach Tarif | Gebühr für den Saal
Seminar: 1.000 Euro richtig anlegen | Kostenerstattung möglich | Lohn der Mühe | Entlohnung in Naturalien
Vortrag über Cash und Karten | Preis: nach Absprache | Rabattkarte für Mitglieder | Bezahlte Stunden im Ehrenamt?
"""
NONE = """
Eintrittskarte (Wert 12 €) | Gutschein über 50 Euro | Einkaufsgutschein im Wert von 20 Euro | 50-Euro-Gutschein
20 Stunden Beratung | Führung durch das Eurohaus | Druckgutschrift als Voucher, 100 € | 10 Euro-Paletten
Zehn Europaletten für den Garten | Hinweis auf Spender im Rundbrief | Sperrige Spenden abholen | Sachspenden sortieren
Kostenlose Beratung | Kostenfreier Raum | Wir helfen ohne Geld | Kein Geld, nur gute Taten | Hilfe statt Geld
Ohne Honorar | Raum für 20 Personen | Am 12.-14. Mai | Von 9.- bis 12. Juni | 2 Transporter mit Fahrer
Wertmarke über 5 € für die Kantine | Gutschein für 10 Euro beim Bäcker | Zwei Karten im Wert von je 15 Euro
Hilfe bei der Buchhaltung | Kassenwart gesucht | Werkstatt für einen Tag | 500 Flyer drucken | 3,5 Stunden
Plakate gestalten | Kuchen für das Sommerfest | Bewerbungstraining | Sponsorenlauf begleiten | 30 Stühle, 5 Tische
Gartenhilfe an zwei Samstagen | Foto-Dokumentation | Webseite pflegen | Kostüme nähen | Tausend Dank | Lohnsteuerhilfe
Fußball-Trikots, gebraucht | Preisverleihung moderieren | Der Euro: eine Ausstellung aufbauen
"""


def labelled(texts: str) -> list[str]:
    """The texts of a list."""
    return [text.strip() for text in texts.replace("\n", "|").split("|") if text.strip()]


LABELLED = [
    *((text, Money.CERTAIN) for text in labelled(CERTAIN)),
    *((text, Money.DOUBTFUL) for text in labelled(DOUBTFUL)),
    *((text, Money.NONE) for text in labelled(NONE)),
]


def test_there_are_a_hundred_texts() -> None:
    assert len(dict(LABELLED)) >= 100


@pytest.mark.parametrize(("text", "label"), LABELLED)
def test_a_text_says_of_money_what_a_person_reads_in_it(text: str, label: Money) -> None:
    assert money_in(text) == label
