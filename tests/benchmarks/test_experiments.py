"""The study of margins: what is run, how pairs are told apart, and that the page says what the records say."""

import json
import math

import numpy as np
import pytest
import scipy.stats

from benchmarks import experiments as study
from benchmarks import experiments_report
from benchmarks.experiments import EDGES, equal_margin, experiments, judged
from benchmarks.experiments_report import write_report
from benchmarks.experiments_statistics import difference, in_order, paired, statistics_of
from benchmarks.two_collections import CONDITIONS, KINDS, REST, SOURCE, SPLITS, lists
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.embeddings import Embeddings
from sv_bridge.presets import load_config
from sv_bridge.verification.error_rates import equal_error_rate

SCALE = 30.0
EQUAL = math.log(2) / SCALE
STILL = {"silhouette": 0.3, "uniformity": -1.0, "alignment": 0.5, "effective_rank": 9.0}
"""Measures that nothing changes."""
TRAINING = {
    "config": {"training": {"epochs": 2, "batch_size": 64}, "method": {"scale": SCALE, "positives": None}},
    "processor_seconds": 60.0, "wall_seconds": 90.0,
    "epochs": [{"epoch": e, "step": 5 * e, "loss": 4.0 - e, "effective_rank": 9.0} for e in (1, 2)],
}  # fmt: skip
LARGER = {**TRAINING, "config": {**TRAINING["config"], "training": {"epochs": 4, "batch_size": 127}}}
RATES = {("margin", 0): 20.0, ("margin", EQUAL): 18.0, ("margin", 0.4): 25.0, ("doubled", 0): 18.0}
"""By role and margin, as recorded; crossed, the margin changes nothing."""


def record(system, role="", margin=0.0, seed=None, rate=30.0):
    def numbers(condition):
        eer = rate if condition == "recorded" or not role else 20.0 + 0.1 * (seed or 0)
        within = 0.5 + margin + 0.001 * (seed or 0)
        return {
            **{s: {k: {"eer": eer, "min_dcf_01": 0.9, "min_dcf_05": 0.8} for k in KINDS} for s in SPLITS},
            "compactness": {"within": within, "between": 0.1 + 2 * margin, **STILL},
            "histogram": {"within": [0] * 79 + [9], "between": [9] + [0] * 79},
        }

    sizes = {split: {"speakers": 5, "utterances": 1000, "minutes": 30.0} for split in ("train", *SPLITS)}
    collection = {"hard": "gender", "splits": sizes, **{condition: numbers(condition) for condition in CONDITIONS}}
    return {
        "name": f"{system} {seed}", "system": system, "method": "SimCLR" if role else "", "role": role,
        "margin": margin, "seed": seed, "training": (LARGER if role == "doubled" else TRAINING) if role else {},
        "collections": {SOURCE: collection, REST: collection},
    }  # fmt: skip


def scores(name):
    """Of targets and non-targets that lie apart, and replicates around the rate that a system has."""
    rng = np.random.default_rng(0)
    shift = float(name.split("@")[1].split()[0]) if "@" in name else 30.0
    found = {}
    for collection in (SOURCE, REST):
        for condition in CONDITIONS:
            for kind in KINDS:
                for split in SPLITS:
                    key = f"{collection} {condition} {split} {kind}"
                    found[f"{key} targets"], found[f"{key} nontargets"] = rng.normal(1, 1, 80), rng.normal(-1, 1, 90)
                rate = shift if condition == "recorded" else 20.0
                found[f"{collection} {condition} test {kind} replicates"] = rate + 0.1 * rng.normal(size=100)
    return found


@pytest.fixture
def records():
    """As recorded, ln 2 / s and twice the negatives lower the error rate alike, and margin 0.4 raises it."""
    made = [record("mean log-mel, whitened"), record("untrained", seed=0), record("untrained", seed=1)]
    for (role, margin), rate in RATES.items():
        made += [record(f"SimCLR, {role} {margin:.3g} @{rate}", role, margin, s, rate + s / 10) for s in range(3)]
    return in_order(made)


@pytest.fixture
def page(records, tmp_path):
    path = tmp_path / "experiments.md"
    path.with_suffix("").mkdir()
    write_report(records, json.loads(json.dumps(statistics_of(records, scores))), path)
    return path


def test_the_page_says_what_the_numbers_say(page):
    text = page.read_text(encoding="utf-8")
    assert "**SimCLR**, with the margin 0.0231 that the development speakers choose" in text
    recorded = "; ".join(f"{collection} as recorded (any and hard)" for collection in (SOURCE, REST))
    assert f"- against mean log-mel, whitened: clearly lower on {recorded}; not clearly different on" in text
    assert f"is clearly lower on {recorded}, clearly higher on none, and not clearly different on 4 of 8" in text
    assert "| 0.4 | **+5.0 (+5.0 … +5.0; " in text
    assert "clearly different on 0 of 8 lists (none); from margin 0 both move the same way on 4 of 8" in text
    assert "batch of 127 instead of 64, for 10 steps as well (10)" in text
    assert "how tight speakers are: within **better** everywhere" in text
    assert "how far apart they are: between **worse** everywhere; uniformity **unclear** everywhere" in text
    assert {path.stem for path in page.with_suffix("").iterdir()} == {"simclr-margins", "histograms", "learning"}
    assert "MoCo" not in text
    assert "nan" not in text


