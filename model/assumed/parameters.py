"""The schema: every parameter once, with its meaning, unit, default, range and source.

Validation, the JSON Schema for editors, the sliders of the server, the ranges of sensitivity
analysis, the priors and the table in `docs/ODD.md` are all read from here. A parameter has two
ranges: the *allowed* one (what makes sense at all; outside it a file is refused) and the *sweep*
(what the evidence, or the lack of it, leaves open; the prior). Where no source gives a figure the
source says "assumption, swept".

Every parameter may differ by place and month (through `[[events]]` of a scenario), unless it
describes how the world is set up; those are marked `setup`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import numpy as np

SWEPT = "assumption, swept"
VREJA = "Vreja 2005"
REGISTER = "nothing in the core; a region whose rows count what is registered says more in its own changes"


def _field(meaning, default, unit, sweep, source, allowed, setup) -> Any:
    return Field(
        default,
        ge=allowed[0],
        le=allowed[1],
        allow_inf_nan=False,
        description=meaning,
        json_schema_extra={
            "unit": unit,
            "sweep": [float(sweep[0]), float(sweep[1])],
            "source": source,
            "setup": setup,
        },
    )


def share(meaning, default, sweep, source=SWEPT, *, unit="share", bottom=0.0, setup=False) -> Any:
    """A probability or share, allowed from `bottom` to 1."""
    return _field(meaning, default, unit, sweep, source, (bottom, 1.0), setup)


def amount(meaning, default, sweep, unit, source=SWEPT, *, top=None, setup=False) -> Any:
    """A quantity that cannot be negative; allowed up to `top` (default: ten times the sweep)."""
    return _field(meaning, default, unit, sweep, source, (0.0, top or 10.0 * sweep[1]), setup)


class Group(BaseModel):
    """A table of a scenario file; unknown keys and silently converted types are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Population(Group):
    """Who is at risk (A1, A2, A7)."""

    women_share: float = share(
        "women among the persons at risk; the pool is the women aged 15-29 over this share",
        0.75, (0.70, 0.80), f"{VREJA} l.58: 70-80 % of the persons trafficked are female",
        bottom=0.05, setup=True)
    deprived_share: float = share(
        "persons at risk who live in a deprived zone", 0.35, (0.20, 0.50),
        f"{VREJA} l.171-177 names the zones, gives no share: {SWEPT}", setup=True)
    employed_share: float = share(
        "persons at risk who have work", 0.50, (0.40, 0.70),
        f"{VREJA} l.198: half of the assisted were employed when recruited", setup=True)
    wage_under_50: float = share(
        "of those with work, wage under USD 50 a month", 0.72, (0.60, 0.80),
        f"{VREJA} l.199-202: 45 of the 62.25 % with a stated wage", setup=True)
    wage_50_100: float = share(
        "of those with work, wage USD 50-100 a month", 0.19, (0.10, 0.20),
        f"{VREJA} l.201: 12 of the 62.25 % with a stated wage", setup=True)
    minor_share: float = share(
        "aged 15-17", 0.20, (0.15, 0.25), "arithmetic: 3 of the 15 years 15-29", setup=True)
    young_share: float = share(
        "aged 18-24", 0.47, (0.42, 0.52), "arithmetic: 7 of the 15 years 15-29", setup=True)
    minority_share: float = share(
        "members of an excluded minority", 0.05, (0.02, 0.10), SWEPT, setup=True)
    family_risk_share: float = share(
        "from a violent or broken family, or an institution", 0.40, (0.20, 0.50),
        "IOM 2006: 40 % of women 16-35 have experience of domestic violence", setup=True)


