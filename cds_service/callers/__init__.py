"""Who calls: the token of a CDS client and the keys it is checked with."""

from cds_service.callers.authentication import Caller, NotAuthenticated, authenticate
from cds_service.callers.key_sets import KeySets

__all__ = [
    "Caller",
    "KeySets",
    "NotAuthenticated",
    "authenticate",
]
