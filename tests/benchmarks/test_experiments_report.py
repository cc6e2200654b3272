import json

import pytest
import scipy.stats

from benchmarks.experiments import experiments, kept_apart
from benchmarks.experiments_report import judge, write_report
from sv_bridge.data.manifest import Corpus, Utterance
from sv_bridge.presets import load_config

RESULT = {"condition": "all trials", "targets": 9, "nontargets": 9, "threshold": 0.0, "min_dcf_05": 0.5}

TRAINING = {
    "config": {"training": {"epochs": 2, "batch_size": 64}, "data": {"augmentation": "channel"}},
    "processor_seconds": 60.0, "wall_seconds": 90.0,
    "epochs": [{"epoch": e, "step": 5 * e, "loss": 4.0 - e, "dev_eer": 0.3} for e in (1, 2)],
}  # fmt: skip


def record(name, system, framework, margin, rate, within):
    result = {**RESULT, "equal_error_rate": rate, "min_dcf_01": 5 * rate, "interval": {"lower": 0.01, "upper": 0.5}}
    conditions = ("any", "same language", "same source and language")
    return {
        "name": name, "system": system, "framework": framework, "margin": margin, "recipe": "debian-voices",
        "corpus": {s: {"speakers": 5, "utterances": 1000, "minutes": 30.0} for s in ("train", "dev", "test")},
        "training": TRAINING if framework else {},
        "dev": result, "dev_hardest": result, "histogram": {"within": [0] * 79 + [9], "between": [9] + [0] * 79},
        "test": dict.fromkeys(conditions, result),
        "test_breakdown": [result],
        "compactness": {
            "cosines": {"within": within, "between": 0.1, "d_prime": 2.0}, "uniformity": -3.0,
            "values": {"silhouette": within, "relative_margin_centroid": 0.5, "additive_margin_centroid": 1.0},
        },
    }  # fmt: skip


@pytest.fixture
def records(tmp_path):
    """Margin 0.1 lowers the error rate and tightens speakers; margin 0.4 raises the error rate; baselines."""
    folder = tmp_path / "experiments"
    folder.mkdir()
    made = [record("log-mel", "mean log-mel", "", None, 0.3, 0.2)]
    for seed in range(3):
        for margin, rate, within in ((0, 0.2, 0.5), (0.1, 0.1, 0.7), (0.4, 0.25, 0.9)):
            name = f"simclr-margin{margin}-seed{seed}"
            made.append(
                record(name, f"simclr, margin {margin}", "simclr", margin, rate + seed / 1000, within + seed / 100)
            )
    for each in made:
        (folder / f"{each['name']}.json").write_text(json.dumps(each))
    return folder


def test_crossed_trials_have_a_table_where_they_were_measured(records, tmp_path):
    write_report(records, tmp_path / "experiments.md")
    assert "crossed" not in (tmp_path / "experiments.md").read_text()
    path = records / "log-mel.json"
    made = json.loads(path.read_text())
    conditions = ("any", "same language", "same source and language")
    made["crossed"] = {"seed": 0}
    made["crossed"]["dev"] = {name: {"equal_error_rate": 0.4 + i / 100} for i, name in enumerate(conditions)}
    made["crossed"]["test"] = {name: {"equal_error_rate": 0.3 + i / 100} for i, name in enumerate(conditions)}
    path.write_text(json.dumps(made))
    write_report(records, tmp_path / "experiments.md")
    text = (tmp_path / "experiments.md").read_text()
    assert "| mean log-mel | 1 | 40 | 41 | 42 | 30 | 31 | 32 |" in text
    assert "simclr" not in text[text.index("## The same trials") : text.index("## Compactness")]  # not measured


def test_report_says_what_the_numbers_say(records, tmp_path):
    write_report(records, tmp_path / "experiments.md")
    text = (tmp_path / "experiments.md").read_text()
    assert "choose 0.1." in text
    assert "- same source and language: 10.1 ± 0.1; lower than mean log-mel (30); higher than none." in text
    assert "growing margins go with more compactness (p < 0.05) by within, silhouette; with less by none." in text
    assert "| simclr, margin 0 | 2 | 10 | 64 | 3 | 2 ± 0 | 1 ± 0 | 1.5 ± 0 |" in text
    assert "Test EER is 20.1 ± 0.1 % without margin and 10.1 ± 0.1 % with it: the margin lowered it." in text
    assert "more compact by 2 of 7 measures** (within, silhouette), **less compact by 0** (none)" in text
    assert "`debian-voices`" in text
    assert {path.stem for path in records.glob("*.png")} == {"simclr-margins", "histograms", "learning"}
    assert "moco" not in text