class Push(Group):
    """Why people start to look for a way out (A1-A3)."""

    push: float = amount("multiplies the rate at which people start to look for a way out",
                         1.0, (0.5, 2.0), "factor")
    leave_rate: float = amount(
        "persons at risk who start to look for a way out in a year, at mean deprivation",
        0.007, (0.003, 0.014), "share a year",
        f"{SWEPT}; emigrant stocks of the seven origins grew by about 200,000 a year, all ages",
        top=1.0)
    usual_gap: float = _field(
        "income of the destinations over income at home at which `leave_rate` holds", 3.0, "factor", (3.0, 3.0),
        "fixed: where deprivation is counted from; `leave_rate` is swept",
        (1.0, 30.0), False)
    deprivation_weight: float = amount(
        "effect of relative deprivation (log income gap to the destinations) on leaving",
        0.3, (0.0, 0.6), "per log unit",
        "emigrant stocks of most origins grew by a tenth to three fifths (2000-05) while incomes caught up, so leaving "
        f"cannot hang on the gap strongly: {SWEPT}",
        top=5.0)
    leave_trend: float = _field(
        "growth of leaving a year, beside incomes and work", 0.05, "log a year", (-0.05, 0.15),
        f"emigrant stocks 2000-05: five origins +12 to +60 %, two -2 and -9 % (country_year.csv): {SWEPT}",
        (-1.0, 1.0), False)
    diaspora_weight: float = amount(
        "effect of a large diaspora (log emigrants per inhabitant, against the mean origin) on leaving",
        0.6, (0.0, 1.2), "per log unit", f"emigrant stocks by country; weight: {SWEPT}", top=5.0)
    zone_income: float = share("income in a deprived zone relative to the country's mean",
                               0.60, (0.40, 0.90), bottom=0.05)
    unemployment_weight: float = amount(
        "effect of the women's unemployment rate on leaving, for those without work",
        1.0, (0.0, 3.0), "per unit rate")
    family_risk_effect: float = amount(
        "leaving and accepting offers, family at risk against not", 1.8, (1.0, 3.0), "factor")
    minority_effect: float = amount(
        "leaving and accepting offers, excluded minority against not", 1.5, (1.0, 3.0), "factor")
    minor_effect: float = amount("accepting offers, aged 15-17 against older", 1.3, (1.0, 2.0), "factor")
    low_wage_effect: float = amount(
        "leaving, no work or a wage under USD 50 against more", 1.4, (1.0, 2.5), "factor")
    contact_weight: float = amount(
        "effect of contacts' reports (from -1 all warnings to 1 all success) on leaving",
        0.4, (0.0, 0.8), "per unit", top=2.0)
    failure_told: float = share("failures that are told at home (successes all are)", 0.30, (0.05, 0.50))
    reports_noticed: float = amount(
        "reports per person of the same country, zone and work at which they count half of what many would", 1e-4,
        (3e-5, 3e-4), "reports a person")
    report_memory: float = amount("months that a report is remembered", 12.0, (6.0, 24.0), "months")


class Pull(Group):
    """What draws people and networks to a destination (A1, C2)."""

    pull: float = amount("multiplies what the income gap does to leaving and to destinations",
                         1.0, (0.5, 2.0), "factor")
    wage_elasticity: float = amount(
        "how revenue at a destination grows with its income per head", 0.6, (0.2, 1.0), "exponent")


class Information(Group):
    """Knowledge of rights, channels and risks (A4, F1)."""

    awareness_start: float = share("awareness of the risks without campaigns", 0.15, (0.05, 0.40))
    awareness_deprived: float = share(
        "awareness in a deprived zone relative to elsewhere", 0.60, (0.30, 1.0),
        f"GfK/IOM 2006: rural residents know least (direction); {SWEPT}")
    awareness_effect: float = share("acceptance of false offers lost at full awareness", 0.60, (0.20, 0.90))
    awareness_legal: float = amount(
        "how much wider the legal way is to who knows rights and channels fully", 1.0, (0.0, 2.0), "per unit awareness")
    awareness_halflife: float = amount("months in which what a campaign added is half forgotten",
                                       18.0, (6.0, 36.0), "months")
    campaign_effort: float = share("unaware persons reached by a prevention programme in a month",
                                   0.010, (0.0, 0.03))


