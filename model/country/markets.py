"""What a person brings at a destination, and how large the market is."""

from __future__ import annotations

import math

from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import WARM_UP


@rule
def prices(t, here, facts, place):
    """Revenue a month from one person, given the market and how much more crowded it is than at first (B1, D7, D8)."""
    market = market_of(here, facts)
    revenue = here.revenue_month * math.exp(here.wage_elasticity * here.pull * math.log(facts.income))
    if t >= WARM_UP:
        crowd = max(place.stock, here.smallest_market) / max(place.stock_start, here.smallest_market)
        crowd *= place.market_start / max(1e-9, market)
        revenue *= math.exp(-here.crowding * min(3.0, max(-3.0, math.log(crowd))))
    place.revenue = revenue


@rule
def market_of(here, facts):
    """Size of a market, relative to the local one of the first year (D7, D8)."""
    size = here.market * (1.0 + here.presence_market) * (1.0 - here.client_penalty * here.knowledge_proved)
    return size * math.exp(here.demand_trend * facts.years)
