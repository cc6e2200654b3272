from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.verification.names import find_names
from sv_bridge.verification.trials import Trials, check_trials, generate_trials, read_trials, write_trials


def corpus_of(rows):
    """Corpus of (speaker, source, language, session) rows, with ids 0, 1, …"""
    return Corpus(
        Path(),
        tuple(Utterance(str(i), f"{i}.wav", *row, duration_s=1.0) for i, row in enumerate(rows)),
    )


def people(count, utterances, source="studio", language="en", first=0):
    return [(f"p{first + p}", source, language, f"s{u % 3}") for p in range(count) for u in range(utterances)]


def pairs(trials):
    return [(trials.ids[i], trials.ids[j]) for i, j in zip(trials.enrol, trials.test, strict=True)]


def test_voxceleb_lists_are_read(tmp_path):
    path = tmp_path / "veri_test2.txt"
    path.write_text(
        "1 id10270/5r0dWxy17C8/00001.wav id10270/x6uYqmx31kE/00002.wav\n"
        "0 id10270/5r0dWxy17C8/00001.wav id10300/ize_eiCFEg0/00003.wav\n"
    )
    trials = read_trials(path)
    assert trials.labels.tolist() == [True, False]
    assert pairs(trials)[1] == ("id10270/5r0dWxy17C8/00001.wav", "id10300/ize_eiCFEg0/00003.wav")
    assert len(trials.ids) == 3


def test_written_trials_are_read_back(tmp_path):
    rows = [(True, "a", "b"), (False, "b", "c"), (False, "c", "a")]
    write_trials(tmp_path / "list.txt", Trials.from_pairs(rows))
    trials = read_trials(tmp_path / "list.txt")
    assert [(bool(label), *pair) for label, pair in zip(trials.labels, pairs(trials), strict=True)] == rows


def test_kaldi_order_is_understood(tmp_path):
    (tmp_path / "trials").write_text("a b target\na c nontarget\n")
    trials = read_trials(tmp_path / "trials")
    assert trials.labels.tolist() == [True, False]
    assert pairs(trials) == [("a", "b"), ("a", "c")]


@pytest.mark.parametrize("line", ["2 a b", "1 a", "1 a b c", "a b 1.0"])
def test_lines_that_are_no_trials_are_named(tmp_path, line):
    (tmp_path / "t.txt").write_text(f"1 a b\n{line}\n")
    with pytest.raises(ValueError, match=r"t\.txt:2: wanted (`label enrol test`|3 columns throughout)"):
        read_trials(tmp_path / "t.txt")


def test_an_empty_list_is_an_error(tmp_path):
    (tmp_path / "t.txt").write_text("\n")
    with pytest.raises(ValueError, match="no trials"):
        read_trials(tmp_path / "t.txt")


def test_ids_with_spaces_cannot_be_written(tmp_path):
    with pytest.raises(ValueError, match="separated by spaces, so 'b c' cannot stand in one"):
        write_trials(tmp_path / "t.txt", Trials.from_pairs([(True, "a", "b c")]))


def test_rows_follow_the_table():
    trials = Trials.from_pairs([(True, "a", "b"), (False, "c", "a")])
    enrol, test = trials.rows(["c", "b", "x", "a"])
    assert (enrol.tolist(), test.tolist()) == ([3, 0], [1, 3])
    with pytest.raises(ValueError, match=r"1 of the 3 utterances of the trials are unknown: 'c' …; names .* like 'a'"):
        trials.rows(["a", "b"])


def test_trials_that_contradict_the_corpus_are_errors():
    corpus = corpus_of(people(2, 2))
    check_trials(Trials.from_pairs([(True, "0", "1"), (False, "0", "2")]), corpus)
    with pytest.raises(
        ValueError, match=r"1 of 2 trials contradict .* 0 and 2 are listed as a target trial.*'p0' and 'p1'"
    ):
        check_trials(Trials.from_pairs([(True, "0", "1"), (True, "0", "2")]), corpus)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("pqrst"), st.sampled_from("xy"), st.sampled_from(["en", "fr"]), st.sampled_from("12")
        ),
        min_size=2,
        max_size=40,
    ),
    st.sampled_from(["any", "same-language", "same-source", "same-source-and-language"]),
    st.booleans(),
    st.integers(1, 30),
)
def test_generated_lists_are_balanced_true_and_without_repetition(rows, negatives, across_sessions, per_speaker):
    corpus = corpus_of(rows)
    try:
        trials = generate_trials(corpus, negatives=negatives, across_sessions=across_sessions, per_speaker=per_speaker)
    except ValueError as error:
        assert "no speaker" in str(error)  # noqa: PT017
        return
    check_trials(trials, corpus)
    assert len({frozenset(pair) for pair in pairs(trials)}) == len(trials)
    enrolled = Counter()
    for label, (enrol, test) in zip(trials.labels, pairs(trials), strict=True):
        a, b = corpus[int(enrol)], corpus[int(test)]
        assert a.id != b.id
        if "source" in negatives:
            assert a.source == b.source
        if "language" in negatives:
            assert a.language == b.language
        if label and across_sessions:
            assert a.session != b.session
        enrolled[a.speaker, bool(label)] += 1
    speakers = {speaker for speaker, _ in enrolled}
    assert all(enrolled[speaker, True] == enrolled[speaker, False] for speaker in speakers)