class Migration(Group):
    """The ways open to a seeker: stay, legal, smuggler, an offer (A5, B4, C4)."""

    legal_openness: float = amount("weight of the legal way where a visa is needed (staying = 1)",
                                   0.30, (0.10, 0.80), "odds")
    visa_free_gain: float = amount(
        "how much wider the legal way is where no visa is needed", 1.5, (1.0, 3.0), "factor",
        f"entry without a visa allows no work (direction: wider); {SWEPT}")
    free_work_gain: float = amount(
        "how much wider still the legal way is where nationals need no work permit at any destination of the visa area",
        1.0, (1.0, 1.0), "factor",
        "nothing in the core; a region whose events open labour markets (`free_work`) says more in its own changes",
        top=20.0)
    visa_free_loss: float = share(
        "appeal that smugglers and offers lose where no visa is needed", 0.0, (0.0, 0.0),
        "nothing in the core; the explanation of safe migration moves it")
    smuggler_appeal: float = amount("weight of hiring a smuggler", 0.45, (0.15, 1.2), "odds")
    offer_appeal: float = amount("weight of an offer of work abroad that reaches a seeker",
                                 0.40, (0.15, 1.2), "odds")
    smuggled_in_debt: float = share("smuggled persons who arrive in debt", 0.30, (0.10, 0.60))
    smuggled_to_trafficked: float = share(
        "smuggled persons in debt who become victims on arrival", 0.10, (0.02, 0.30),
        f"Balkan route paper l.497-513 (direction); {SWEPT}")


class Recruitment(Group):
    """Recruiters and their channels (A6, C7)."""

    cells_per_100000: float = amount("recruiter cells at the start per 100,000 persons at risk",
                                     12.0, (4.0, 30.0), "cells", setup=True)
    offers_per_cell: float = amount("persons whom a cell can make an offer to in a month",
                                    3.0, (1.0, 8.0), "persons a month")
    channel_agency: float = share("cells that recruit as an agency", 0.20, (0.10, 0.30), SWEPT, setup=True)
    channel_advertisement: float = share(
        "cells that recruit by advertisement", 0.20, (0.10, 0.30),
        "BKA 2002: about 40 % professionally recruited (agencies and advertisements)", setup=True)
    channel_internet: float = share("cells that recruit over the internet", 0.05, (0.0, 0.15), SWEPT,
                                    setup=True)
    trust_acquaintance: float = share("trust in an acquaintance's offer", 0.90, (0.60, 1.0))
    trust_agency: float = share("trust in an agency's offer", 0.60, (0.30, 0.90))
    trust_advertisement: float = share("trust in an advertised offer", 0.45, (0.20, 0.80))
    trust_internet: float = share("trust in an offer over the internet, where people are online",
                                  0.45, (0.20, 0.80))


