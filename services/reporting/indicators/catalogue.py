"""Which indicators are there?"""

from services.reporting.indicators.employment import EMPLOYMENT
from services.reporting.indicators.engagement import ENGAGEMENT_INDICATORS
from services.reporting.indicators.exchange import EXCHANGE
from services.reporting.indicators.indicator import Indicator

INDICATORS: dict[str, Indicator] = {one.name: one for one in (*EXCHANGE, *ENGAGEMENT_INDICATORS, *EMPLOYMENT)}
