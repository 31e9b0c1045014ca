"""docs/warehouse.md says what the database says."""

from tests.warehouse.document import DOCUMENT, reference, with_reference


def test_document_is_up_to_date(cursor):
    written = DOCUMENT.read_text()
    assert with_reference(written, reference(cursor)) == written, "run `make docs`"