class Networks(Group):
    """How networks choose, learn, enter and leave (B1-B3, B5, C1-C3, C5-C8)."""

    cells_per_network: float = amount("cells that share experience", 10.0, (3.0, 30.0), "cells",
                                      top=1000.0, setup=True)
    choice_sharpness: float = amount(
        "how strictly the more profitable destination is chosen: elasticity of its share in what a person brings",
        1.5, (0.5, 3.0), "exponent")
    near_share: float = share(
        "recruits of an origin who are taken to its near destinations (ties.csv) in the first year",
        0.30, (0.10, 0.60), f"the region's own changes say more by origin; elsewhere: {SWEPT}")
    attraction: float = amount(
        "weight of a destination among those of its kind (near or far) in the first year", 1.0, (0.4, 2.5), "factor")
    visa_appeal: float = amount(
        "what entry without a visa adds to a destination, beside the papers that it saves", 0.3, (0.0, 1.0),
        "log odds", f"{VREJA} l.343-346, 388 (direction); {SWEPT}", top=5.0)
    habit: float = amount(
        "how the use of a corridor, against its use in the first year, keeps or draws networks", 0.25, (0.0, 0.5),
        "exponent", f"{VREJA} l.123-153 (direction); {SWEPT}", top=0.9)
    habit_memory: float = amount("months over which the use of a corridor is remembered", 12.0, (6.0, 24.0), "months")
    revenue_month: float = amount(
        "revenue from a person in a month at the mean income of the destinations", 900.0,
        (300.0, 1750.0), "USD a month",
        "UNODC 2010: USD 3 bn a year over a stock of 140,000, about 1,750 a month, Western Europe")
    leg_cost: float = amount("transport of a person over one border", 150.0, (50.0, 400.0), "USD")
    papers_cost: float = amount("real or false papers with visa, tickets, show money", 800.0,
                                (300.0, 2000.0), "USD", f"Vreja 2005 l.346-350 (direction); {SWEPT}")
    gain_least: float = share(
        "least that a person is taken to bring after transport and papers, of the revenue", 0.10, (0.03, 0.30))
    familiarity: float = amount("head start of a path that networks already used, among paths to one destination",
                                2.0, (0.5, 3.5), "log odds", f"Vreja 2005 l.123-153 (direction); {SWEPT}")
    internal_appeal: float = amount("weight of exploitation at home against abroad",
                                    0.05, (0.01, 0.20), "odds", f"share unknown before 2006: {SWEPT}")
    route_response: float = amount(
        "how the expectation of losing every person there, against that of the first year, repels from a destination "
        "or path; nothing in the core: networks know, and do not act on it", 0.0, (0.0, 0.0), "log odds", top=60.0)
    method_response: float = amount(
        "the same for papers against clandestine entry, private against public venues, payments against none",
        0.0, (0.0, 0.0), "log odds", top=60.0)
    route_learning: float = share("how much a month's losses change a network's view of a route",
                                  0.08, (0.02, 0.25), unit="share a month")
    method_learning: float = share("the same for papers, venue and treatment", 0.08, (0.02, 0.25),
                                   unit="share a month")
    experience_shared: float = share("weight of the network's experience against a cell's own",
                                     0.50, (0.0, 1.0))
    rehousing: float = share(
        "persons held for whom venue and treatment are chosen anew in a month, once networks act on methods", 0.10,
        (0.02, 0.30), f"Vreja 2005 l.352-354: from bars to private apartments (direction); {SWEPT}",
        unit="share a month")
    papers_start: float = share("recruits sent on papers in the first year", 0.25, (0.10, 0.50))
    private_start: float = share("victims put in private venues in the first year", 0.20, (0.05, 0.40))
    payments_start: float = share("victims given small payments in the first year", 0.15, (0.05, 0.40))
    private_cost: float = amount("extra cost of a private venue, where phones reach everybody",
                                 100.0, (0.0, 400.0), "USD a month")
    phone_need: float = share("how much a private venue depends on mobile phones", 0.70, (0.30, 1.0),
                              f"Vreja 2005 l.354-356 (direction); {SWEPT}")
    payment_share: float = share("revenue given up as small payments", 0.10, (0.05, 0.30))
    document_debt: float = share("transport and papers that are charged to the person as debt",
                                 1.0, (0.5, 1.0))
    debt_repaid: float = amount("debt worked off in a month", 200.0, (50.0, 500.0), "USD a month")
    potential: float = amount("cells that could be active at once, relative to those active at the start",
                              2.0, (1.5, 4.0), "factor", setup=True)
    money_memory: float = share("how much a month counts in what a cell takes itself to earn", 0.15, (0.05, 0.30),
                                unit="share a month")
    climate_memory: float = share("how much a month counts in what is known of a country's trade: earnings, arrests",
                                  0.10, (0.05, 0.20), unit="share a month")
    forger_factor: float = amount("price of papers from a forger, where no consular officer can be bought", 2.0,
                                  (1.2, 3.0), "bribes")
    turnover: float = share("cells that leave in a month, and are replaced when the trade is in balance",
                            0.03, (0.01, 0.08), unit="share a month")
    trade_trend: float = _field(
        "growth of the number of new cells a year at unchanged conditions, at the start", 0.0, "log a year",
        (-0.45, 0.45), "reports speak of a dramatic rise since 1990 and of an increase in 2005; of a decline, others: "
        + SWEPT, (-2.0, 2.0), False)
    entry_elasticity: float = amount(
        "how the number of new cells follows what a cell earns, against the first year", 0.5, (0.0, 1.0), "exponent",
        top=5.0)
    earnings_least: float = share(
        "least that a cell is taken to earn, of the first year's earnings, when others think of entering", 0.10,
        (0.03, 0.30), bottom=0.001)
    entry_least: float = amount("how far the number of new cells can fall below balance", 5.0, (3.0, 7.0), "log")
    entry_most: float = amount("how far the number of new cells can rise above balance", 3.0, (2.0, 4.0), "log",
                               top=10.0)
    entry_barrier: float = amount(
        "how the number of new cells falls with the share of cells in custody, against the first year",
        3.0, (0.0, 8.0), "per unit share", f"{VREJA} l.436-442 (direction); {SWEPT}")
    deterrence: float = amount(
        "how the number of new cells falls with the months in custody that a cell expects in a year",
        0.10, (0.0, 0.40), "per month")


