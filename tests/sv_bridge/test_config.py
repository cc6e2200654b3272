import pytest

from sv_bridge.config import ConfigError, parse_config, resolve_key
from sv_bridge.presets import load_config, preset_names

PAPERS = {
    # preset: batch, epochs, scale, embedding, symmetric, margin kind and value, decay period
    "interspeech2023-simclr": (256, 200, 5, 512, False, 0.0, 10),
    "interspeech2023-snt": (256, 200, 5, 512, True, 0.0, 10),
    "interspeech2023-am": (256, 200, 5, 512, True, 0.4, 10),
    "interspeech2023-aam": (256, 200, 5, 512, True, 0.1, 10),
    "interspeech2023-large-snt": (256, 300, 5, 1024, True, 0.0, 10),
    "interspeech2023-large-am": (256, 300, 5, 1024, True, 0.4, 10),
    "interspeech2023-large-aam": (256, 300, 5, 1024, True, 0.1, 10),
    "odyssey2024-simclr": (200, 150, 30, 512, False, 0.0, 5),
    "odyssey2024-snt": (200, 150, 30, 512, True, 0.0, 5),
    "odyssey2024-am": (200, 150, 30, 512, True, 0.1, 5),
    "odyssey2024-moco": (200, 150, 30, 512, None, 0.0, 5),
    "odyssey2024-moco-am": (200, 150, 30, 512, None, 0.1, 5),
}
OURS = {"tiny-simclr", "tiny-snt", "tiny-am", "tiny-aam", "tiny-moco", "tiny-moco-am"}


def test_presets_of_the_papers_and_our_own_are_there():
    assert set(preset_names()) >= PAPERS.keys() | OURS


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_paper_presets_state_the_papers_recipes(name):
    config = load_config(name)
    training, method, encoder = config.training, config.method, config.encoder
    symmetric = getattr(method, "symmetric", None)
    stated = (training.batch_size, training.epochs, method.scale, encoder.embedding_dim, symmetric, method.margin)
    assert (*stated, training.schedule.every_epochs) == PAPERS[name]
    assert (training.learning_rate, training.weight_decay, training.schedule.decay) == (1e-3, 0.0, 0.95)
    features = encoder.features
    assert (features.mels, features.n_fft, features.window_ms, features.hop_ms) == (40, 512, 25, 10)
    assert features.preemphasis == (0.97 if "2023" in name else 0.0)
    assert encoder.name == ("thin_resnet34" if "2023" in name else "fast_resnet34")
    assert (method.projector is not None) == ("2023" in name)
    assert (method.name == "moco") == ("moco" in name)
    assert (method.margin_kind == "angular") == ("aam" in name)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_names_its_source(name):
    assert load_config(name).source


def test_a_name_without_family_is_the_tiny_preset():
    assert load_config("simclr-am") == load_config("tiny-am")
    assert load_config("moco-am") == load_config("tiny-moco-am")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("margn=0.1", "unknown key `margn`: did you mean `method.margin`?"),
        ("method.scal=3", "unknown key `method.scal`: did you mean `method.scale`?"),
        ("name=tdnn", "key `name` is ambiguous: `encoder.name` or `method.name` or"),
        ("margin", "an override is key=value, got 'margin'"),
        ("margin=-1", "`method.margin`: input should be greater than or equal to 0, and finite, got -1"),
        ("epochs=many", "`training.epochs`: input should be a valid integer"),
        ("encoder.name=resnet", "`encoder`: input tag 'resnet'"),
        ("margin={", "is not YAML"),
    ],
)
def test_wrong_overrides_are_explained(override, message):
    with pytest.raises(ConfigError) as caught:
        load_config("tiny-snt", [override])
    assert message in str(caught.value)


def test_unknown_keys_in_a_file_are_errors_with_a_suggestion(tmp_path):
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("extends: tiny-snt\nencoder: {chanels: 64}\n")
    with pytest.raises(ConfigError, match=r"unknown key `encoder\.chanels`: did you mean `encoder\.channels`\?"):
        load_config(recipe)


def test_unknown_presets_are_errors_with_a_suggestion():
    with pytest.raises(ConfigError, match="no preset 'odyssey-2024-am': did you mean 'odyssey2024-am'"):
        load_config("odyssey-2024-am")
    with pytest.raises(ConfigError, match="does not exist"):
        load_config("nowhere.yaml")


def test_yaml_cannot_run_code(tmp_path):
    recipe = tmp_path / "evil.yaml"
    recipe.write_text("!!python/object/apply:os.system ['true']\n")
    with pytest.raises(ConfigError, match="not YAML"):
        load_config(recipe)


