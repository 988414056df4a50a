"""Made-up people and their records: for tests, measurements, and for those who have no data."""

from synthetic.making import MadePopulation, make_population
from synthetic.records import Chart
from synthetic.sandbox import SandboxPatient, requests_of_walk, sandbox_bundle, sandbox_patients
from synthetic.stories import STORIES, Story

__all__ = [
    "STORIES",
    "Chart",
    "MadePopulation",
    "SandboxPatient",
    "Story",
    "make_population",
    "requests_of_walk",
    "sandbox_bundle",
    "sandbox_patients",
]