class Transport(Group):
    """Crossings (C3, C4, D1, E5)."""

    inspection: float = share("clandestine crossings that are inspected, mean post", 0.04, (0.01, 0.12))
    papers_visibility: float = share("inspection on papers, relative to clandestine", 0.35, (0.10, 0.60),
                                     f"Vreja 2005 l.333-342 (direction); {SWEPT}")
    visa_free_visibility: float = share("inspection of visa-free travel, relative to clandestine",
                                        0.10, (0.02, 0.30), f"Vreja 2005 l.343-346 (direction); {SWEPT}")
    free_movement_visibility: float = share(
        "inspection of citizens of a union that travel freely in it (`accession`), relative to visa-free travel",
        1.0, (1.0, 1.0), "nothing in the core; a region with such events says more in its own changes")
    inspections_per_official: float = amount("persons an official can inspect in a month",
                                             200.0, (50.0, 500.0), "persons a month")
    detection_memory: float = share("how much a month counts in where detections are taken to be", 0.20, (0.10, 0.40),
                                    unit="share a month")
    patrol_least: float = share("least patrols of a border, against the mean of all", 0.30, (0.10, 0.60))
    patrol_most: float = amount("most patrols of a border, against the mean of all", 3.0, (1.5, 5.0), "factor")
    patrol_shift: float = share("how far patrols and raids move in a month towards recent detections",
                                0.04, (0.0, 0.15), unit="share a month")


class Exploitation(Group):
    """Time in exploitation and the ways out of it (C5, C8, E2)."""

    release: float = share("victims without debt released in a month", 0.08, (0.04, 0.16),
                           f"UNODC 2010 assumes a two-year turnover, 1/24; {SWEPT}", unit="share a month")
    escape: float = share("victims who escape in a month", 0.015, (0.005, 0.04), unit="share a month")
    broken_release: float = share("victims set free in a month once their cell is in custody or gone",
                                  0.30, (0.10, 0.60), unit="share a month")
    debt_hold: float = share("escape and release prevented while in debt", 0.60, (0.20, 1.0))
    payment_hold: float = share("escape and self-report prevented by small payments", 0.50, (0.10, 0.90),
                                f"Vreja 2005 l.356-360 (direction); {SWEPT}")