def test_the_shipped_page_is_what_its_records_say(tmp_path, monkeypatch):
    for draw in ("draw_margins", "draw_histograms", "draw_learning"):
        monkeypatch.setattr(experiments_report, draw, lambda *_: None)
    shipped, path = study.PAGE, tmp_path / study.PAGE.name
    records = [json.loads(each.read_text(encoding="utf-8")) for each in shipped.with_suffix("").glob("*.json")]
    write_report(in_order(records), json.loads(shipped.with_suffix(".json").read_text(encoding="utf-8")), path)
    assert shipped.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_a_single_seed_makes_nothing_clear(records, tmp_path):
    path = tmp_path / "one.md"
    path.with_suffix("").mkdir()
    first = [each for each in records if each["seed"] in (None, 0)]
    write_report(first, statistics_of(first, scores), path)
    text = path.read_text(encoding="utf-8")
    assert "clearly lower on none, clearly higher on none, and not clearly different on 8 of 8" in text
    assert "within **unclear** everywhere" in text


def test_differences_have_the_interval_of_the_paired_t_test():
    before, after = [1.0, 1.2, 1.1, 0.7], [1.3, 1.9, 1.4, 1.2]
    expected = scipy.stats.ttest_rel(after, before).confidence_interval(0.95)
    found = difference(before, after)
    assert (found.lower, found.upper) == pytest.approx((expected.low, expected.high))
    assert found.side == 1
    assert difference(after, before).side == -1
    assert difference([1.0, 2.0], [2.0, 1.0]).side == 0
    assert math.isnan(difference([1.0], [2.0]).lower)
    assert difference([1.0], [2.0]).side == 0


def test_pairs_are_of_the_same_seed():
    def of(*seeds):
        return [{"seed": seed} for seed in seeds]

    assert paired(of(2, 0, 1), of(1, 2, 3)) == (of(1, 2), of(1, 2))
    assert paired(of(None), of(0, 1)) == (of(None, None), of(0, 1))


def test_fusion_of_a_system_that_helps_lowers_the_error_rate(records):
    def independent(name):
        rng = np.random.default_rng(len(name))
        return {
            key: each + rng.normal(0, 0.0 if "replicates" in key else 1.0, len(each))
            for key, each in scores(name).items()
        }

    found = statistics_of(records, independent)["fusion"]
    rows = found["rows"]
    own = rows[found["system"]]
    for collection in (SOURCE, REST):
        for condition in CONDITIONS:
            assert len(own[collection][condition]["any"]) == 3
            assert np.mean(rows["both fused"][collection][condition]["any"]) < np.mean(
                own[collection][condition]["any"]
            )
            assert own[collection][condition]["min_cllr"] <= own[collection][condition]["cllr"]


def test_judging_keeps_the_scores_it_counts():
    people = np.repeat([f"p{i}" for i in range(6)], 5).tolist()
    utterances = [
        Utterance(
            f"{split}{i}", f"{split}{i}.wav", f"{split}{who}", duration_s=2.0, source="s", language="en", split=split
        )
        for split in SPLITS
        for i, who in enumerate(people)
    ]
    part = Corpus("here", tuple(utterances))
    rng = np.random.default_rng(0)
    vectors = np.concatenate([np.repeat(rng.normal(size=(6, 8)), 5, axis=0) for _ in SPLITS])
    vectors = (vectors + 0.8 * rng.normal(size=vectors.shape)).astype(np.float32)
    table = Embeddings(np.array([u.id for u in part]), vectors, np.array([u.speaker for u in part]))
    numbers, found = judged(table, part, lists(part, "same-source-and-language"))
    for split in SPLITS:
        for kind in KINDS:
            rate = 100 * equal_error_rate(found[f"{split} {kind} targets"], found[f"{split} {kind} nontargets"])
            assert numbers[split][kind]["eer"] == pytest.approx(rate, rel=1e-4)
            assert rate > 0
    drawn = found["test any replicates"]
    assert len(drawn) == 1000
    assert drawn.min() < numbers["test"]["any"]["eer"] < drawn.max()
    assert sum(numbers["histogram"]["within"]) == 6 * 10
    assert len(numbers["histogram"]["between"]) == len(EDGES) - 1
    assert 0 < numbers["compactness"]["silhouette"] < 1


def test_every_recipe_is_valid_and_what_its_name_says():
    made = list(experiments())
    assert len({each.name for each in made}) == len(made)
    for each in (e for e in made if e.preset):
        config, plain = load_config(each.preset, each.settings), load_config(each.preset)
        method = config.method.model_dump()
        assert config.method.name == each.method.lower()
        assert config.seed == each.seed
        assert method["margin"] == each.margin
        assert (method["positives"] is not None) == (each.role == "positives")
        negatives = [
            c.method.queue_size if each.method == "MoCo" else c.training.batch_size - 1 for c in (config, plain)
        ]
        assert negatives[0] == (2 if each.role == "doubled" else 1) * negatives[1]
        warm_up = config.training.schedule.warmup_epochs / config.training.epochs
        assert warm_up == plain.training.schedule.warmup_epochs / study.EPOCHS
    for method, preset in study.PRESETS.items():
        for seed in study.SEEDS:
            own = [e for e in made if (e.method, e.seed) == (method, seed)]
            assert {e.margin for e in own if e.role == "margin"} == {*study.MARGINS, equal_margin(preset)}
            assert sum(e.role == "doubled" for e in own) == 1
    assert math.exp(load_config("tiny-snt").method.scale * equal_margin("tiny-snt")) == pytest.approx(2)


def test_the_first_seed_comes_first():
    seeds = [each.seed for each in experiments() if each.seed is not None]
    assert seeds == sorted(seeds)


def test_no_records_stop_with_the_cure(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["experiments", "--page", str(tmp_path / "experiments.md")])
    with pytest.raises(SystemExit, match="run with --corpus DIR first"):
        study.main()
