"""The mechanisms that the sources state, each a switch: off means neutral, never absent actors.

A mechanism that is off replaces its parameters by values under which it has no effect; the rules
themselves know no switches. Two entries need a word: networks
that do not learn keep the view of risks that they started with, while prices still move them
(`recruiter.py`), and without visa-free travel nobody's entry rules change (`facts.py`).
Numbers such as C3 are those of the list of mechanisms in `docs/ODD.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Mechanism:
    """A switch. `neutral` maps the unique key of a parameter to its value when the switch is off."""

    name: str
    code: str
    meaning: str
    off: str
    neutral: Mapping[str, float] = field(default_factory=dict)
    region: str | None = None  # an input of the region that the switch turns off instead


_ALL = (
    Mechanism("economic_push", "A1", "income gaps and unemployment push people to leave",
              "leaving does not depend on them",
              {"deprivation_weight": 0.0, "unemployment_weight": 0.0, "low_wage_effect": 1.0}),
    Mechanism("unequal_vulnerability", "A2", "violent or broken families raise the risk",
              "all families alike", {"family_risk_effect": 1.0}),
    Mechanism("contact_reports", "A3", "reports of contacts draw people out or warn them",
              "neither reports nor the diaspora have an effect", {"contact_weight": 0.0, "diaspora_weight": 0.0}),
    Mechanism("awareness", "A4", "awareness lowers the acceptance of false offers",
              "awareness has no effect", {"awareness_effect": 0.0}),
    Mechanism("narrow_legal_channels", "A5", "narrow legal channels push people to go-betweens",
              "the legal way is as open to all as to visa-free nationals", region="legal_channels"),
    Mechanism("trust_in_recruiters", "A6", "an acquaintance's offer is trusted more than an agency's",
              "every channel is trusted alike",
              {"trust_acquaintance": 0.6, "trust_agency": 0.6, "trust_advertisement": 0.6,
               "trust_internet": 0.6}),
    Mechanism("age_and_minority", "A7", "minors and excluded minorities are at special risk",
              "age and minority make no difference",
              {"minority_effect": 1.0, "minor_effect": 1.0, "minor_factor": 1.0, "minor_referral": 1.0}),
    Mechanism("profit_seeking", "B1", "networks prefer what pays", "all options pay alike",
              {"choice_sharpness": 0.0}),
    Mechanism("corridor_familiarity", "B2", "networks keep to corridors they used before",
              "no corridor has a head start, and use makes none easier", {"familiarity": 0.0, "habit": 0.0}),
    Mechanism("entry_barriers", "B3", "enforcement raises the cost of entry", "entry cost is constant",
              {"entry_barrier": 0.0}),
    Mechanism("smuggling_debt_trap", "B4", "smuggled persons in debt may become victims",
              "smuggling ends at the border", {"smuggled_to_trafficked": 0.0}),
    Mechanism("internal_trafficking", "B5", "exploitation without crossing a border",
              "every case crosses a border", {"internal_appeal": 0.0}),
    Mechanism("route_adaptation", "C1, C2", "networks relearn paths and destinations from losses",
              "networks do not act on what they learn about paths and destinations", {"route_response": 0.0}),
    Mechanism("method_adaptation", "C3, C6, C8",
              "networks relearn papers, private venues and payments from losses",
              "networks do not act on what they learn about methods", {"method_response": 0.0}),
    Mechanism("document_entry", "C3", "papers make a crossing less visible",
              "papers are inspected like clandestine crossings", {"papers_visibility": 1.0}),
    Mechanism("visa_free_travel", "C4", "nationals of some origins come to travel without a visa",
              "visa rules stay as they were at the start", region="visa_free"),
    Mechanism("document_debt", "C5", "costs become the person's debt and lengthen exploitation",
              "nobody is in debt", {"document_debt": 0.0}),
    Mechanism("private_venues", "C6", "private venues are raided less",
              "private venues are as exposed as public ones", {"private_exposure": 1.0}),
    Mechanism("contact_technology", "C7", "phones and the internet make private venues workable",
              "private venues need no phones, and phones open no leads",
              {"phone_need": 0.0, "phone_leads": 0.0}),
    Mechanism("small_payments", "C8", "small payments buy silence", "payments buy nothing",
              {"payment_hold": 0.0, "payment_refusal": 0.0}),
    Mechanism("bribery", "D1", "officials let persons pass for a bribe", "no bribe is taken",
              {"bribe_taken": 0.0, "capture": 0.0}),
    Mechanism("captured_officials", "D2", "officials in a network's pay look away and warn it",
              "nobody is in pay", {"capture": 0.0}),
    Mechanism("trafficking_law", "D3", "laws gate prosecution", "full law everywhere",
              {"law_none": 1.0, "law_partial": 1.0}),
    Mechanism("short_sentences", "D4", "cells resume after short sentences", "nobody resumes",
              {"resumes": 0.0}),
    Mechanism("intelligence_sharing", "D5", "findings reach the police of other countries",
              "findings stay where they are made", {"intelligence_sharing": 0.0}),
    Mechanism("testimony_led_policing", "D6", "raids depend on testimony unless they are pro-active",
              "raids need no testimony", {"proactive_share": 1.0}),
    Mechanism("international_presence", "D7", "an international presence enlarges the market",
              "no such market", {"presence_market": 0.0}),
    Mechanism("client_penalty", "D8", "punishing knowing clients lowers demand",
              "no effect on demand", {"client_penalty": 0.0}),
    Mechanism("market_regime", "D9", "the legal regime opens or closes venues to inspection",
              "all regimes alike", {"regime_visibility": 1.0}),
    Mechanism("overlapping_lists", "E1", "the lists miss some of those assisted", "lists are complete",
              {"registered": 1.0}),
    Mechanism("refusal", "E2", "victims may refuse help", "everybody accepts",
              {"acceptance": 1.0, "conditions_cost": 0.0, "payment_refusal": 0.0}),
    Mechanism("conditional_protection", "E3", "help tied to testimony deters",
              "conditions deter nobody", {"conditions_cost": 0.0}),
    Mechanism("referral_chain", "E4", "police refer only some victims", "police refer everybody",
              {"referral": 1.0}),
    Mechanism("training_gap", "E5", "untrained officials misread victims",
              "everybody recognises as the trained do", {"training": 1.0}),
    Mechanism("retrafficking", "E6", "returned persons may be trafficked again",
              "nobody is trafficked twice", {"retrafficked": 0.0}),
    Mechanism("victim_prosecution", "E7", "victims are treated as offenders; data unprotected",
              "no victim is treated as an offender", {"victim_prosecution": 0.0, "protection": 0.0}),
    Mechanism("patrol_shift", "C1", "patrols and raids move towards recent detections",
              "patrols and raids stay where they are", {"patrol_shift": 0.0}),
)

MECHANISMS: Mapping[str, Mechanism] = MappingProxyType({m.name: m for m in _ALL})
