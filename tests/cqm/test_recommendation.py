import pytest

import cqm


def against(recommendation, measure):
    return next(advice.against for advice in recommendation.advice if advice.measure == measure)


def test_what_fits_round_clusters_at_different_k_may_be_compared_there():
    recommendation = cqm.recommend()
    assert recommendation.measures
    for name in recommendation.measures:
        across = cqm.catalog[name].across_k
        assert across.way == "best"
        assert 2 * across.found >= across.sets
    assert "does not compare different k" in against(recommendation, "trace_w")[0]
    assert "seldom finds k" in against(recommendation, "ratkowsky_lance")[0]


def test_with_one_k_those_that_move_with_k_fit_too():
    assert {"trace_w", "connectivity"} <= set(cqm.recommend(fixed_k=True).measures)


def test_noise_and_shape_leave_what_knows_them():
    assert set(cqm.recommend(noise=True, fixed_k=True).measures) == {"dbcv", "disco"}
    shaped = cqm.recommend(shape="any").measures
    assert {"dunn", "weakest_link", "dbcv"} <= set(shaped)
    assert "silhouette" not in shaped


@pytest.mark.parametrize("metric", ["manhattan", "precomputed", "canberra"])
def test_other_metrics_leave_measures_of_distances(metric):
    for advice in cqm.recommend(metric=metric).advice:
        reason = cqm.catalog[advice.measure].inapplicable(metric)
        assert (reason in advice.against) == (reason is not None)


def test_many_points_leave_what_is_cheap():
    few, many = cqm.recommend(n=1000), cqm.recommend(n=10_000_000, seconds=600)
    assert set(many.measures) < set(few.measures)
    assert "calinski_harabasz" in many.measures
    assert "takes too long" in against(many, "gamma")[0]


def test_axioms_have_to_hold():
    for name in cqm.recommend(axioms=["consistency", "richness"], fixed_k=True).measures:
        verdicts = cqm.catalog[name].axioms
        assert verdicts["consistency"].holds
        assert verdicts["richness"].holds
    assert "consistency does not hold: refuted" in against(cqm.recommend(axioms="consistency"), "dbcv")


def test_text_and_html_name_what_fits_and_why_others_do_not():
    recommendation = cqm.recommend(metric="manhattan")
    assert recommendation.measures[0] in str(recommendation)
    assert all(name in recommendation.text(every=True) for name in recommendation.measures)
    assert "needs coordinates" in str(recommendation)
    assert "calinski_harabasz" in recommendation.text(every=True)
    assert "calinski_harabasz" in recommendation._repr_html_()


def test_nothing_may_fit():
    assert "no measure fits all of it" in str(cqm.recommend(noise=True, axioms="consistency"))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"metric": "l2"}, ValueError, "did you mean 'euclidean'"),
        ({"shape": "long"}, ValueError, '`shape` must be "round" or "any"'),
        ({"n": 0}, ValueError, "`n` must be at least 1"),
        ({"n": 5, "k": 10}, ValueError, "`k` must be at most `n`, the number of points, 5, got 10"),
        ({"axioms": ["fairness"]}, KeyError, "no axiom is named 'fairness'"),
    ],
)
def test_wrong_questions(options, error, message):
    with pytest.raises(error, match=message):
        cqm.recommend(**options)
