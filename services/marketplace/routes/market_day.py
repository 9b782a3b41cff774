"""Who schedules a market day, and who notes that an organisation takes part?"""

from services.marketplace.domain.market_day import (
    MARKET_DAY,
    CompleteMarketDay,
    RecordAttendance,
    ScheduleMarketDay,
)
from services.marketplace.routes.callers import CHECKERS
from shared.service.tables import CommandRoute, Role

MARKET_DAY_COMMANDS = (
    CommandRoute(
        command=ScheduleMarketDay, decider=MARKET_DAY, nouns="market-days", roles=CHECKERS, starts=True
    ),
    CommandRoute(
        command=RecordAttendance, decider=MARKET_DAY, nouns="market-days", roles=CHECKERS | {Role.BROKER}
    ),
    CommandRoute(command=CompleteMarketDay, decider=MARKET_DAY, nouns="market-days", roles=CHECKERS),
)
