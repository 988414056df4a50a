"""Slices: of a whole export, one row per patient that holds what the mapping reads."""

from population.slices.kept import TYPES_ASKED
from population.slices.request_body import prefetch_of
from population.slices.rows import file_of, list_parts
from population.slices.slicing import SliceRefused, run_slice, write_whole
from population.slices.summary import SliceJob

__all__ = [
    "TYPES_ASKED",
    "SliceJob",
    "SliceRefused",
    "file_of",
    "list_parts",
    "prefetch_of",
    "run_slice",
    "write_whole",
]
