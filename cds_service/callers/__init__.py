"""Who calls: the token of a CDS client and the keys it is checked with."""

from cds_service.callers.authentication import Caller, authenticate
from cds_service.callers.key_sets import KeySets
from cds_service.callers.refusals import NotAuthenticated

__all__ = [
    "Caller",
    "KeySets",
    "NotAuthenticated",
    "authenticate",
]
