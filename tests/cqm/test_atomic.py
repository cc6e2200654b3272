import errno

import pytest

from cqm.atomic import atomic_path


def test_a_full_disk_is_named_and_nothing_is_left(tmp_path):
    def fill(temporary):
        temporary.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    target = tmp_path / "new" / "file.txt"
    message = r"disk full while writing .*file\.txt: nothing was changed"
    with pytest.raises(OSError, match=message), atomic_path(target) as temporary:
        fill(temporary)
    assert list(target.parent.iterdir()) == []


def test_the_file_appears_at_the_end(tmp_path):
    target = tmp_path / "file.txt"
    with atomic_path(target) as temporary:
        temporary.write_text("whole")
        assert not target.exists()
        assert temporary.suffix == ".txt"
    assert target.read_text() == "whole"
