"""Does a text promise money? Money is taboo on the market of good deals; hours, goods and vouchers are not (rule M01).

No list of words knows for certain. What clearly names money for something is refused; what may, a person judges.
"""

import re
from enum import StrEnum


class Money(StrEnum):
    """What a text says about money."""

    NONE = "none"
    DOUBTFUL = "doubtful"
    CERTAIN = "certain"


NUMBER = r"\d[\d.\u2009\u00a0 ']*(?:,\d{1,2})?"
IN_WORDS = (
    r"(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|vierzig|fünfzig|sechzig|"
    r"siebzig|achtzig|neunzig)?(?:hundert|tausend)?(?:und)?(?:\w*zig|hundert|tausend|\w*zehn)|"
    r"(?:ein(?:en)?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)"
)
CURRENCY = (
    r"(?:€|\$|£|eur|euros?|chf|sfr|(?:schweizer )?franken|(?:us-?)?dollars?|usd)"
    r"(?![-\w]*palette|[-\w]*norm)(?!\w)"
)
AMOUNT = re.compile(
    rf"""(?:
        (?<![\w,.])(?:€|\$|£|\b(?:eur|euros?|chf|usd|sfr)\b)\s*{NUMBER}     # EUR 12,50
      | {NUMBER}\s*-?\s*{CURRENCY}                                         # 12,50 €; 50-Euro
      | \b(?:{IN_WORDS})\s+{CURRENCY}                                      # fünfhundert Euro
      | \d[\d.]*(?:,|\.)(?:-{{1,2}}|–|—)(?!\s*\d|\s*(?:bis|und)\b)         # 500.-; 12,--
    )""",
    re.IGNORECASE | re.VERBOSE,
)
WORTH = re.compile(
    r"(?:\b(?:gegen)?wert(?:\s*von|\s*:)?|\bvoucher\s*(?:for|of|,)?"
    r"|(?:gutschein\w*|wertmarke\w*|guthaben\w*)(?:\s+(?!und\b|oder\b|plus\b|dazu\b)\w+){0,2}?\s*(?:über|von|für|im\s+wert\s+von|à|zu|,|:)?)"
    r"\s*(?:je|ca\.?|etwa|rund|bis\s+zu)?\s*\(?\s*$",
    re.IGNORECASE,
)
"""What stands before an amount that says how much a thing is worth: a voucher for 50 euros, a ticket (worth 12 €)."""

OF_A_VOUCHER = re.compile(r"[-\s]*(?:\w+-?)?(?:gutschein|voucher|wertmarke)", re.IGNORECASE)
PRICE = re.compile(
    r"(?:\b(?:für|gegen|kostet|kosten|zahlen|zahlt|bezahlen|à|je|pro|pauschal|honorar|preis|gebühr|geben|spenden)\b)"
    r"[^.;!?]{0,20}$",
    re.IGNORECASE,
)
TOPIC = re.compile(
    r"kurs|workshop|seminar|schulung|vortrag|training|unterricht|nachhilfe|\bthema\b|umgang mit|beratung|tipps",
    re.IGNORECASE,
)
"""Words of a text that may speak of money without giving any: a course in handling cash."""

MONEY = re.compile(
    r"\b(?:bargeld|bares|cash|geldspenden?|barspenden?|geldbetr[aä]ge?\w*|geldbeträgen|geldpreise?n?|preisgeld\w*|"
    r"barzahlung|geldzuwendung(?:en)?|überweisung\s+auf)\b",
    re.IGNORECASE,
)
NO_MONEY = re.compile(
    r"\b(?:kein(?:e|en|er)?|ohne|statt|nicht|nie)\s+(?:\w+\s+){0,2}?(?:\w*geld\w*|honorar|bezahlung|entgelt|gebühr(?:en)?|"
    r"kosten|lohn|vergütung|barzahlung|cash)\b",
    re.IGNORECASE,
)
PERHAPS = re.compile(
    r"\b(?:geld|honorar\w*|entgelt|gebühr(?:en)?|vergütung|aufwandsentschädigung|bezahl\w*|entlohn\w*|lohn|zuschuss|"
    r"sponsoring|rabatt\w*|kosten(?:übernahme|erstattung)|(?:eine|unsere|als)\s+spende)\b|\bpreise?\s*:",
    re.IGNORECASE,
)


def money_in(text: str) -> Money:
    """What a text says about money: an amount for something, a word that may mean some, or nothing."""
    without = NO_MONEY.sub(" ", text)
    is_about = bool(TOPIC.search(without))
    amounts = [match for match in AMOUNT.finditer(without) if not _is_worth(without, match)]
    if any(not is_about or PRICE.search(without[: match.start()]) for match in amounts):
        return Money.CERTAIN
    if MONEY.search(without):
        return Money.DOUBTFUL if is_about else Money.CERTAIN
    return Money.DOUBTFUL if amounts or PERHAPS.search(without) else Money.NONE


def _is_worth(text: str, amount: re.Match[str]) -> bool:
    return bool(WORTH.search(text[: amount.start()]) or OF_A_VOUCHER.match(text[amount.end() :]))
