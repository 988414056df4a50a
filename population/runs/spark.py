"""The same run on Apache Spark: Spark shares out the parts, and Python decides them, so that there
is one place of the rules and the same bytes come out.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from population.runs.running import PartSetup, RunRefused, prepare_part
from population.slices import file_of


def run_on_spark(setup: PartSetup, parts: Sequence[int], workers: int) -> Iterator[tuple[int, int]]:
    """Decide the parts on Spark and yield each with the number of its patients.

    The master is Spark's own setting (`spark-submit --master`, `SPARK_MASTER`); without one,
    `local[workers]`. The folders of slice and decisions must be reachable under the same path on
    every executor.
    Raises: RunRefused where pyspark or Java is missing.
    """
    if not parts:
        return
    session = _open_session(workers)
    try:
        frame = session.createDataFrame([(part,) for part in parts], "part int")
        decided = frame.repartition(len(parts)).mapInArrow(_Decide(setup), "part int, patients int")
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
    for row in running.result():
        if row["part"] in waiting:
            yield row["part"], row["patients"]


LOOK_SECONDS = 1.0
"""How often it is looked for parts that were written."""


JAVA_MEMORY = "512m"
"""What Java may keep where everything is on one machine; it holds numbers of parts, no records."""


def _open_session(workers: int) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise RunRefused(
            "The engine spark needs pyspark and pandas: pip install 'b12-cds[spark]'."
        ) from None
    builder = SparkSession.builder.appName("b12-cds population")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    try:
        from pyspark import SparkConf

        if not SparkConf().contains("spark.master"):
            builder = builder.master(f"local[{workers}]").config("spark.driver.memory", JAVA_MEMORY)
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            for name in ("spark.driver.host", "spark.driver.bindAddress"):
                builder = builder.config(name, "127.0.0.1")
        session = builder.getOrCreate()
    except Exception as error:  # noqa: BLE001 - what fails in Java has no one type
        raise RunRefused(f"Spark does not start: {type(error).__name__}; is Java there?") from None
    session.sparkContext.setLogLevel("ERROR")
    return session


@dataclasses.dataclass(frozen=True)
class _Decide:
    """Decides the parts that an executor is given; it is sent there whole."""

    setup: PartSetup

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa

        work = None
        for batch in batches:
            for part in batch.column(0).to_pylist():
                work = work or prepare_part(self.setup)
                patients = work(part)
                yield pa.RecordBatch.from_pydict(
                    {
                        "part": pa.array([part], pa.int32()),
                        "patients": pa.array([patients], pa.int32()),
                    }
                )
