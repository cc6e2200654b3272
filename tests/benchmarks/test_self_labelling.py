"""The page of self-labelling says what its record says, and the record what the embeddings do."""

import json
from functools import partial

import numpy as np
import pytest

from benchmarks import self_labelling
from benchmarks.self_labelling import BACKENDS, FOUND, NAMED, START, TRAINED, embedded, judged, page, whitened
from benchmarks.two_collections import CONDITIONS, KINDS, SPLITS, WHITENED
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.confidence import speaker_replicates
from sv_bridge.verification.error_rates import equal_error_rate
from sv_bridge.verification.scoring import score_trials
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
    embeddings = {
        (system, condition): [made(noise, seed, heard) for seed in range(3)]
        for system, noise in NOISE.items()
        for condition in CONDITIONS
    }
    for found in judged(embeddings, heard.split("train"), trials).values():
        assert FOUND not in found["differences"]
        for condition in CONDITIONS:
            for kind in KINDS:
                mine, theirs = (np.mean(found["rates"][system][condition]["test"][kind]) for system in (FOUND, START))
                difference = found["differences"][START][condition][kind]
                assert difference["difference"] == pytest.approx(mine - theirs, abs=0.006)
                assert difference["interval"][0] < mine - theirs < difference["interval"][1] < 0
                # the very same embeddings: a pair is nowhere apart, whoever is drawn
                assert found["differences"][NAMED][condition][kind] == {"difference": 0.0, "interval": [0.0, 0.0]}


def test_scores_are_normalised_by_training_utterances(heard, monkeypatch):
    monkeypatch.setattr(self_labelling, "speaker_replicates", partial(speaker_replicates, replicates=2))
    table, listed = made(1.2, 0, heard), generate_trials(heard.split("test"))
    embeddings = {(FOUND, condition): [table] for condition in CONDITIONS}
    found = judged(embeddings, heard.split("train"), {("test", "any"): listed})
    cohort = table.where(np.char.startswith(table.ids, "train"))
    for backend, options in {"cosine": {}, "as-norm": {"cohort": cohort}}.items():
        scores = score_trials(table, listed, **options)
        expected = 100 * equal_error_rate(scores[listed.labels], scores[~listed.labels])
        assert found[backend]["rates"][FOUND]["crossed"]["test"]["any"] == [round(expected, 2)]


def test_every_system_is_embedded_once(heard, monkeypatch, tmp_path):
    asked = []

    def once(system, part, options):
        asked.append((system, len(part), options))
        return made(1.0, 0, part)

    monkeypatch.setattr(self_labelling, "embeddings_of", once)
    chains = [{system: tmp_path / f"{system}-{seed}" for system in TRAINED} for seed in range(2)]
    first, again = (embedded(heard, chains, {"peer": "module:peer"}, tmp_path) for _ in range(2))
    runs = [str(chain[system]) for system in TRAINED for chain in chains]
    assert asked == [(system, 216, options) for options in CONDITIONS.values() for system in ("module:peer", *runs)]
    assert [len(tables) for tables in first.values()] == [1, *[2] * len(TRAINED)] * 2
    np.testing.assert_array_equal(again["peer", "crossed"][0].vectors, made(1.0, 0, heard).vectors)
    assert first.keys() == again.keys()


def test_a_collections_own_training_utterances_whiten_its_baseline(heard):
    table, own = made(1.0, 0, heard), heard.where(lambda u: u.id.endswith(("1", "2", "3", "4")))
    found = whitened({(WHITENED, "recorded"): [table], (FOUND, "recorded"): [table]}, own)
    reference = table.where(np.isin(table.ids, [u.id for u in own.split("train")]))
    np.testing.assert_array_equal(found[WHITENED, "recorded"][0].vectors, whiten(table, reference).vectors)
    assert found[FOUND, "recorded"] == [table]


def test_the_page_shows_means_deviations_and_intervals():
    rates = {condition: {split: {kind: [10.0, 12.0] for kind in KINDS} for split in SPLITS} for condition in CONDITIONS}
    lower = {"difference": -1.5, "interval": [-2.0, 0.5]}
    apart = {condition: dict.fromkeys(KINDS, lower) for condition in CONDITIONS}
    row = {"true": 40, "chosen": 38, "ami": 0.72, "ami_of_true": 0.7, "best_ami": 0.8, "kept": 0.75, "ami_of_kept": 0.9}
    scores = {"rates": {START: rates, FOUND: rates, "peer": rates}, "differences": {START: apart, "peer": apart}}
    text = page(
        {
            "collections": {
                "voices": {
                    "hard": "gender",
                    "people": {"train": 130, "dev": 20, "test": 40},
                    "scores": dict.fromkeys(BACKENDS, scores),
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
    assert "On development speakers the mean error rate of found speakers is 11.0 % by normalised scores and" in text
    assert "130 people to train on, 20 to develop on, 40 to report" in text


def test_the_page_is_what_its_record_says():
    record = self_labelling.PAGE.with_suffix(".json")
    assert self_labelling.PAGE.read_text(encoding="utf-8") == page(json.loads(record.read_text(encoding="utf-8")))