class Demand(Group):
    """Markets at the destinations (B1, D7-D9)."""

    demand_trend: float = _field(
        "growth of a market a year", 0.07, "log a year", (-0.08, 0.22),
        f"Balkan route paper l.343-349: longer distances, a growing trade (direction); {SWEPT}", (-2.0, 2.0), False)
    market: float = amount("size of a market, relative to what it would be", 1.0, (1.0, 1.0), "factor",
                           "fixed at 1 in the core; explanations of a loss of demand move it", top=10.0)
    smallest_market: float = _field(
        "persons in exploitation below which nobody feels a crowded market", 30.0, "persons", (30.0, 30.0),
        "fixed: keeps small markets from swinging", (1.0, 300.0), False)
    crowding: float = amount("how fast revenue falls in a market that is more crowded than in the first year",
                             0.8, (0.3, 1.5), "exponent")
    crowding_most: float = amount(
        "how much fuller or emptier than in the first year a market can be felt to be", 3.0, (2.0, 4.0), "log",
        top=10.0)
    presence_market: float = amount(
        "extra market through an international presence, relative to the local one", 0.0,
        (0.0, 6.0), "factor", "Amnesty 2004: about 20 % of clients in one market; before: " + SWEPT)
    client_penalty: float = share("demand lost if knowing clients were punished", 0.30, (0.0, 0.60))
    knowledge_proved: float = share("cases in which a client's knowledge is proved", 0.0, (0.0, 0.20))
    regime_visibility: float = amount(
        "how open the sex market is to inspection (prohibition 0.7, abolition 1, regulation 1.3)",
        1.0, (0.5, 1.5), "factor")


class Policing(Group):
    """Raids and how victims are found (C6, D5, D6, E5)."""

    enforcement: float = amount("multiplies inspections, raids and investigations", 1.0, (0.5, 2.0), "factor")
    raid_rate: float = share("victims in a public venue found by raids in a month", 0.008, (0.003, 0.02),
                             unit="share a month")
    inspector_raids: float = share(
        "raids that are led by inspectors (of labour, say) rather than the police, for who reports it", 0.0, (0.0, 0.0),
        "nothing in the core; a region that counts what is registered says more in its own changes")
    private_exposure: float = share("raids find in private venues, relative to public", 0.15, (0.03, 0.40),
                                    f"Vreja 2005 l.352-354 (direction); {SWEPT}")
    proactive_share: float = share("raids that need no testimony to be started", 0.30, (0.10, 0.70))
    attention_least: float = share("least attention of police and outreach to a kind of venue", 0.10, (0.03, 0.25))
    testimony_memory: float = share("how much a month's testimony counts in what raids can go by", 0.10, (0.05, 0.20),
                                    unit="share a month")
    testimony_most: float = amount("most that testimony can raise raids, against the usual", 2.0, (1.5, 3.0), "factor")
    phone_leads: float = share("raids gained where phones reach everybody", 0.10, (0.0, 0.30),
                               f"Balkan route paper l.11-13 (direction); {SWEPT}")
    training: float = share("officials trained to recognise a victim", 0.25, (0.10, 0.50),
                            "UN 2001: about 25 % of women met in raids said they were victims")
    recognise_untrained: float = share("victims recognised by an untrained official", 0.30, (0.10, 0.50))
    recognise_trained: float = share("victims recognised by a trained official", 0.85, (0.60, 1.0))
    intelligence_sharing: float = share("findings passed on to the police of the country of origin",
                                        0.10, (0.0, 0.50))
    information_lag: float = amount("months until findings reach the police of another country", 6.0, (2.0, 18.0),
                                    "months", f"SECI task force from May 2000 (direction); {SWEPT}")


class Corruption(Group):
    """Officials who can be bought (D1, D2)."""

    corruption: float = amount("multiplies the distance of officials from full integrity", 1.0,
                               (0.5, 1.5), "factor", "Corruption Perceptions Index by country and year")
    integrity_unknown: float = share("integrity where no index exists", 0.25, (0.10, 0.40))
    officials_per_post: float = amount("officials at a border post, police, consulate or court", 8.0,
                                       (4.0, 20.0), "officials", top=200.0, setup=True)
    bribe: float = amount("a bribe", 200.0, (50.0, 600.0), "USD")
    bribe_taken: float = share("bribes taken by an official without any integrity", 0.35, (0.10, 0.70))
    capture: float = share("chance that a bribe puts the official in a network's pay", 0.10, (0.02, 0.30))
    release_from_pay: float = share("officials who leave a network's pay in a month", 0.10, (0.03, 0.30))
    tip_off: float = share("raids spoiled where the network has police in pay", 0.60, (0.20, 0.90),
                           f"HRW 2002 (direction); {SWEPT}")
    investigation: float = share("officials in pay who come under investigation in a month",
                                 0.004, (0.001, 0.02))
    investigation_months: float = amount("months after which an investigation without dismissal ends", 12.0,
                                         (6.0, 24.0), "months")
    dismissal: float = share("investigated officials dismissed in a month", 0.10, (0.02, 0.20),
                             "national figures 2003-04: 12 of 96 investigated police dismissed")


