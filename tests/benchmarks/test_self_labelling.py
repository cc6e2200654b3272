"""The page of self-labelling says what its record says, and the record what the embeddings do."""

import json
from functools import partial

import numpy as np
import pytest

from benchmarks import self_labelling
from benchmarks.self_labelling import FOUND, LONGER, NAMED, START, judged, page
from benchmarks.two_collections import CONDITIONS, KINDS, SPLITS
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.confidence import speaker_replicates
from sv_bridge.verification.trials import generate_trials

PEOPLE = 12


@pytest.fixture
def heard(monkeypatch):
    """Embeddings by run: people's places with noise, less after the speakers were known."""
    speakers = np.repeat([f"p{i:02}" for i in range(PEOPLE)], 6).tolist()
    utterances = tuple(
        Utterance(f"{split}-{i}", f"{split}-{i}.wav", speaker, duration_s=2.0, sample_rate_hz=16_000, split=split)
        for split in SPLITS
        for i, speaker in enumerate(speakers)
    )
    noise = {START: 1.2, LONGER: 1.2, FOUND: 0.6, NAMED: 0.6}

    def made(run, part, options):
        rng = np.random.default_rng(int(run[-1]))
        places = np.repeat(rng.normal(size=(PEOPLE, 8)), 6, axis=0)
        vectors = (places + noise[run[:-1]] * rng.normal(size=places.shape)).astype(np.float32)
        return Embeddings(np.array([u.id for u in part]), vectors, np.array([u.speaker for u in part]))

    monkeypatch.setattr(self_labelling, "embeddings_of", made)
    monkeypatch.setattr(self_labelling, "speaker_replicates", partial(speaker_replicates, replicates=40))
    return Corpus("here", utterances)


def test_differences_are_paired_means_over_seeds(heard):
    trials = {(split, kind): generate_trials(heard.split(split)) for split in SPLITS for kind in KINDS}
    chains = [{system: f"{system}{seed}" for system in (START, LONGER, FOUND, NAMED)} for seed in range(3)]
    found = judged(heard, trials, chains)
    for condition in CONDITIONS:
        for kind in KINDS:
            mine, theirs = (np.mean(found["rates"][system][condition]["test"][kind]) for system in (FOUND, START))
            difference = found["differences"][START][condition][kind]
            assert difference["difference"] == pytest.approx(mine - theirs, abs=0.006)
            assert difference["interval"][0] < mine - theirs < difference["interval"][1] < 0
            # the very same embeddings: a pair is nowhere apart, whoever is drawn
            assert found["differences"][NAMED][condition][kind] == {"difference": 0.0, "interval": [0.0, 0.0]}


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
                    "rates": dict.fromkeys((START, LONGER, FOUND, NAMED), rates),
                    "differences": dict.fromkeys((START, LONGER, NAMED), apart),
                }
            },
            "speakers": [{"both": row}, {"both": row}],
        }
    )
    assert "| `small-snt` | 11.0 ± 1.4 / 11.0 ± 1.4 |" in text
    assert "| the same again | -1.5 (-2.0 … +0.5) |" in text
    assert "| both | 1 | 40 | 38 | 0.720 | 0.900 | 75% | 0.900 |" in text
    assert "not clearly different: as recorded, any and as recorded, hard and crossed, any and crossed, hard." in text
    assert "130 people to train on, 20 to develop on, 40 to report" in text


def test_the_page_is_what_its_record_says():
    record = self_labelling.PAGE.with_suffix(".json")
    assert self_labelling.PAGE.read_text(encoding="utf-8") == page(json.loads(record.read_text(encoding="utf-8")))
