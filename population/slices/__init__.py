"""Slices: of a whole export, one row per patient that holds what the mapping reads."""

from population.slices.kept import TYPES_ASKED
from population.slices.output import (
    FolderInUse,
    alone_in,
    held_still,
    read_description,
    write_whole,
    written_whole,
)
from population.slices.request_body import prefetch_of
from population.slices.rows import file_of, list_parts
from population.slices.sieve import SIEVED, codes_of_site
from population.slices.slicing import SliceRefused, run_slice
from population.slices.summary import SliceJob

__all__ = [
    "SIEVED",
    "TYPES_ASKED",
    "FolderInUse",
    "SliceJob",
    "SliceRefused",
    "alone_in",
    "codes_of_site",
    "file_of",
    "held_still",
    "list_parts",
    "prefetch_of",
    "read_description",
    "run_slice",
    "write_whole",
    "written_whole",
]