class Justice(Group):
    """From cases to convictions (D3, D4, A7)."""

    law_none: float = share("cases prosecuted without a trafficking law, relative to a full law",
                            0.15, (0.0, 0.30))
    law_partial: float = share("cases prosecuted under a partial law, relative to a full law",
                               0.50, (0.30, 0.80))
    arrest_testimony: float = share(
        "cells arrested for a victim who testifies, under full law", 0.12, (0.03, 0.35),
        "in one country 7 owners convicted 2000 to July 2001 and 15 persons in the year from April 2003 (UN News; TIP "
        f"2004), against 200 to 283 assisted a year: a few in a hundred; {SWEPT}")
    arrest_intelligence: float = share("cells arrested for a victim found, without testimony, under full law",
                                       0.01, (0.0, 0.04))
    testimony: float = share("assisted victims who testify", 0.30, (0.10, 0.60))
    sentence: float = amount("months in custody", 9.0, (3.0, 30.0), "months",
                             "national figures 2003: 22 of 49 sentences one year or less; elsewhere a few months")
    resumes: float = share("cells that resume after custody", 0.70, (0.40, 0.95),
                           f"Vreja 2005 l.255-259 (direction); {SWEPT}")
    minor_factor: float = amount("sentence where the victim was a minor, relative to an adult", 1.5,
                                 (1.0, 3.0), "factor")


class Assistance(Group):
    """From being found to being helped (E2-E5, E7)."""

    referral_capacity: float = amount("multiplies shelter places", 1.0, (0.5, 2.0), "factor")
    shelter_places: float = amount("places of a full-grown shelter programme, per million inhabitants",
                                   40.0, (15.0, 100.0), "places")
    programme_growth: float = amount("months in which a programme grows to two thirds of its size",
                                     5.0, (2.0, 12.0), "months")
    shelter_months: float = amount("months in a shelter", 2.0, (1.0, 4.0), "months", top=24.0)
    referral: float = share("recognised victims whom police refer to help", 0.70, (0.40, 0.95))
    acceptance: float = share("victims who accept help that is offered", 0.75, (0.40, 0.95),
                              f"Brunovskis & Surtees 2007 describe refusal, give no share: {SWEPT}")
    conditions: float = share("help that is tied to testimony", 0.50, (0.20, 0.80))
    conditions_cost: float = share("acceptance lost where help is fully conditional", 0.40, (0.10, 0.70))
    payment_refusal: float = share("acceptance lost through small payments", 0.30, (0.05, 0.60),
                                   f"Vreja 2005 l.356-360 (direction); {SWEPT}")
    minor_referral: float = amount("referral and acceptance of minors, relative to adults", 1.2,
                                   (1.0, 1.5), "factor")
    victim_prosecution: float = share("victims treated as offenders although recognisable", 0.20, (0.0, 0.50))
    protection: float = share("compensation and protection of data, as willingness gained", 0.10, (0.0, 0.40))
    self_report: float = share("victims who call a hotline in a month, where one exists", 0.004,
                               (0.001, 0.015), unit="share a month")
    hotline_phones: float = share("calls to a hotline that need a mobile phone", 0.50, (0.20, 0.80))
    outreach: float = share("victims in a public venue reached by outreach in a month", 0.004,
                            (0.001, 0.015), unit="share a month")
    hotline_to_police: float = share("hotline cases that are passed to the police too", 0.40, (0.10, 0.70))
    home_assistance: float = share("persons assisted abroad who are assisted again after return", 0.70, (0.40, 0.95))
    home_reach: float = amount(
        "how many of those who are back the helpers at home reach, relative to the first year", 1.0, (1.0, 1.0),
        "factor", "1 in the first year by definition; later years are the region's own changes", top=10.0)
    return_referral: float = share(
        "persons back home without help abroad who are brought to helpers there; the rate belongs to the country "
        "they come back from", 0.01, (0.002, 0.03),
        f"no source gives a share; most of those helped at home had been helped abroad (table 1 counts both): {SWEPT}")


