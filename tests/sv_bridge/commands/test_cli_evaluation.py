import json

import kaldiio
import numpy as np
import pytest

from sv_bridge.embeddings import Embeddings
from sv_bridge.verification.fusion import learn_fusion
from sv_bridge.verification.score_files import read_scores, read_systems
from sv_bridge.verification.scoring import scoring_vectors
from sv_bridge.verification.trials import generate_trials, write_trials


def test_embed_then_measure_compactness(tmp_path, sv_bridge, speech):
    out = tmp_path / "e.npz"
    sv_bridge("embed", "log-mel", "--corpus", speech.root, "--split", "test", "--out", out)
    page, record = tmp_path / "page.html", tmp_path / "c.json"
    sv_bridge("compactness", out, "--clusterings", "kmeans,ahc", "--page", page, "--json", record)
    assert json.loads(record.read_text())["speakers_count"] == 4
    assert "Clusterings beside the speakers" in page.read_text()


def test_evaluate_then_metrics_of_its_scores(tmp_path, sv_bridge, speech):
    trials = tmp_path / "trials.txt"
    write_trials(trials, generate_trials(speech.split("test")))
    options = ("--trials", trials, "--calibrate-on", "dev", "--intervals", "--out", tmp_path / "out")
    sv_bridge("evaluate", "log-mel", "--corpus", speech.root, *options)
    rate = json.loads((tmp_path / "out" / "results.json").read_text())["results"][0]["equal_error_rate"]
    sv_bridge("metrics", tmp_path / "out" / "scores.txt", "--det", tmp_path / "det.svg")
    assert (tmp_path / "det.svg").is_file()
    scores = np.loadtxt(tmp_path / "out" / "scores.txt", usecols=3)
    assert len(scores) == len(trials.read_text().splitlines())
    assert 0 <= rate <= 1


def test_every_command_that_embeds_crosses_channels(tmp_path, sv_bridge, speech):
    crossed = ("--corpus", speech.root, "--split", "test", "--cross-channels", "7")
    printed = sv_bridge("evaluate", "log-mel", *crossed, "--out", tmp_path / "out")
    assert "log-mel, channels crossed (seed 7)" in printed
    record = json.loads((tmp_path / "out" / "results.json").read_text())
    assert record["cross_channels"] == 7
    sv_bridge("embed", "log-mel", *crossed, "--out", tmp_path / "e.npz")
    sv_bridge("evaluate", tmp_path / "e.npz", *crossed[:4], "--out", tmp_path / "again")
    again = json.loads((tmp_path / "again" / "results.json").read_text())
    assert again["results"] == record["results"]
    printed = sv_bridge("compare", "log-mel", *crossed, "--json", tmp_path / "c.json")
    assert "channels crossed (seed 7)" in " ".join(printed.split())  # the title of a narrow table is broken
    (rate, *_) = json.loads((tmp_path / "c.json").read_text())
    assert rate["spreads"]["log-mel"]["mean"] == pytest.approx(100 * record["results"][0]["equal_error_rate"])


def test_compare_puts_systems_side_by_side(tmp_path, sv_bridge, speech):
    record = tmp_path / "compare.json"
    sv_bridge("compare", "log-mel", "untrained:tiny-snt", "--corpus", speech.root, "--json", record)
    columns = json.loads(record.read_text())
    assert [column["name"] for column in columns][:3] == ["EER %", "minDCF .01", "minDCF .05"]
    assert set(columns[0]["spreads"]) == {"log-mel", "untrained:tiny-snt"}


def test_back_ends_and_fusion_are_columns_beside_one_another(tmp_path, sv_bridge, speech):
    record = tmp_path / "compare.json"
    backends = ("--backend", "cosine", "--backend", "center+as-norm:top=5", "--fuse-on", "dev")
    sv_bridge("compare", "log-mel", "--corpus", speech.root, *backends, "--json", record)
    rates, *others = json.loads(record.read_text())
    assert list(rates["spreads"]) == ["log-mel", "log-mel center+as-norm:top=5", "fusion of 2"]
    alone = tmp_path / "alone.json"
    sv_bridge("evaluate", "log-mel", "--corpus", speech.root, *backends[2:4], "--json", alone)
    expected = 100 * json.loads(alone.read_text())["results"][0]["equal_error_rate"]
    assert rates["spreads"]["log-mel center+as-norm:top=5"]["mean"] == pytest.approx(expected)
    silhouette = next(column for column in others if column["name"] == "silhouette")
    assert silhouette["spreads"]["fusion of 2"]["mean"] == "nan"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compactness", "gone.npz"], "sv-bridge: no embeddings at gone.npz"),
        (["compare", "nowhere", "--corpus", "{corpus}", "--fuse-on", "deve"],
         "sv-bridge: corpus {corpus} has no split 'deve'"),
        (["evaluate", "nowhere", "--corpus", "{corpus}", "--calibrate-on", "deve"],
         "sv-bridge: corpus {corpus} has no split 'deve'"),
        (["self-label", "log-mel", "--corpus", "{corpus}", "--out", "rounds", "--measure", "silhuette"],
         "sv-bridge: no measure is named 'silhuette': did you mean silhouette"),
    ],
)  # fmt: skip
def test_wrong_input_is_said_in_one_line(arguments, said, capsys, monkeypatch, tmp_path, speech):
    from sv_bridge.commands.app import main

    monkeypatch.setattr("sys.argv", ["sv-bridge", *(text.format(corpus=speech.root) for text in arguments)])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith(said.format(corpus=speech.root))
    assert not list(tmp_path.iterdir())


