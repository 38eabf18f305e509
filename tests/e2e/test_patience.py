"""The viewer of patience.py, who watches while all the other tests run."""

import pytest

from tests.e2e.films import MEGABYTE
from tests.e2e.patience import PATIENCE, PatientViewer


@pytest.mark.stage(-1)
def test_patient_viewer_begins(patient_viewer: PatientViewer) -> None:
    assert patient_viewer.error is None


@pytest.mark.stage(1)
def test_patient_viewer_is_never_cut(patient_viewer: PatientViewer) -> None:
    patient_viewer.finish()
    assert patient_viewer.seconds > PATIENCE
    assert patient_viewer.read_slowly < 40 * MEGABYTE, "there was still film to send after a minute"
