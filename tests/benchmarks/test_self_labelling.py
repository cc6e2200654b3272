"""The page of self-labelling says what its records say."""

from benchmarks.self_labelling import CONTRASTIVE, LABELLED, page


def record_of(system, seed, rate):
    both = {"any": rate, "hard": rate + 1}
    found = {"chosen": 38, "true": 40, "ami": 0.9, "ami_of_true_number": 0.91}
    return {
        "collection": "voices",
        "system": system,
        "seed": seed,
        "hard": "same-gender-and-age_group",
        "people": {"train": 130, "dev": 20, "test": 40},
        "rates": {condition: {"dev": both, "test": both} for condition in ("recorded", "crossed")},
        "speakers_found": {"dev": found, "test": found},
    }


def test_rates_are_means_and_deviations_over_seeds():
    text = page([record_of(CONTRASTIVE, 0, 10.0), record_of(CONTRASTIVE, 1, 12.0), record_of(LABELLED, 0, 8.0)])
    assert f"| {CONTRASTIVE} | 2 | 11.0 ± 1.4 / 12.0 ± 1.4 |" in text
    assert f"| {LABELLED} | 1 | 8.0 / 9.0 |" in text
    assert "38 ± 0 of 40 | 0.900 ± 0.000, 0.910 ± 0.000" in text
    assert "130 people to train on" in text