def test_one_seed_makes_nothing_clear(records, tmp_path):
    for path in records.glob("*-seed[12].json"):
        path.unlink()
    write_report(records, tmp_path / "experiments.md")
    text = (tmp_path / "experiments.md").read_text()
    assert "With a single seed nothing is clear" in text
    assert "more compact by 0 of 7 measures" in text


def test_sets_kept_apart_have_their_own_table(records, tmp_path):
    for name, system, framework, queen, fillets in (
        ("apart-log-mel", "mean log-mel", "", 0.3, 0.2),
        ("apart-simclr-margin0-seed0", "simclr, margin 0", "simclr", 0.1, 0.25),
    ):
        made = record(name, system, framework, 0, 0.5, 0.5)
        sets = {"queen": queen, "fillets": fillets}
        made["apart"] = {source: {**RESULT, "speakers": 4, "equal_error_rate": rate} for source, rate in sets.items()}
        (records / f"{name}.json").write_text(json.dumps(made))
    write_report(records, tmp_path / "experiments.md")
    text = (tmp_path / "experiments.md").read_text()
    assert "`queen` (4 speakers) and `fillets` (4 speakers); 5 speakers and 30 minutes are left" in text
    assert "simclr, margin 0 is better than every baseline on queen." in text
    assert "| simclr, margin 0 | 1 | 10 | 25 |" in text
    assert "Test EER is 20.1 ± 0.1 % without margin" in text  # of the other experiments alone


def test_clear_means_beyond_the_spread_of_seeds():
    assert judge([1.0, 1.1, 0.9], [2.0, 2.1, 1.9], "higher") == "better"
    assert judge([1.0, 1.1, 0.9], [2.0, 2.1, 1.9], "lower") == "worse"
    assert judge([1.0, 2.0, 0.0], [1.5, 2.5, 0.5], "lower") == "unclear"
    assert judge([1.0, float("inf")], [2.0, 2.0], "lower") == "unclear"
    assert judge([1.0, 1.0], [2.0, 2.0], "higher") == "better"


def test_clear_is_what_welchs_test_calls_significant():
    before, after = [1.0, 1.2, 1.1], [1.3, 1.9, 1.4]
    p = scipy.stats.ttest_ind(before, after, equal_var=False).pvalue
    assert 0.05 < p < 0.2
    assert judge(before, after, "higher") == "unclear"
    shifted = [value + 0.4 for value in after]
    assert scipy.stats.ttest_ind(before, shifted, equal_var=False).pvalue < 0.05
    assert judge(before, shifted, "higher") == "better"


def test_every_margin_has_three_seeds():
    names = [experiment.name for experiment in experiments()]
    assert len(set(names)) == len(names)
    assert sum(name.startswith("simclr-margin") for name in names) == 15
    assert sum(name.startswith("moco-margin") for name in names) == 6
    assert sum(name.startswith("apart-simclr-margin") for name in names) == 3


def test_sets_kept_apart_are_test_speakers_alone(tmp_path):
    places = [("queen", "train"), ("fillets", "train"), ("fillets", "dev"), ("klettres", "dev"), ("tuxpaint", "train")]
    spoken = [(source, split) for source, split in [*places, ("asterisk", "test")] for _ in range(2)]
    corpus = Corpus(
        tmp_path,
        tuple(
            Utterance(
                id=str(i), path=f"{i}.wav", speaker=f"{source} {split}", duration_s=2.0, source=source, split=split
            )
            for i, (source, split) in enumerate(spoken)
        ),
    )
    moved = kept_apart(corpus)
    assert {u.source for u in moved.split("test")} == {"queen", "fillets"}
    assert {u.source for u in moved.split("train")} == {"tuxpaint"}
    assert {u.source for u in moved.split("dev")} == {"klettres"}


def test_every_recipe_is_valid_and_has_its_margin():
    trained = [experiment for experiment in experiments() if experiment.preset]
    assert len(trained) == 25
    for experiment in trained:
        config = load_config(experiment.preset, experiment.settings)
        assert experiment.margin in (config.method.margin, None)
        assert config.method.name == (experiment.framework or "simclr")


def test_no_records_stop_with_the_cure(tmp_path):
    with pytest.raises(SystemExit, match="run with --corpus DIR first"):
        write_report(tmp_path, tmp_path / "page.md")
