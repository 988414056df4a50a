"""Made-up people and their records: for tests, measurements, and for those who have no data."""

from synthetic.making import MadePopulation, make_population
from synthetic.sandbox import SandboxPatient, sandbox_bundle, sandbox_patients
from synthetic.stories import STORIES

__all__ = [
    "STORIES",
    "MadePopulation",
    "SandboxPatient",
    "make_population",
    "sandbox_bundle",
    "sandbox_patients",
]