def test_a_configuration_survives_its_own_dump():
    config = load_config("odyssey2024-moco-am", ["seed=7"])
    assert parse_config(config.model_dump()) == config


def test_keys_may_leave_out_their_sections():
    assert resolve_key("mels") == "encoder.features.mels"
    assert resolve_key("training.epochs") == "training.epochs"


@pytest.mark.parametrize(
    ("preset", "override", "message"),
    [
        ("tiny-moco", "symmetric=true", "unknown key `method.symmetric`: moco has no such setting; it has projector,"),
        ("tiny-am", "queue_size=9", "unknown key `method.queue_size`: simclr has no such setting; it has projector,"),
        ("tiny-am", "base_channels=9", "unknown key `encoder.base_channels`: tdnn has no such setting; it has embed"),
        ("tiny-snt", "simetric=true", "unknown key `simetric`: did you mean `method.symmetric`?"),
        ("tiny-moco", "method.simetric=true", "unknown key `method.simetric`: known keys here: method.name, method"),
        (
            "tiny-am",
            "positives={name: nearest}",
            "`method.positives`: input should have the name `neighbours`, `clus",
        ),
        (
            "tiny-am",
            "positives={name: neighbours, from_epoch: 1, clusters: 9}",
            "unknown key `method.positives.clusters`: neighbours has no such setting",
        ),
        ("tiny-moco", "simetric=true", "unknown key `simetric`: known keys here: preset, source, seed"),
    ],
)
def test_settings_of_another_method_or_encoder_are_errors(preset, override, message):
    with pytest.raises(ConfigError) as caught:
        load_config(preset, [override])
    assert message in str(caught.value)


def test_a_change_of_kind_keeps_what_the_new_kind_has_too_and_says_what_gives_way(caplog):
    before = load_config("tiny-am", ["mels=64"])
    for change in ("encoder={name: ecapa_tdnn, channels: 64}", "encoder.name=ecapa_tdnn"):
        caplog.clear()
        after = load_config("tiny-am", ["mels=64", change])
        assert after.encoder.name == "ecapa_tdnn"
        assert after.encoder.features == before.encoder.features
        assert caplog.messages == ["ecapa_tdnn has no setting pooling: the preset's gives way"]
    moco = load_config("tiny-am", ["method.name=moco", "queue_size=64"]).method
    assert (moco.name, moco.margin, moco.scale, moco.queue_size) == ("moco", 0.1, 30, 64)
    assert load_config("tiny-moco", ["method.name=simclr"]).method.symmetric


def test_a_kind_that_does_not_exist_loses_nothing_silently(caplog):
    with pytest.raises(ConfigError, match="`method`: input tag 'dino'"):
        load_config("tiny-am", ["method.name=dino"])
    assert not caplog.messages


def test_a_section_given_in_part_has_the_rest_of_its_kinds_own_default(tmp_path):
    recipe = tmp_path / "mine.yaml"
    recipe.write_text(
        "encoder: {name: ecapa_tdnn, features: {normalise: mean}}\n"
        "method: {name: simclr}\ntraining: {epochs: 1, batch_size: 2}\n"
    )
    features = load_config(recipe).encoder.features
    assert (features.mels, features.normalise) == (80, "mean")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("momentum={start: 0.9, end: 1.5}", "`method.momentum`: input should be between 0 and 1"),
        ("momentum={strt: 0.9, end: 1}", "unknown key `method.momentum.strt`: did you mean `method.momentum.start`?"),
        ("momentum=slow", "`method.momentum`: input should be a valid number"),
        ("scale=0", "`method.scale`: input should be greater than 0, and finite, got 0"),
        ("margin=.nan", "`method.margin`: input should be greater than or equal to 0, and finite, got nan"),
    ],
)
def test_numbers_that_move_are_checked_at_both_ends(override, message):
    with pytest.raises(ConfigError) as caught:
        load_config("tiny-moco", [override])
    assert message in str(caught.value)


def test_a_learnable_margin_starts_from_a_number():
    with pytest.raises(ConfigError, match="`method`: a learnable margin starts from a number: give `margin` one"):
        load_config("tiny-am", ["margin_learnable=true", "margin={start: 0, end: 0.1}"])


def test_other_positives_take_the_place_of_the_presets(tmp_path):
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("extends: tiny-am\nmethod: {positives: {name: clusters, clusters: 9, from_epoch: 2}}\n")
    positives = load_config(recipe, ["positives={name: neighbours, from_epoch: 1}"]).method.positives
    assert (positives.name, positives.nearest) == ("neighbours", 10)
    assert load_config(recipe, ["nearby=0"]).method.positives.clusters == 9