def test_every_command_gives_its_record_alone_on_standard_output(tmp_path, sv_bridge, speech, monkeypatch):
    corpus = ("--corpus", speech.root, "--split", "test", "--json", "-")
    record = json.loads(sv_bridge.stdout("embed", "log-mel", *corpus, "--out", tmp_path / "e.npz"))
    assert (record["utterances"], record["dimensions"]) == (16, 40)
    assert record["looked_at"] == "16 utterances of 4 speakers, split test"
    rates = json.loads(sv_bridge.stdout("evaluate", "log-mel", *corpus, "--out", tmp_path / "out"))["results"][0]
    same = json.loads(sv_bridge.stdout("metrics", tmp_path / "out" / "scores.txt", "--json", "-"))["result"]
    assert rates["equal_error_rate"] == same["equal_error_rate"]
    assert json.loads(sv_bridge.stdout("compactness", tmp_path / "e.npz", "--json", "-"))["speakers_count"] == 4
    assert json.loads(sv_bridge.stdout("compare", "log-mel", *corpus))[0]["name"] == "EER %"


def test_scores_of_embeddings_in_kaldi_archives(tmp_path, sv_bridge, speech):
    """The same trials from an archive and from the recordings; names of pairs are utterances."""
    test = speech.split("test")
    sv_bridge("embed", "log-mel", "--corpus", speech.root, "--split", "test", "--out", tmp_path / "e.npz")
    table = Embeddings.load(tmp_path / "e.npz")
    with kaldiio.WriteHelper(f"ark,scp:{tmp_path}/e.ark,{tmp_path}/e.scp") as writer:
        for name, vector in zip(table.ids.tolist(), table.vectors, strict=True):
            writer(name, vector)
    (tmp_path / "utt2spk").write_text("".join(f"{u.id} {u.speaker}\n" for u in test))
    write_trials(tmp_path / "trials.txt", generate_trials(test))
    listed = ("--trials", tmp_path / "trials.txt")
    shared = (*listed, "--speakers", tmp_path / "utt2spk", "--json")
    sv_bridge("evaluate", tmp_path / "e.scp", *shared, tmp_path / "scp.json")
    sv_bridge("evaluate", "log-mel", "--corpus", speech.root, *listed, "--json", tmp_path / "run.json")
    scp, run = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("scp", "run"))
    assert scp["results"][0] == run["results"][0]
    assert scp["speakers"] == run["speakers"]
    first, second = test[0].id, test[5].id
    answer = json.loads(sv_bridge.stdout("score", tmp_path / "e.ark", first, second, "--json", "-"))["pairs"][0]
    vectors = scoring_vectors(table.vectors)
    assert answer["score"] == pytest.approx(vectors[0] @ vectors[5], abs=1e-6)


def test_embeddings_are_evaluated_without_a_corpus(tmp_path, sv_bridge, speech):
    test = speech.split("test")
    sv_bridge("embed", "log-mel", "--corpus", speech.root, "--split", "test", "--out", tmp_path / "e.npz")
    write_trials(tmp_path / "trials.txt", generate_trials(test))
    shared = ("--trials", tmp_path / "trials.txt", "--prior", "0.2", "--json")
    sv_bridge("evaluate", tmp_path / "e.npz", *shared, tmp_path / "alone.json")
    sv_bridge("evaluate", "log-mel", "--corpus", speech.root, *shared, tmp_path / "corpus.json")
    alone, corpus = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("alone", "corpus"))
    assert alone["results"][0] == corpus["results"][0]
    assert alone["speakers"] == corpus["speakers"]
    with pytest.raises(ValueError, match="without --corpus, wanted a file of embeddings and --trials"):
        sv_bridge("evaluate", "log-mel")
    with pytest.raises(ValueError, match=r"--backend, .* need --corpus"):
        sv_bridge("evaluate", tmp_path / "e.npz", "--trials", tmp_path / "trials.txt", "--backend", "center")


def test_score_files_are_fused(tmp_path, sv_bridge, speech):
    for system in ("log-mel", "untrained:tiny-snt"):
        for split in ("dev", "test"):
            options = ("--corpus", speech.root, "--split", split)
            sv_bridge("evaluate", system, *options, "--out", tmp_path / f"{system[:3]}-{split}")
    files = {
        split: [tmp_path / f"{name}-{split}" / "scores.txt" for name in ("log", "unt")] for split in ("dev", "test")
    }
    shuffled = sorted(files["test"][1].read_text().splitlines())
    files["test"][1].write_text("\n".join(shuffled) + "\n")  # trials are found by their names
    dev = [part for path in files["dev"] for part in ("--dev", path)]
    record = json.loads(sv_bridge.stdout("fuse", *files["test"], *dev, "--out", tmp_path / "f.txt", "--json", "-"))
    fused = read_scores(tmp_path / "f.txt")
    known, trials = read_systems(files["dev"]), read_systems(files["test"])
    fusion = learn_fusion(known[1], known[0].labels)
    np.testing.assert_allclose(fused.scores, fusion(trials[1]))
    assert list(record["weights"].values()) == pytest.approx(fusion.weights.tolist())
    assert not record["warnings"]
    same = [part for path in files["test"] for part in ("--dev", path)]
    record = json.loads(sv_bridge.stdout("fuse", *files["test"], *same, "--out", tmp_path / "f.txt", "--json", "-"))
    assert "has 16 of 16 utterances that are evaluated" in record["warnings"][0]
    with pytest.raises(ValueError, match="wanted --dev for each of 2 systems, got 1"):
        sv_bridge("fuse", *files["test"], *dev[:2], "--out", tmp_path / "f.txt")
