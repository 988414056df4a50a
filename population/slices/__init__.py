"""Slices: of a whole export, one row per patient that holds what the mapping reads."""

from population.slices.request_body import prefetch_of
from population.slices.rows import LISTS, SCHEMA, file_of, list_parts
from population.slices.slicing import SliceJob, SliceRefused, run_slice
from population.slices.sorting import TYPES_READ

__all__ = [
    "LISTS",
    "SCHEMA",
    "TYPES_READ",
    "SliceJob",
    "SliceRefused",
    "file_of",
    "list_parts",
    "prefetch_of",
    "run_slice",
]
