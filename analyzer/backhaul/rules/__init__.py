"""Rules and API models: data under ``rules/``, loaded, checked and looked up.

``load_rules`` gives a ``RuleSet``; everything Apple-specific in Backhaul is in it.
"""

from backhaul.rules.card import Card, Match, Source
from backhaul.rules.errors import RuleError
from backhaul.rules.loading import RuleSet, load_rules, rules_folder
from backhaul.rules.models import ApiModels, ApiType, Hook, Operation, Returns, Spelling
from backhaul.rules.spelling import Signature

__all__ = [
    "ApiModels",
    "ApiType",
    "Card",
    "Hook",
    "Match",
    "Operation",
    "Returns",
    "RuleError",
    "RuleSet",
    "Signature",
    "Source",
    "Spelling",
    "load_rules",
    "rules_folder",
]
