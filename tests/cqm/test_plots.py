import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.cluster import KMeans

import cqm
from cqm import plots

mpl.use("Agg")

POINTS = np.array([[0.0, 0], [0, 1], [1, 0], [9, 9], [9, 10], [30, 0], [31, 0]])
LABELS = np.array([0, 0, 0, 5, 5, 9, 9])


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def tick_texts(axis):
    return [tick.get_text() for tick in axis.get_ticklabels()]


def test_silhouette_plot_shows_every_cluster_and_the_mean():
    ax = plots.silhouette(POINTS, LABELS)
    assert tick_texts(ax.yaxis) == ["0", "5", "9"]
    assert f"{cqm.silhouette(POINTS, LABELS):.3f}" in ax.get_title()
    assert ax.lines[0].get_xdata()[0] == pytest.approx(cqm.silhouette(POINTS, LABELS), rel=1e-12)


def test_silhouette_plot_leaves_noise_out():
    ax = plots.silhouette(POINTS, LABELS, noise_label=9)
    assert tick_texts(ax.yaxis) == ["0", "5"]


def test_compactness_plot_starts_with_the_loosest_cluster():
    ax = plots.cluster_compactness(POINTS, LABELS)
    assert tick_texts(ax.yaxis)[0] == "0"
    within, across = (line.get_xdata() for line in ax.lines)
    assert list(within) == sorted(within, reverse=True)
    assert (across > within).all()


def test_selection_plot_has_a_panel_a_measure_and_marks_what_it_chooses():
    selection = cqm.select(POINTS, KMeans(random_state=0), k=[2, 3, 4], measures=["silhouette", "trace_w", "dunn"])
    axes = selection.plot()
    assert [ax.get_title() for ax in axes.ravel()] == ["silhouette", "trace_w, bend", "dunn"]
    assert tick_texts(axes[0, 0].xaxis) == ["2", "3", "4"]
    for ax, choice in zip(axes.ravel(), selection.choices, strict=True):
        marked = ax.lines[-1]
        assert list(marked.get_ydata()) == [choice.values[choice.best[0]]]
    assert axes[0, 0].figure.get_suptitle() == "k=3: 3 of 3 votes"


def test_similarity_of_measures_is_a_correlation_matrix():
    clusterings = {"truth": LABELS, "shifted": np.roll(LABELS, 1), "mixed": [0, 1, 0, 1, 0, 1, 0]}
    ax = plots.measure_similarity(cqm.compare(POINTS, clusterings, measures=["silhouette", "weakest_link"]))
    image = np.asarray(ax.images[0].get_array())
    assert image.shape == (2, 2)
    assert np.diagonal(image) == pytest.approx([1, 1])


def test_similarity_needs_three_clusterings():
    with pytest.raises(ValueError, match="at least 3 clusterings, got 1"):
        plots.measure_similarity(cqm.compare(POINTS, {"only": LABELS}))


def test_plots_draw_on_the_axes_they_are_given():
    _, ax = plt.subplots()
    assert plots.silhouette(POINTS, LABELS, ax=ax) is ax


def test_margin_plot_counts_every_point_that_is_no_centre():
    crossed = [0, 0, 0, 5, 5, 9, 0]  # the last point lies beside the centre of cluster 9
    ax = plots.margin_distribution(POINTS, crossed)
    heights = [bar.get_height() for bar in ax.patches]
    assert sum(heights) == len(POINTS) - 3
    assert sum(heights[20:]) == 1
    assert "25.0% nearer another centre" in ax.get_title()


def test_names_of_many_clusters_do_not_overlap():
    points, labels = np.random.default_rng(0).normal(size=(400, 2)), [f"speaker {i % 200}" for i in range(400)]
    _, small = plt.subplots(figsize=(4, 2))
    for ax in (plots.silhouette(points, labels), plots.silhouette(points, labels, ax=small)):
        ax.figure.canvas.draw()
        boxes = sorted(tick.get_window_extent().y0 for tick in ax.yaxis.get_ticklabels())
        assert min(np.diff(boxes)) >= 10 * ax.figure.dpi / 72 * 0.9  # a line of 10 points


def test_legend_covers_no_point():
    ax = plots.cluster_compactness(POINTS, LABELS)
    ax.figure.canvas.draw()
    assert ax.get_legend().get_window_extent().y0 >= ax.get_window_extent().y1
