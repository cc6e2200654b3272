import numpy as np
import pytest

from sv_bridge.verification import delimited
from sv_bridge.verification.score_files import read_scores, write_scores
from sv_bridge.verification.trials import Trials, read_trials

TRIALS = Trials.from_pairs([(True, "a", "b"), (False, "a", "c"), (False, "b", "c")])
SCORES = np.array([1.0, 0.0, -0.1])


@pytest.fixture
def file(tmp_path):
    """A function that writes a file of this text."""

    def write(text, encoding="utf-8"):
        path = tmp_path / "scores.txt"
        path.write_bytes(text.encode(encoding))
        return path

    return write


LAYOUTS = {
    "label score": "1 1.0\n0 0.0\n0 -0.1\n",
    "score label": "1.0 1\n0.0 0\n-0.1 0\n",
    "this project's": "1 a b 1.0\n0 a c 0.0\n0 b c -0.1\n",
    "WeSpeaker's": "a b 1.0 target\na c 0 nontarget\n\nb c -1e-1 nontarget\n",
    "SpeechBrain's": "a b 1 1.0\na c 0 0.0\nb c 0 -0.1\n",
    "with words": "a b target 1.0\na c nontarget 0\n\nb c nontarget -1e-1\n",
    "CSV": "label,score\n1,1.0\n0,0.0\n0,-0.1\n",
    "tabs": "enrol\ttest\tscore\tlabel\na\tb\t1.0\t1\na\tc\t0.0\t0\nb\tc\t-0.1\t0\n",
    "numbers for names": "1 10001 10002 1.0\n0 10001 10003 0.0\n0 10002 10003 -0.1\n",
    "models 0 and 1": "0 u0 1.0 target\n1 u1 0.0 nontarget\n0 u2 -0.1 nontarget\n",
    "a last column that is no score": "label,enrol,test,score,seconds\n1,a,b,1.0,7\n0,a,c,0.0,9\n0,b,c,-0.1,8.5\n",
    "a score among other numbers": "snr,LLR,target_type\n3,1.0,target\n9,0,nontarget\n4,-0.1,nontarget\n",
    "NIST's": "modelid\tsegmentid\tside\tLLR\ttargettype\n"
    "1001\ts1\ta\t1.0\ttarget\n1001\ts2\ta\t0\tnontarget\n1002\ts1\tb\t-.1\tnontarget\n",
    "decimal commas between blanks": "1 1,0\n0 0,0\n0 -0,1\n",
    "decimal commas between semicolons": "label;score\n1;1,0\n0;0,0\n0;-0,1\n",
    "spaces after commas": "1, 1.0\n0, 0.0\n0, -0.1\n",
    "many blanks and Windows' line ends": "\ufeff1   a\tb  1.0 \r\n 0 a  c 0.0\r\n0 b c -0.1\r\n",
    "quotes": 'enrol,test,score,label\n"a, one",b,1.0,1\na,c,0.0,0\nb,c,-0.1,0\n',
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_every_common_layout_is_read(file, text):
    read = read_scores(file(text))
    np.testing.assert_array_equal(read.scores, SCORES)
    assert read.labels.tolist() == [True, False, False]
    assert not read.oddities


@pytest.mark.parametrize(
    "text",
    [
        "b c -0.1\na b 1.0\na c 0\n",
        "-0.1 b c\n1.0 a b\n0 a c\n",
        "wav/b.wav,wav/c.wav,-0.1\nwav/a.wav,wav/b.wav,1.0\nwav/a.wav,wav/c.wav,0\n",
        "score,test,enrol\n-0.1,c,b\n1.0,b,a\n0,c,a\n",
    ],
)
def test_scores_without_labels_take_those_of_the_list(file, text):
    read = read_scores(file(text), TRIALS)
    np.testing.assert_array_equal(read.scores, SCORES)
    assert read.labels.tolist() == [True, False, False]


def test_names_that_are_numbers_are_told_by_the_list(file):
    trials = Trials.from_pairs([(True, "1", "2"), (False, "1", "3")])
    assert read_scores(file("7 1 2\n5 1 3\n"), trials).scores.tolist() == [7, 5]
    assert read_scores(file("1 2 7\n1 3 5\n"), trials).scores.tolist() == [7, 5]


def test_what_is_written_is_read_back_to_the_last_bit(tmp_path):
    scores = np.array([0.1 + 0.2, 1 / 3, -1e-17])
    write_scores(tmp_path / "scores.txt", TRIALS, scores)
    read = read_scores(tmp_path / "scores.txt")
    np.testing.assert_array_equal(read.scores, scores)
    assert read.labels.tolist() == TRIALS.labels.tolist()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no trials or scores"),
        ("1 0.5\n0\n", "wanted 2 columns throughout, as in '1 0.5', got '0'"),
        ("0.3 0.5\n", "no column of labels"),
        ("1 a b\n0 a c\n", "no column of scores"),
        ("1 1\n0 0\n", "can be read as `label score` or as `score label`"),
        ("1,0,53\n0,0,12\n", "decimal comma or as two columns"),
        ("u,v,1,0,53\nu,w,0,0,12\n", "decimal comma or as two columns"),
        ("label,first,second\n1,0.3,0.4\n0,0.1,0.2\n", "no column is called `score`, they are label, first, second"),
        ("p,q,r\n1,0.3,2\n0,0.1,3\n", "none of the columns p, q, r is called score or label"),
        ("score,cosine,label\n0.3,0.4,1\n", "names two columns of scores, 'score' and 'cosine'"),
        ("1 a b 0.5 7\n0 a c 0.4 9\n", "is none of"),
    ],
)
def test_files_that_say_too_little_or_too_much_are_refused(file, text, message):
    with pytest.raises(ValueError, match=message):
        read_scores(file(text))


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "scores.npy").write_bytes(b"\x93NUMPY\x01\x00v\xff\xfe")
    with pytest.raises(ValueError, match="not text in UTF-8"):
        read_scores(tmp_path / "scores.npy")


