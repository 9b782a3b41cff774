"""Does a text promise money? Money is taboo on the market of good deals; hours, goods and vouchers are not."""

import re

_SUM = re.compile(
    r"(?:€|\beuro?s?\b|\beur\b)\s*\d|\d\s*(?:,-+|€|euro?s?\b|eur\b)|\bbargeld\b|\bcash\b", re.IGNORECASE
)
_VOUCHER = re.compile(r"gutschein|voucher|wertmarke", re.IGNORECASE)


def promises_money(text: str) -> bool:
    """True when the text names a sum of money that is no voucher in kind (rule M01)."""
    return bool(_SUM.search(text)) and not _VOUCHER.search(text)
