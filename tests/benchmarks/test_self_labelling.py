"""The page of self-labelling says what its record says, and the record what the embeddings do."""

import json
from functools import partial

import numpy as np
import pytest

from benchmarks import self_labelling
from benchmarks.self_labelling import FOUND, NAMED, START, embedded, judged, page
from benchmarks.two_collections import CONDITIONS, KINDS, SPLITS, WHITENED
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.confidence import speaker_replicates
from sv_bridge.verification.transforms import whiten
from sv_bridge.verification.trials import generate_trials

PEOPLE = 12
NOISE = {START: 1.2, FOUND: 0.6, NAMED: 0.6}


@pytest.fixture
def heard():
    """Utterances of some people in each split."""
    return Corpus(
        "here",
        tuple(
            Utterance(f"{split}-{i}", f"{split}-{i}.wav", f"{split}-{i // 6:02}", duration_s=2.0, split=split)
            for split in ("train", *SPLITS)
            for i in range(6 * PEOPLE)
        ),
    )


def made(noise, seed, part):
    """People's places, and noise around them."""
    rng = np.random.default_rng(seed)
    places = np.repeat(rng.normal(size=(PEOPLE, 8)), 6, axis=0)
    vectors = np.tile(places, (len(part) // len(places), 1)) + noise * rng.normal(size=(len(part), 8))
    ids, speakers = np.array([u.id for u in part]), np.array([u.speaker for u in part])
    return Embeddings(ids, vectors.astype(np.float32), speakers)


def test_differences_are_paired_means_over_seeds(heard, monkeypatch):
    monkeypatch.setattr(self_labelling, "speaker_replicates", partial(speaker_replicates, replicates=40))
    trials = {(split, kind): generate_trials(heard.split(split)) for split in SPLITS for kind in KINDS}
    judging = heard.where(lambda u: u.split != "train")
    embeddings = {
        (system, condition): [made(noise, seed, judging) for seed in range(3)]
        for system, noise in NOISE.items()
        for condition in CONDITIONS
    }
    found = judged(embeddings, trials)
    assert FOUND not in found["differences"]
    for condition in CONDITIONS:
        for kind in KINDS:
            mine, theirs = (np.mean(found["rates"][system][condition]["test"][kind]) for system in (FOUND, START))
            difference = found["differences"][START][condition][kind]
            assert difference["difference"] == pytest.approx(mine - theirs, abs=0.006)
            assert difference["interval"][0] < mine - theirs < difference["interval"][1] < 0
            # the very same embeddings: a pair is nowhere apart, whoever is drawn
            assert found["differences"][NAMED][condition][kind] == {"difference": 0.0, "interval": [0.0, 0.0]}


def test_what_never_trained_is_embedded_once(heard, monkeypatch, tmp_path):
    asked = []

    def once(system, part, options):
        asked.append((system, len(part)))
        return made(1.0, 0, part)

    monkeypatch.setattr(self_labelling, "embeddings_of", once)
    first, again = (
        embedded(heard, [], {WHITENED: "log-mel", "peer": "module:peer"}, CONDITIONS["recorded"], tmp_path)
        for _ in range(2)
    )
    assert asked == [("log-mel", 144), ("log-mel", 72), ("module:peer", 144)]
    judging, training = heard.where(lambda u: u.split != "train"), heard.split("train")
    (white,), (peer,) = first[WHITENED], first["peer"]
    np.testing.assert_array_equal(white.vectors, whiten(made(1.0, 0, judging), made(1.0, 0, training)).vectors)
    np.testing.assert_array_equal(peer.vectors, made(1.0, 0, judging).vectors)
    np.testing.assert_array_equal(again["peer"][0].vectors, peer.vectors)


def test_the_page_shows_means_deviations_and_intervals():
    rates = {condition: {split: {kind: [10.0, 12.0] for kind in KINDS} for split in SPLITS} for condition in CONDITIONS}
    lower = {"difference": -1.5, "interval": [-2.0, 0.5]}
    apart = {condition: dict.fromkeys(KINDS, lower) for condition in CONDITIONS}
    row = {"true": 40, "chosen": 38, "ami": 0.72, "ami_of_true": 0.7, "best_ami": 0.8, "kept": 0.75, "ami_of_kept": 0.9}
    text = page(
        {
            "collections": {
                "voices": {
                    "hard": "gender",
                    "people": {"train": 130, "dev": 20, "test": 40},
                    "rates": {START: rates, FOUND: rates, "peer": rates},
                    "differences": {START: apart, "peer": apart},
                }
            },
            "speakers": [{"both": row}, {"both": row}],
        }
    )
    assert "| `small-snt` | 11.0 ± 1.4 / 11.0 ± 1.4 |" in text
    assert "| `small-snt` | -1.5 (-2.0 … +0.5) |" in text
    assert "| peer | -1.5 (-2.0 … +0.5) |" in text
    assert "| both | 1 | 40 | 38 | 0.720 | 0.900 | 75% | 0.900 |" in text
    everywhere = "as recorded, any and as recorded, hard and crossed, any and crossed, hard"
    assert f"- against peer, not clearly different: {everywhere}." in text
    assert "130 people to train on, 20 to develop on, 40 to report" in text


def test_the_page_is_what_its_record_says():
    record = self_labelling.PAGE.with_suffix(".json")
    assert self_labelling.PAGE.read_text(encoding="utf-8") == page(json.loads(record.read_text(encoding="utf-8")))