def test_speakers_get_equal_shares_and_negatives_spread_evenly():
    corpus = corpus_of(people(5, 12))
    trials = generate_trials(corpus, per_speaker=40)
    assert len(trials) == 5 * 80
    counts = Counter((corpus[int(a)].speaker, corpus[int(b)].speaker) for a, b in pairs(trials))
    assert all(count == (40 if a == b else 10) for (a, b), count in counts.items())


def test_every_pair_is_used_when_there_are_few():
    # 3 speakers of 2: one target each, and one nontarget each
    trials = generate_trials(corpus_of(people(3, 2)))
    assert (len(trials), int(trials.labels.sum())) == (6, 3)


def test_speakers_alone_in_their_stratum_get_no_trials():
    corpus = corpus_of(people(2, 4) + people(1, 4, language="fr", first=9))
    trials = generate_trials(corpus, negatives="same-language")
    assert {corpus[int(i)].speaker for i in trials.ids} == {"p0", "p1"}
    with pytest.raises(ValueError, match=r"no speaker .*same-language negatives"):
        generate_trials(corpus.where(lambda u: u.speaker != "p0"), negatives="same-language")


def test_the_seed_decides():
    corpus = corpus_of(people(4, 10))
    one, again, other = (generate_trials(corpus, seed=seed, per_speaker=20) for seed in (0, 0, 1))
    assert pairs(one) == pairs(again) != pairs(other)


def test_unknown_kinds_of_negatives_are_errors():
    with pytest.raises(ValueError, match="must be any, or same-COLUMN"):
        generate_trials(corpus_of(people(2, 2)), negatives="hard")
    with pytest.raises(ValueError, match=r"no column 'gender' that says anything; .* it has nothing"):
        generate_trials(corpus_of(people(2, 2)), negatives="same-language-and-gender")


def test_nontargets_share_any_columns_of_the_manifest():
    about = {"p0": ("f", "9"), "p1": ("f", "14"), "p2": ("f", "15"), "p3": ("m", "9"), "p4": ("m", "9")}
    rows = tuple(
        replace(utterance, other=tuple(zip(("gender", "age"), about[utterance.speaker], strict=True)))
        for utterance in corpus_of(people(5, 3))
    )
    corpus = Corpus("", rows)
    trials = generate_trials(corpus, negatives="same-gender-and-age_group")
    speaker = {utterance.id: utterance.speaker for utterance in corpus}
    met = {
        frozenset((speaker[a], speaker[b]))
        for label, (a, b) in zip(trials.labels, pairs(trials), strict=True)
        if not label
    }
    assert met == {frozenset(("p0", "p1")), frozenset(("p3", "p4"))}  # p2 is grown up and has nobody to be mistaken for


def test_long_lists_are_written_and_read(tmp_path):
    rng = np.random.default_rng(0)
    enrol, test = rng.integers(1_000, size=(2, 50_000))
    ids = tuple(f"id{i:05d}/video/00001.wav" for i in range(1_000))
    write_trials(tmp_path / "t.txt", Trials(enrol == test, enrol, test, ids))
    trials = read_trials(tmp_path / "t.txt")
    assert (trials.labels == (enrol == test)).all()
    assert trials.ids[trials.enrol[-1]] == ids[enrol[-1]]


OFFICIAL = "id10270/x6uYqmx31kE/00001.wav"


@pytest.mark.parametrize(
    ("listed", "known"),
    [
        (OFFICIAL, "id10270/x6uYqmx31kE/00001.flac"),
        (OFFICIAL, "id10270/x6uYqmx31kE/00001"),
        (OFFICIAL, "wav/id10270/x6uYqmx31kE/00001.wav"),
        ("/data/vox1/wav/id10270/x6uYqmx31kE/00001.wav", "id10270/x6uYqmx31kE/00001.m4a"),
        ("./id10270/x6uYqmx31kE/00001.wav", OFFICIAL),
        (r"id10270\x6uYqmx31kE\00001.wav", OFFICIAL),
        (r".\id10270\x6uYqmx31kE\00001.WAV", "test/id10270/x6uYqmx31kE/00001.flac"),
    ],
)
def test_lists_of_the_official_layout_fit_other_copies(listed, known):
    assert find_names([listed], ["id10270/x6uYqmx31kE/00002.wav", known, "id10271/x6uYqmx31kE/00001.wav"]) == [1]


def test_names_that_may_mean_two_are_refused_and_the_cure_works():
    known = ["dev/a/1.wav", "test/a/1.flac"]
    with pytest.raises(ValueError, match=r"'a/1.wav' fits 'dev/a/1.wav', 'test/a/1.flac'; write enough of the path"):
        find_names(["a/1.wav"], known)
    assert find_names(["test/a/1.wav", "dev/a/1.wav"], known) == [1, 0]
    assert find_names(["a/1.flac"], ["a/1.wav", "b/a/1.wav"]) == [0]  # the very same path comes first


def test_a_dot_in_a_name_is_no_format():
    with pytest.raises(ValueError, match=r"'spk\.2' …; names there look like 'spk\.1'"):
        find_names(["spk.2"], ["spk.1"])
