"""Back ends: transforms, AS-norm cohorts, qualities, fusion, and what they are fitted on."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from sv_bridge.verification.backend import Backend, parse_backend
from sv_bridge.verification.fusion import learn_fusion, trial_qualities
from sv_bridge.verification.plda import fit_plda
from sv_bridge.verification.scoring import score_trials, scoring_vectors
from sv_bridge.verification.transforms import center, unit_length, whiten
from sv_bridge.verification.trials import Trials

rng = np.random.default_rng(0)


def test_centring_subtracts_the_mean_of_another_set(make_embeddings):
    known = make_embeddings([[1.0, 2.0], [3.0, 6.0]], "ab")
    np.testing.assert_allclose(center(make_embeddings([[1.0, 1.0]], "c"), known).vectors, [[-1.0, -3.0]])
    crops = make_embeddings(np.stack([known.vectors, known.vectors + 2], axis=1), "ab")  # 2 crops each, of mean (3, 5)
    np.testing.assert_allclose(center(crops, crops).vectors[1], [[0.0, 1.0], [2.0, 3.0]])


def test_whitening_decorrelates_its_reference(make_embeddings):
    mixed = rng.normal(size=(500, 4)) @ rng.normal(size=(4, 4)) + 7
    white = whiten(make_embeddings(mixed, range(500)), make_embeddings(mixed, range(500))).vectors
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-5)  # float32
    np.testing.assert_allclose(np.cov(white, rowvar=False), np.eye(4), atol=1e-4)


def test_whitening_leaves_out_directions_that_never_vary(make_embeddings):
    flat = np.c_[rng.normal(size=(50, 2)), np.zeros(50)]
    assert whiten(make_embeddings(flat, range(50)), make_embeddings(flat, range(50))).dim == 2


def test_whitening_needs_one_dimension(make_embeddings):
    with pytest.raises(ValueError, match="3 dimensions, the reference 2"):
        whiten(make_embeddings(np.eye(3), "abc"), make_embeddings(np.eye(2), "ab"))


def test_whitening_keeps_the_largest_directions(make_embeddings):
    points = rng.normal(size=(300, 3)) * [1, 10, 100]
    table = make_embeddings(points, range(300))
    white = whiten(table, table, dimensions=2).vectors
    assert white.shape == (300, 2)
    assert abs(np.corrcoef(white[:, 1], points[:, 2])[0, 1]) > 0.999
    assert abs(np.corrcoef(white[:, 0], points[:, 1])[0, 1]) > 0.99
    with pytest.raises(ValueError, match="wanted 1 dimension at least, got 0"):
        whiten(table, table, dimensions=0)


def test_shrunk_whitening_divides_by_variances_moved_towards_their_mean(make_embeddings):
    points = np.random.default_rng(1).normal(size=(300, 3)) * [1, 10, 100]
    table = make_embeddings(points, range(300))
    before = np.linalg.eigvalsh(np.cov(table.vectors, rowvar=False))
    after = np.var(whiten(table, table, shrinkage=0.25).vectors, axis=0, ddof=1)
    np.testing.assert_allclose(after, before / (0.75 * before + 0.25 * before.mean()), rtol=1e-4)
    with pytest.raises(ValueError, match="a shrinkage from 0 to 1, got 2"):
        whiten(table, table, shrinkage=2)


@pytest.fixture
def splits(make_embeddings):
    """Embeddings of a split: 40 speakers to train on, 20 to develop on, 20 to test; the mean is far from 0."""
    within = rng.normal(size=(6, 6))

    def split(speakers, name):
        voices = rng.normal(size=(speakers, 6)) * [3, 2, 1, 1, 0.5, 0.5]
        noise = rng.normal(size=(speakers * 5, 6)) @ within
        return make_embeddings(
            5 + np.repeat(voices, 5, axis=0) + noise, np.repeat([f"{name}{i}" for i in range(speakers)], 5)
        )

    return {"train": split(40, "a"), "dev": split(20, "b"), "test": split(20, "c")}


@pytest.fixture
def trials(splits):
    """All pairs of the test split."""
    return all_pairs(splits["test"])


def all_pairs(embeddings):
    enrol, test = np.triu_indices(len(embeddings), 1)
    same = embeddings.speakers[enrol] == embeddings.speakers[test]
    return Trials(same, enrol, test, tuple(embeddings.ids.tolist()))


def scored(text, splits, trials):
    backend = Backend(parse_backend(text), splits.__getitem__)
    return backend.score(backend.transform(splits["test"]), trials)


def test_steps_follow_one_another(splits, trials):
    train, test = splits["train"], splits["test"]
    np.testing.assert_array_equal(scored("cosine", splits, trials), score_trials(test, trials))
    np.testing.assert_array_equal(scored("center", splits, trials), score_trials(center(test, train), trials))
    white, white_train = (unit_length(whiten(part, train)) for part in (test, train))
    model = fit_plda(white_train.vectors, train.speakers)
    left, right = model.sides(white.vectors)
    expected = (left @ right.T)[np.triu_indices(len(test), 1)]
    np.testing.assert_allclose(scored("whiten+length+plda", splits, trials), expected, rtol=1e-9)
    # on another split: the mean of dev, and utterances of dev as the cohort
    dev = splits["dev"]
    np.testing.assert_allclose(
        scored("center:on=dev+as-norm:on=dev:top=7", splits, trials),
        score_trials(center(test, dev), trials, cohort=center(dev, dev), top=7),
    )


def test_as_norm_of_likelihood_ratios_by_hand(splits, trials):
    train, test = splits["train"], splits["test"]
    scores = scored("plda+as-norm:top=20", splits, trials)
    left, right = fit_plda(train.vectors, train.speakers).sides(np.concatenate([test.vectors, train.vectors]))
    table = left @ right.T
    highest = np.sort(table[: len(test), len(test) :], axis=1)[:, -20:]
    mean, deviation = highest.mean(axis=1), highest.std(axis=1)
    raw, i, j = table[trials.enrol, trials.test], trials.enrol, trials.test
    expected = ((raw - mean[i]) / deviation[i] + (raw - mean[j]) / deviation[j]) / 2
    np.testing.assert_allclose(scores, expected, rtol=1e-9)


def test_a_cohort_of_speakers_has_one_mean_each(splits, trials):
    train = splits["train"]
    unit = scoring_vectors(train.vectors)
    means = np.stack([unit[train.speakers == name].mean(axis=0) for name in np.unique(train.speakers)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    highest = np.sort(scoring_vectors(splits["test"].vectors) @ means.T, axis=1)[:, -5:]
    mean, deviation = highest.mean(axis=1), highest.std(axis=1)
    raw, i, j = score_trials(splits["test"], trials), trials.enrol, trials.test
    expected = ((raw - mean[i]) / deviation[i] + (raw - mean[j]) / deviation[j]) / 2
    np.testing.assert_allclose(scored("as-norm:cohort=speakers:top=5", splits, trials), expected, rtol=2e-3, atol=2e-3)


def test_plda_tells_gaussian_speakers_apart_better_than_cosines(splits, trials):
    """On data of its own model, whose noise is correlated, the likelihood ratio is the best score there is."""
    areas = [roc_auc_score(trials.labels, scored(text, splits, trials)) for text in ("cosine", "center", "plda")]
    assert areas[0] < areas[1] < areas[2]


def test_models_of_several_utterances_need_length_before_plda(splits):
    test = splits["test"]
    models = {"model": test.ids[:3].tolist()}
    backend = Backend(parse_backend("center+length+plda"), splits.__getitem__)
    enrolled = backend.enrol(backend.transform(test), models)
    assert np.linalg.norm(enrolled.vectors[-1]) == pytest.approx(1, abs=1e-6)
    with pytest.raises(ValueError, match="put length before plda"):
        Backend(parse_backend("plda"), splits.__getitem__).enrol(test, models)


def test_who_a_back_end_is_fitted_on_is_known(splits):
    backend = Backend(parse_backend("center+as-norm:on=dev+qmf"), splits.__getitem__)
    assert [(purpose, part.speakers[0][0]) for purpose, part in backend.fitted_on()] == [
        ("the mean that is subtracted", "a"),
        ("the cohort of AS-norm", "b"),
        ("the calibration with qualities", "b"),
    ]
    assert [purpose for purpose, _ in Backend(parse_backend("qmf"), splits.__getitem__).fitted_on()] == [
        "the calibration with qualities",
        "the cohort of imposter means",
    ]


def test_a_kept_back_end_is_the_same_with_all_that_it_is_fitted_on(tmp_path, splits, trials):
    fitted = Backend(parse_backend("center:on=dev+as-norm"), splits.__getitem__)
    rule = tmp_path / "rule.json"
    assert {path.name for path in fitted.keep(rule)} == {"rule.dev.npz", "rule.train.npz"}
    again = Backend.kept("center:on=dev+as-norm", rule)
    test = again.transform(splits["test"])
    np.testing.assert_array_equal(again.score(test, trials), fitted.score(fitted.transform(splits["test"]), trials))
    of_qualities = Backend(parse_backend("qmf"), splits.__getitem__).keep(tmp_path / "qmf.json")
    assert {path.name for path in of_qualities} == {"qmf.dev.npz", "qmf.train.npz"}


def test_imposter_means_are_of_transformed_training_utterances(splits, trials):
    backend = Backend(parse_backend("center+qmf"), splits.__getitem__)
    test = backend.transform(splits["test"])
    columns = backend.columns(test, trials, dict.fromkeys(test.ids.tolist(), 2.0))
    mean = splits["train"].vectors.mean(axis=0)
    own, cohort = (scoring_vectors(splits[name].vectors - mean) for name in ("test", "train"))
    means = np.sort(own @ cohort.T, axis=1)[:, -300:].mean(axis=1)  # all 200 of them
    expected = np.sort([means[trials.enrol], means[trials.test]], axis=0).T
    np.testing.assert_allclose(columns[:, 3:], expected, atol=1e-5)
    np.testing.assert_allclose(columns[:, 1:3], np.log(2))


def test_qualities_do_not_depend_on_which_side_enrols():
    seconds, means = np.array([1.0, np.e, np.e**2]), np.array([0.3, 0.1, 0.2])
    one = trial_qualities(seconds, means, np.array([0, 1]), np.array([1, 2]))
    np.testing.assert_allclose(one, [[0, 1, 0.1, 0.3], [1, 2, 0.1, 0.2]])
    np.testing.assert_array_equal(one, trial_qualities(seconds, means, np.array([1, 2]), np.array([0, 1])))


def test_qualities_mend_scores_that_shift_with_the_duration(splits):
    """Scores of short recordings are lower, of targets and non-targets alike: the duration tells by how much."""
    n = 4000
    labels, seconds = rng.random(n) < 0.5, np.exp(rng.normal(size=(n, 2)))
    scores = labels + 0.5 * rng.normal(size=n) + np.log(seconds).sum(axis=1)
    rows = np.arange(n), np.arange(n, 2 * n)
    columns = np.column_stack([scores, trial_qualities(seconds.T.ravel(), np.zeros(2 * n), *rows)])
    half = n // 2
    fusion = learn_fusion(columns[:half], labels[:half])
    mended = roc_auc_score(labels[half:], fusion(columns[half:]))
    assert roc_auc_score(labels[half:], scores[half:]) < 0.75
    assert mended == pytest.approx(roc_auc_score(labels[half:], labels[half:] + 0.5 * rng.normal(size=half)), abs=0.03)


def test_fusion_of_gaussian_scores_finds_the_likelihood_ratio():
    """Independent scores of unit variance, means ±1 and ±2: the log-likelihood ratio is 2 s₁ + 4 s₂."""
    labels = np.arange(100_000) % 4 == 0  # more non-targets than targets: both kinds weigh the same
    sign = np.where(labels, 1, -1)[:, None]
    fusion = learn_fusion(sign * [1, 2] + rng.normal(size=(100_000, 2)), labels)
    np.testing.assert_allclose(fusion.weights, [2, 4], rtol=0.1)
    assert fusion.offset == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pca", "'pca' is none of the steps cosine, center, whiten, length, plda, as-norm, qmf"),
        ("whiten:dim=3", "whiten has no setting 'dim'; it has on, dimensions"),
        ("as-norm:top=0", "top is a whole number above 0, got '0'"),
        ("as-norm:top=many", "top is a whole number above 0, got 'many'"),
        ("as-norm:cohort=models", "cohort is utterances or speakers, got 'models'"),
        ("plda+center", "wanted center, whiten and length, then plda, then as-norm, then qmf"),
        ("plda+plda", "wanted center, whiten and length, then plda"),
    ],
)
def test_back_ends_that_mean_nothing_are_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse_backend(text)


def test_plda_without_speakers_is_refused(splits, make_embeddings):
    unknown = {**splits, "train": make_embeddings(splits["train"].vectors, [""] * 200)}
    with pytest.raises(ValueError, match="PLDA"):
        Backend(parse_backend("plda"), unknown.__getitem__)


def test_fusion_needs_both_kinds_and_a_label_each():
    with pytest.raises(ValueError, match="these trials are of one kind"):
        learn_fusion(np.ones((3, 2)), [True] * 3)
    with pytest.raises(ValueError, match=r"got \(3, 2\) and 2 labels"):
        learn_fusion(np.ones((3, 2)), [True, False])
