"""Every published event, registered by importing this."""

from shared.events import actors, employment, process
from shared.events.marketplace import agreement, engagement, market_day, need, offer

__all__ = ["actors", "agreement", "employment", "engagement", "market_day", "need", "offer", "process"]
