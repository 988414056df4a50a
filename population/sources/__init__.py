"""Where the records come from: files of several kinds, a FHIR server, and work shared out to
processes.
"""

from population.sources.bulk_export import Wanted, fetch_export
from population.sources.content import DAMAGED, DAMAGED_TABLE, EMPTY, NOTHING_READ, Lines
from population.sources.documents import SPEAKS_OF_AN_ERROR, deleted_in, resources_of
from population.sources.downloads import ExportFailed
from population.sources.files import MADE_MARK, Kind, Piece, find_pieces
from population.sources.progress import Progress, say_size
from population.sources.reading import TOO_LONG, make_room, read_lines
from population.sources.workers import TaskFailed, name_failure, run_tasks

__all__ = [
    "DAMAGED",
    "DAMAGED_TABLE",
    "EMPTY",
    "MADE_MARK",
    "NOTHING_READ",
    "SPEAKS_OF_AN_ERROR",
    "TOO_LONG",
    "ExportFailed",
    "Kind",
    "Lines",
    "Piece",
    "Progress",
    "TaskFailed",
    "Wanted",
    "deleted_in",
    "fetch_export",
    "find_pieces",
    "make_room",
    "name_failure",
    "read_lines",
    "resources_of",
    "run_tasks",
    "say_size",
]