def test_what_is_odd_about_trials_is_reported(file):
    read = read_scores(file("1 a b 0.5\n1 b a 0.6\n0 a c 0.1\n1 c c 1.0\n0 a b 0.5\n"))
    assert len(read.scores) == 5
    alone, repeated, contradicting = read.oddities
    assert alone == "1 trials compare an utterance with itself, 'c' for one"
    assert repeated.startswith("2 trials repeat a pair that is listed already, 'a' and 'b' for one")
    assert contradicting == "1 pairs are listed as target and as nontarget, 'a' and 'b' for one"


def test_two_scores_for_one_pair_are_refused(file):
    with pytest.raises(ValueError, match=r"1 pairs with two scores, a b with 1.0 and 2.0"):
        read_scores(file("a b 1.0\na c 0\nb c 0\na b 2.0\n"), TRIALS)
    assert read_scores(file("a b 1.0\na c 0\nb c -0.1\na b 1.0\n"), TRIALS).scores.tolist() == SCORES.tolist()


def test_what_decides_may_come_late_in_the_file(file, monkeypatch):
    monkeypatch.setattr(delimited, "SAMPLE", 64)
    monkeypatch.setattr(delimited, "BLOCK", 64)
    early = "".join(f"0 u{i} 1\n1 u{i} 0\n" for i in range(50))
    read = read_trials(file(early + "2 u0 1\n"))
    assert len(read) == 101
    assert read.labels.sum() == 51
    assert (read.ids[read.enrol[0]], read.ids[read.test[0]]) == ("0", "u0")
    with pytest.raises(ValueError, match="can be read as `label enrol test` or as `enrol test label`"):
        read_trials(file("".join(f"0 {i} 1\n1 {i} 0\n" for i in range(50))))


def test_a_trial_list_is_no_file_of_its_scores(file):
    with pytest.raises(ValueError, match=r"has labels .* where scores are wanted.*first line `score enrol test`"):
        read_scores(file("1 a b\n0 a c\n0 b c\n"), TRIALS)
    decisions = read_scores(file("score enrol test\n1 a b\n0 a c\n0 b c\n"), TRIALS)  # the cure
    assert decisions.scores.tolist() == [1, 0, 0]


def test_missing_trials_are_counted(file):
    with pytest.raises(ValueError, match="lacks 1 of the list's 3 trials, first a c"):
        read_scores(file("a b 1.0\nb c 0.5\n"), TRIALS)
    with pytest.raises(ValueError, match=r"scores\.txt: 1 of the 3 utterances of the trials are unknown: 'c'"):
        read_scores(file("a b 1.0\n"), TRIALS)