class Reintegration(Group):
    """After return (E6)."""

    reintegrates: float = share("returned persons who are settled again in a month", 0.06, (0.03, 0.15),
                                unit="share a month")
    support: float = amount("reintegration after assistance at home, relative to without", 2.0, (1.0, 4.0),
                            "factor")
    retrafficked: float = share("returned persons who take up an offer again in a month", 0.006,
                                (0.001, 0.03), unit="share a month")


class Observation(Group):
    """How the lists record what happened; never touches the dynamics (E1)."""

    registered: float = share("assisted persons who are entered on the list", 0.97, (0.85, 1.0))
    covered: float = share(
        "recognised victims whom a country's figures of the identified cover", 1.0, (1.0, 1.0),
        "nothing in the core; a region whose rows count the identified says more in its own changes")
    police_reports: float = share(
        "victims recognised by the police whom they enter in the register, where there is one", 1.0, (1.0, 1.0),
        REGISTER)
    border_reports: float = share("the same of border guards", 1.0, (1.0, 1.0), REGISTER)
    inspector_reports: float = share("the same of inspectors", 1.0, (1.0, 1.0), REGISTER)
    care_reports: float = share("the same of hotlines, outreach and shelters", 1.0, (1.0, 1.0), REGISTER)


class Parameters(Group):
    """All groups; the tables of a scenario file."""

    population: Population = Population()
    push: Push = Push()
    pull: Pull = Pull()
    information: Information = Information()
    migration: Migration = Migration()
    recruitment: Recruitment = Recruitment()
    networks: Networks = Networks()
    transport: Transport = Transport()
    exploitation: Exploitation = Exploitation()
    demand: Demand = Demand()
    policing: Policing = Policing()
    corruption: Corruption = Corruption()
    justice: Justice = Justice()
    assistance: Assistance = Assistance()
    reintegration: Reintegration = Reintegration()
    observation: Observation = Observation()


@dataclass(frozen=True)
class Spec:
    """One parameter as everybody else reads it. `path` is `group.key`; `key` is unique."""

    group: str
    key: str
    meaning: str
    unit: str
    default: float
    allowed: tuple[float, float]
    sweep: tuple[float, float]
    source: str
    setup: bool

    @property
    def path(self) -> str:
        return f"{self.group}.{self.key}"


def _specs() -> Iterator[Spec]:
    for group, holder in Parameters.model_fields.items():
        for key, info in holder.annotation.model_fields.items():
            extra = info.json_schema_extra
            low, high = (next(getattr(m, side) for m in info.metadata if hasattr(m, side))
                         for side in ("ge", "le"))
            yield Spec(group, key, info.description, extra["unit"], float(info.default),
                       (low, high), tuple(extra["sweep"]), extra["source"], extra["setup"])


@cache
def specs() -> dict[str, Spec]:
    """Every parameter by its path, in the order of the schema."""
    return {spec.path: spec for spec in _specs()}


@cache
def spec_of(key: str) -> Spec:
    """The parameter whose unique key is `key`. Raises KeyError."""
    return {spec.key: spec for spec in specs().values()}[key]


@cache
def parameter_record() -> np.dtype:
    """The layout of a place in a month: one number per parameter."""
    import numpy as np

    return np.dtype([(spec.key, np.float64) for spec in specs().values()])
