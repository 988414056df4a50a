"""What records say in words is read as what was written, or not at all."""

from tests.fhir_mappings.written_orders import misread


def test_no_text_is_read_as_something_else_than_was_written() -> None:
    wrong, read = misread(1500, seed=7)

    assert wrong == []
    assert read > 1500
