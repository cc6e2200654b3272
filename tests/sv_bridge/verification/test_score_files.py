import numpy as np
import pytest

from sv_bridge.data.trials import Trials
from sv_bridge.verification.score_files import read_scores, write_scores

TRIALS = Trials.from_pairs([(True, "a", "b"), (False, "a", "c"), (False, "b", "c")])
SCORES = np.array([1.0, 0.0, -0.1])


@pytest.mark.parametrize(
    "text",
    [
        "1 1.0\n0 0.0\n0 -0.1\n",
        "1.0 1\n0.0 0\n-0.1 0\n",
        "1 a b 1.0\n0 a c 0.0\n0 b c -0.1\n",
        "a b target 1.0\na c nontarget 0\n\nb c nontarget -1e-1\n",
        "label,score\n1,1.0\n0,0.0\n0,-0.1\n",
        "enrol\ttest\tscore\tlabel\na\tb\t1.0\t1\na\tc\t0.0\t0\nb\tc\t-0.1\t0\n",
        "1 10001 10002 1.0\n0 10001 10003 0.0\n0 10002 10003 -0.1\n",
    ],
)
def test_every_common_layout_is_read(tmp_path, text):
    (tmp_path / "scores.txt").write_text(text)
    scores, labels = read_scores(tmp_path / "scores.txt")
    np.testing.assert_array_equal(scores, SCORES)
    assert labels.tolist() == [True, False, False]


def test_scores_without_labels_take_those_of_the_list(tmp_path):
    (tmp_path / "scores.txt").write_text("b c -0.1\na b 1.0\na c 0\n")
    scores, labels = read_scores(tmp_path / "scores.txt", TRIALS)
    np.testing.assert_array_equal(scores, SCORES)
    assert labels.tolist() == [True, False, False]


def test_what_is_written_is_read_back_to_the_last_bit(tmp_path):
    scores = np.array([0.1 + 0.2, 1 / 3, -1e-17])
    write_scores(tmp_path / "scores.txt", TRIALS, scores)
    got, labels = read_scores(tmp_path / "scores.txt")
    np.testing.assert_array_equal(got, scores)
    assert labels.tolist() == TRIALS.labels.tolist()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no scores"),
        ("1 0.5\n0\n", "wanted 2 columns throughout, got '0'"),
        ("0.3 0.5\n", "no column of labels"),
        ("1 a b\n0 a c\n", "no column of scores"),
    ],
)
def test_unusable_files_are_named(tmp_path, text, message):
    (tmp_path / "scores.txt").write_text(text)
    with pytest.raises(ValueError, match=message):
        read_scores(tmp_path / "scores.txt")


def test_missing_trials_are_counted(tmp_path):
    (tmp_path / "scores.txt").write_text("a b 1.0\n")
    with pytest.raises(ValueError, match="lacks 2 of the list's 3 trials, first a c"):
        read_scores(tmp_path / "scores.txt", TRIALS)
