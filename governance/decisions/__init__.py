"""Single decisions: which cards are shown, what is recorded, and deciding a recorded call again."""

from governance.decisions.archive import open_archive
from governance.decisions.beside import CannotAsk, replay_beside
from governance.decisions.known_case import AS_OF, answers_the_known_case
from governance.decisions.modes import (
    Showing,
    approvals_to_withhold_critical,
    choose_what_is_shown,
    list_modes,
    mode_in_words,
)
from governance.decisions.record import Asked, describe_decision, without_uuids, write_asked
from governance.decisions.replay import (
    asked_of_request,
    compare_settings,
    read_asked,
    replay,
    versions_of,
)

__all__ = [
    "AS_OF",
    "Asked",
    "CannotAsk",
    "Showing",
    "answers_the_known_case",
    "approvals_to_withhold_critical",
    "asked_of_request",
    "choose_what_is_shown",
    "compare_settings",
    "describe_decision",
    "list_modes",
    "mode_in_words",
    "open_archive",
    "read_asked",
    "replay",
    "replay_beside",
    "versions_of",
    "without_uuids",
    "write_asked",
]
