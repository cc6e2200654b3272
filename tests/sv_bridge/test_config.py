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
    "odyssey2024-moco": (200, 150, 30, 512, True, 0.0, 5),
    "odyssey2024-moco-am": (200, 150, 30, 512, True, 0.1, 5),
}
OURS = {"tiny-simclr", "tiny-snt", "tiny-am", "tiny-aam", "tiny-moco", "tiny-moco-am"}


def test_presets_are_those_of_the_papers_and_our_own():
    assert set(preset_names()) == PAPERS.keys() | OURS


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_paper_presets_state_the_papers_recipes(name):
    config = load_config(name)
    training, loss, encoder = config.training, config.loss, config.encoder
    stated = (training.batch_size, training.epochs, loss.scale, encoder.embedding_dim, loss.symmetric, loss.margin)
    assert (*stated, training.schedule.every_epochs) == PAPERS[name]
    assert (training.learning_rate, training.weight_decay, training.schedule.decay) == (1e-3, 0.0, 0.95)
    features = encoder.features
    assert (features.mels, features.n_fft, features.window_ms, features.hop_ms) == (40, 512, 25, 10)
    assert features.preemphasis == (0.97 if "2023" in name else 0.0)
    assert encoder.name == ("thin_resnet34" if "2023" in name else "fast_resnet34")
    assert (config.framework.projector is not None) == ("2023" in name)
    assert (config.framework.name == "moco") == ("moco" in name)
    assert (loss.margin_kind == "angular") == ("aam" in name)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_names_its_source(name):
    assert load_config(name).source


def test_a_name_without_family_is_the_tiny_preset():
    assert load_config("simclr-am") == load_config("tiny-am")
    assert load_config("moco-am") == load_config("tiny-moco-am")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("margn=0.1", "unknown key `margn`: did you mean `loss.margin`?"),
        ("loss.scal=3", "unknown key `loss.scal`: did you mean `loss.scale`?"),
        ("name=tdnn", "key `name` is ambiguous: `encoder.name` or `framework.name`"),
        ("margin", "an override is key=value, got 'margin'"),
        ("margin=-1", "`loss.margin`: input should be greater than or equal to 0, got -1"),
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
