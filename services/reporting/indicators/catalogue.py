"""Which indicators are there?"""

from services.reporting.indicators.agreements import AGREEMENTS
from services.reporting.indicators.employment import EMPLOYMENT
from services.reporting.indicators.engagement import ENGAGEMENT_INDICATORS
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.matching import MATCHING

INDICATORS: dict[str, Indicator] = {
    one.name: one for one in (*AGREEMENTS, *MATCHING, *ENGAGEMENT_INDICATORS, *EMPLOYMENT)
}
