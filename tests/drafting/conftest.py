"""What tests of drafts share."""

import pytest

import innovsurvey as isv


@pytest.fixture
def drafted(tmp_path):
    """Draft an instrument from a file, check it and load it."""

    def make(source):
        path = tmp_path / "drafted.yaml"
        path.write_text(isv.new_instrument("drafted", source=source), encoding="utf-8")
        isv.check_instrument(path)
        return isv.load_instrument(path)

    return make
