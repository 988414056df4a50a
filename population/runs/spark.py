"""The same run on Apache Spark: Spark shares out the parts, and Python decides them, so that there
is one place of the rules and the same bytes come out.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from population.runs.running import PartSetup, RunRefused, prepare_part


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
        for row in decided.toLocalIterator():
            yield row["part"], row["patients"]
    finally:
        session.stop()


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
            builder = builder.master(f"local[{workers}]")
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
