"""The report on a run: one page, the same as CSV and Parquet, and the codes to complete."""

from population.report.writing import ReportRefused, write_cases, write_report

__all__ = ["ReportRefused", "write_cases", "write_report"]
