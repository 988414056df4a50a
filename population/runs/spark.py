"""The same run on Apache Spark: Spark shares out the parts, and Python decides them, so that there
is one place of the rules and the same bytes come out.
"""

from __future__ import annotations

import functools
import os
import pickle
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pyarrow.parquet as pq

from population.runs.deciding import PartSetup, RunRefused
from population.slices import file_of
from population.sources import TaskFailed, name_failure

Prepare = Callable[[PartSetup], Callable[[int], int]]
"""Makes of a setup what decides a part by its number and says how many patients it has."""


def run_on_spark(
    prepare: Prepare, setup: PartSetup, parts: Sequence[int], workers: int
) -> Iterator[tuple[int, int]]:
    """Decide the parts on Spark, as `run_tasks` does by a pool, and yield each with the number of
    its patients.

    The master is Spark's own setting (`spark-submit --master`, `spark.master`); without one,
    `local[workers]`. The folders of slice and decisions must be reachable under the same path on
    every executor.
    Raises: RunRefused where pyspark, pandas or Java is missing; TaskFailed when a part cannot be
    decided.
    """
    if not parts:
        return
    session = _open_session(workers)
    try:
        places = session.range(0, len(parts), 1, len(parts))  # one task a part, none with two
        decide = _Decide(pickle.dumps((prepare, setup)), tuple(parts))
        decided = places.mapInArrow(decide, "part int, patients int")
        yield from _as_they_are_written(decided, setup, parts)
    finally:
        session.stop()


def _as_they_are_written(
    decided: Any, setup: PartSetup, parts: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Let Spark decide all parts at once, and yield each as it is written."""
    waiting = set(parts)
    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(decided.collect)  # a local iterator takes part after part
        while not wait([running], LOOK_SECONDS).done:
            for part in sorted(waiting):
                if (Path(setup.out) / "decisions" / file_of(part)).exists():
                    waiting.discard(part)
                    yield part, pq.read_metadata(Path(setup.slices) / file_of(part)).num_rows
    try:
        rows = running.result()
    except Exception as error:  # noqa: BLE001 - what fails in Java has no one type
        raise TaskFailed(f"Spark did not decide every part: {_why(error)}") from None
    for row in rows:
        if row["part"] in waiting:
            yield row["part"], row["patients"]


_PYTHON_ERROR = re.compile(
    r"^(?:[A-Za-z_]+\.)*(?:TaskFailed|ModuleNotFoundError): .*", re.MULTILINE
)
"""What is said of an executor's failure: other errors may hold what stands in a record."""


def _why(error: BaseException) -> str:
    said = _PYTHON_ERROR.findall(str(error))
    return said[-1] if said else type(error).__name__


LOOK_SECONDS = 1.0
"""How often it is looked for parts that were written."""


ON_ONE_MACHINE = {
    "spark.driver.memory": "512m",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmn32m",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
}
"""Settings where Java only hands out numbers of parts and holds no records: it starts with half the
processor time when it does not rewrite its own code for speed, and keeps little memory.
"""


def _open_session(workers: int) -> Any:
    try:
        from pyspark import SparkConf
        from pyspark.sql import SparkSession
        from pyspark.sql.pandas.utils import require_minimum_pandas_version

        require_minimum_pandas_version()
    except ImportError as error:
        lacks = (error.name or "pandas").partition(".")[0]
        raise RunRefused(
            f"The engine spark needs pyspark and pandas, and {lacks} is missing or too old: "
            f"pip install '.[spark]' in the checkout."
        ) from None
    builder = SparkSession.builder.appName("b12-cds population")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    try:
        if not SparkConf().contains("spark.master"):
            builder = builder.master(f"local[{workers}]")
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
            for name, value in ON_ONE_MACHINE.items():
                builder = builder.config(name, value)
        session = builder.getOrCreate()
    except Exception as error:  # noqa: BLE001 - what fails in Java has no one type
        raise RunRefused(f"Spark does not start: {type(error).__name__}; is Java there?") from None
    session.sparkContext.setLogLevel("ERROR")
    return session


@dataclass(frozen=True)
class _Decide:
    """Decides the parts that an executor is given, by their place; it is sent there whole."""

    setup: bytes
    parts: tuple[int, ...]

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa

        for batch in batches:
            parts = [self.parts[place] for place in batch.column(0).to_pylist()]
            patients = [self._decide(part) for part in parts]
            columns = [pa.array(parts, pa.int32()), pa.array(patients, pa.int32())]
            yield pa.RecordBatch.from_arrays(columns, ["part", "patients"])

    def _decide(self, part: int) -> int:
        try:
            return _prepared(self.setup)(part)
        except Exception as error:  # noqa: BLE001 - Spark would log the message, with what is in it
            raise TaskFailed(name_failure(error)) from None


@functools.lru_cache(1)
def _prepared(setup: bytes) -> Callable[[int], int]:
    """Return what decides a part; made once in a process, which decides many."""
    prepare, chosen = pickle.loads(setup)
    return cast(Callable[[int], int], prepare(chosen))
