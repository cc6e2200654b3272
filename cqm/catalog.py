"""Every measure with what is known of it: formula, direction, range, domain and source."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

from cqm.definitions import cdbw as cdbw_definitions
from cqm.definitions import centroid_separation as centroid_separation_definitions
from cqm.definitions import concordance as concordance_definitions
from cqm.definitions import density as density_definitions
from cqm.definitions import dispersion as dispersion_definitions
from cqm.definitions import linkage as linkage_definitions
from cqm.definitions import margins as margin_definitions
from cqm.definitions import neighbours as neighbours_definitions
from cqm.definitions import pair_means as pair_means_definitions
from cqm.definitions import scatter as scatter_definitions
from cqm.definitions import scattering as scattering_definitions
from cqm.definitions import separation as separation_definitions
from cqm.definitions import silhouette as silhouette_definitions
from cqm.measures import (
    cdbw,
    centroid_separation,
    concordance,
    density,
    dispersion,
    linkage,
    margins,
    neighbours,
    pair_means,
    scatter,
    scattering,
    separation,
    silhouette,
)
from cqm.validation import Metric
from cqm.verdicts import RecordedVerdict, recorded_verdicts

__all__ = ["Catalog", "Measure", "catalog"]

Direction = Literal["higher", "lower"]
Cost = Literal["nd", "nd2", "nkd", "sums", "n2", "hard"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One entry of the catalogue.

    Attributes
    ----------
    name : the public function's name, with its variant behind an underscore where there is one.
    function : `f(X, labels, *, metric=…, noise_label=…)` → float.
    definition : the same quantity in plain Python over (distances, labels) or, where `needs` is "points",
        over (points, labels).
    better : which direction is better; never folded into the value.
    range : smallest and largest possible value.
    needs : "distances" (any metric, precomputed included) or "points" (coordinates; Euclidean or cosine).
    cost : growth of the work from vectors: "nd" (linear in n), "nd2" (a scatter matrix), "nkd" (every point to every
        centroid), "sums" (sums of distances over clusters: n·k·d for cosine and sqeuclidean, which have closed forms,
        all pairs otherwise), "n2" (all pairs) or "hard" (no polynomial algorithm for all k).
    reference : paper and section or equation.
    """

    name: str
    function: Callable[..., float]
    definition: Callable[..., Any]
    better: Direction
    range: tuple[float, float]
    needs: Literal["distances", "points"]
    cost: Cost
    reference: str

    @property
    def axioms(self) -> dict[str, RecordedVerdict]:
        """Axiom → verdict with its evidence, as `cqm axioms --table` found it."""
        return recorded_verdicts(self.name)

    def score(self, X: Any, labels: Any, **options: Any) -> float:
        """Value with the sign turned so that higher is better, for searches and scorers."""
        return self.oriented(self.function(X, labels, **options))

    def oriented(self, value: float) -> float:
        """A value of this measure with the sign turned so that higher is better."""
        return value if self.better == "higher" else -value

    def operations(self, n: int, k: int, d: int, metric: Metric) -> float:
        """Multiply–adds that the measure takes on n points in d dimensions, to its leading order."""
        if self.cost == "nd":
            return n * d
        if self.cost == "nd2":
            return n * d * d
        if self.cost == "nkd" or (self.cost == "sums" and metric in ("cosine", "sqeuclidean")):
            return n * k * d
        return n * n / 2 * d


class Catalog(dict[str, Measure]):
    """Name → measure; an unknown name is answered with the nearest ones."""

    def __missing__(self, name: str) -> Measure:
        near = difflib.get_close_matches(str(name), self, n=3)
        cure = f"did you mean {' or '.join(near)}?" if near else "list(cqm.catalog) has all names"
        raise KeyError(f"no measure is named {name!r}: {cure}")


_INF = float("inf")
_POSITIVE, _REAL = (0.0, _INF), (-_INF, _INF)

_LINKAGE = (
    Measure(
        name="weakest_link",
        function=linkage.weakest_link,
        definition=linkage_definitions.weakest_link,
        better="lower",
        range=(0.0, _INF),
        needs="distances",
        cost="n2",
        reference="Ackerman & Ben-David 2008, §3.3",
    ),
)


def _relative_margin(name: str, largest: float, **variant: Any) -> Measure:
    return Measure(
        name=name,
        function=partial(margins.relative_margin, **variant),
        definition=partial(margin_definitions.relative_margin, **variant),
        better="lower",
        range=(0.0, largest),
        needs="distances",
        cost="hard",
        reference="Ackerman & Ben-David 2008, §3.1",
    )


def _additive_margin(name: str, smallest: float, **variant: Any) -> Measure:
    return Measure(
        name=name,
        function=partial(margins.additive_margin, **variant),
        definition=partial(margin_definitions.additive_margin, **variant),
        better="higher",
        range=(smallest, _INF),
        needs="distances",
        cost="hard",
        reference="Ackerman & Ben-David 2008, §3.2",
    )


_MARGINS = (
    _relative_margin("relative_margin", _INF),
    _relative_margin("relative_margin_voronoi", 1.0, reading="voronoi"),
    _relative_margin("relative_margin_literal", 1.0, reading="literal"),
    _additive_margin("additive_margin", 0.0),
    _additive_margin("additive_margin_signed", -_INF, signed=True),
    _additive_margin("additive_margin_voronoi", 0.0, reading="voronoi"),
    _additive_margin("additive_margin_voronoi_max", 0.0, reading="voronoi", over="max"),
    _additive_margin("additive_margin_literal", 0.0, reading="literal"),
)

_SILHOUETTE = (
    Measure(
        name="silhouette",
        function=silhouette.silhouette,
        definition=silhouette_definitions.silhouette,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="sums",
        reference="Rousseeuw 1987, §2",
    ),
    Measure(
        name="simplified_silhouette",
        function=silhouette.simplified_silhouette,
        definition=silhouette_definitions.simplified_silhouette,
        better="higher",
        range=(-1.0, 1.0),
        needs="points",
        cost="nkd",
        reference="Hruschka, de Castro & Campello 2004, §2",
    ),
)

_PAIRS = (
    Measure(
        name="dunn",
        function=separation.dunn,
        definition=separation_definitions.dunn,
        better="higher",
        range=(0.0, _INF),
        needs="distances",
        cost="n2",
        reference="Dunn 1974; Bezdek & Pal 1998, §II",
    ),
    Measure(
        name="gamma",
        function=concordance.gamma,
        definition=concordance_definitions.gamma,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="n2",
        reference="Baker & Hubert 1975",
    ),
    Measure(
        name="g_plus",
        function=concordance.g_plus,
        definition=concordance_definitions.g_plus,
        better="lower",
        range=(0.0, 1.0),
        needs="distances",
        cost="n2",
        reference="Rohlf 1974; Milligan 1981",
    ),
    Measure(
        name="tau",
        function=concordance.tau,
        definition=concordance_definitions.tau,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="n2",
        reference="Rohlf 1974; Milligan 1981",
    ),
    Measure(
        name="c_index",
        function=concordance.c_index,
        definition=concordance_definitions.c_index,
        better="lower",
        range=(0.0, 1.0),
        needs="distances",
        cost="n2",
        reference="Hubert & Levin 1976",
    ),
    Measure(
        name="mcclain_rao",
        function=pair_means.mcclain_rao,
        definition=pair_means_definitions.mcclain_rao,
        better="lower",
        range=(0.0, _INF),
        needs="distances",
        cost="sums",
        reference="McClain & Rao 1975",
    ),
    Measure(
        name="point_biserial",
        function=pair_means.point_biserial,
        definition=pair_means_definitions.point_biserial,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="n2",
        reference="Milligan 1981",
    ),
)
_NEIGHBOURS = (
    Measure(
        name="connectivity",
        function=neighbours.connectivity,
        definition=neighbours_definitions.connectivity,
        better="lower",
        range=(0.0, _INF),
        needs="distances",
        cost="n2",
        reference="Handl & Knowles 2005",
    ),
    Measure(
        name="cvnn_separation",
        function=neighbours.cvnn_separation,
        definition=neighbours_definitions.cvnn_separation,
        better="lower",
        range=(0.0, 1.0),
        needs="distances",
        cost="n2",
        reference="Liu et al. 2013, §IV",
    ),
    Measure(
        name="cvnn_compactness",
        function=neighbours.cvnn_compactness,
        definition=neighbours_definitions.cvnn_compactness,
        better="lower",
        range=(0.0, _INF),
        needs="distances",
        cost="sums",
        reference="Liu et al. 2013, §IV",
    ),
)
_DENSITY = (
    Measure(
        name="dbcv",
        function=density.dbcv,
        definition=density_definitions.dbcv_of_points,
        better="higher",
        range=(-1.0, 1.0),
        needs="points",  # their dimension is in the formula
        cost="n2",
        reference="Moulavi et al. 2014, Definition 8",
    ),
)


def _generalized_dunn(delta: separation.Separation, size: separation.Diameter) -> Measure:
    with_centroids = "centroid" in delta or size == "centroid"
    definition = (
        separation_definitions.generalized_dunn_of_points if with_centroids else separation_definitions.generalized_dunn
    )
    return Measure(
        name=f"generalized_dunn_{delta}_{size}",
        function=partial(separation.generalized_dunn, separation=delta, diameter=size),
        definition=partial(definition, separation=delta, diameter=size),
        better="higher",
        range=(0.0, _INF),
        needs="points" if with_centroids else "distances",
        cost="nd" if "centroid" in delta and size == "centroid" else "n2",
        reference="Bezdek & Pal 1998, eqs. 20–28",
    )


_GENERALIZED_DUNN = tuple(
    _generalized_dunn(delta, size)
    for delta in get_args(separation.Separation)
    for size in get_args(separation.Diameter)
    if (delta, size) != ("single", "maximum")  # Dunn's own
)


def _on_points(
    function: Callable[..., float],
    definition: Callable[..., Any],
    better: Direction,
    bounds: tuple[float, float],
    cost: Cost,
    reference: str,
) -> Measure:
    return Measure(function.__name__, function, definition, better, bounds, "points", cost, reference)


_DISPERSION = (
    _on_points(dispersion.trace_w, dispersion_definitions.trace_w, "lower", _POSITIVE, "nd", "Friedman & Rubin 1967"),
    _on_points(
        dispersion.calinski_harabasz,
        dispersion_definitions.calinski_harabasz,
        "higher",
        _POSITIVE,
        "nd",
        "Caliński & Harabasz 1974",
    ),
    _on_points(dispersion.log_ss_ratio, dispersion_definitions.log_ss_ratio, "higher", _REAL, "nd", "Hartigan 1975"),
    _on_points(dispersion.ball_hall, dispersion_definitions.ball_hall, "lower", _POSITIVE, "nd", "Ball & Hall 1965"),
    _on_points(
        dispersion.banfield_raftery,
        dispersion_definitions.banfield_raftery,
        "lower",
        _REAL,
        "nd",
        "Banfield & Raftery 1993",
    ),
    _on_points(
        dispersion.ratkowsky_lance,
        dispersion_definitions.ratkowsky_lance,
        "higher",
        (0.0, 0.5**0.5),
        "nd",
        "Ratkowsky & Lance 1978",
    ),
)

_CENTROID_SEPARATION = (
    _on_points(
        centroid_separation.davies_bouldin,
        centroid_separation_definitions.davies_bouldin,
        "lower",
        _POSITIVE,
        "nd",
        "Davies & Bouldin 1979",
    ),
    _on_points(
        centroid_separation.xie_beni,
        centroid_separation_definitions.xie_beni,
        "lower",
        _POSITIVE,
        "nd",
        "Xie & Beni 1991",
    ),
    _on_points(
        centroid_separation.ray_turi,
        centroid_separation_definitions.ray_turi,
        "lower",
        _POSITIVE,
        "nd",
        "Ray & Turi 1999",
    ),
    _on_points(
        centroid_separation.pbm,
        centroid_separation_definitions.pbm,
        "higher",
        _POSITIVE,
        "nd",
        "Pakhira, Bandyopadhyay & Maulik 2004",
    ),
    _on_points(
        centroid_separation.wemmert_gancarski,
        centroid_separation_definitions.wemmert_gancarski,
        "higher",
        (0.0, 1.0),
        "nkd",
        "Wemmert, Gançarski & Korczak 2000",
    ),
)

_SCATTER = (
    _on_points(scatter.trace_wib, scatter_definitions.trace_wib, "higher", _POSITIVE, "nd2", "Friedman & Rubin 1967"),
    _on_points(scatter.det_ratio, scatter_definitions.det_ratio, "higher", (1.0, _INF), "nd2", "Friedman & Rubin 1967"),
    _on_points(
        scatter.log_det_ratio, scatter_definitions.log_det_ratio, "higher", _POSITIVE, "nd2", "Scott & Symons 1971"
    ),
    _on_points(scatter.scott_symons, scatter_definitions.scott_symons, "lower", _REAL, "nd2", "Scott & Symons 1971"),
)

_SCATTERING = (
    _on_points(cdbw.cdbw, cdbw_definitions.cdbw, "higher", _POSITIVE, "nkd", "Halkidi & Vazirgiannis 2008"),
    _on_points(
        scattering.sd_scat, scattering_definitions.sd_scat, "lower", _POSITIVE, "nd", "Halkidi et al. 2000, eq. 4"
    ),
    _on_points(
        scattering.sd_dis, scattering_definitions.sd_dis, "lower", _POSITIVE, "nd", "Halkidi et al. 2000, eq. 5"
    ),
    _on_points(
        scattering.sd_index, scattering_definitions.sd_index, "lower", _POSITIVE, "nd", "Halkidi et al. 2000, eq. 6"
    ),
    _on_points(
        scattering.s_dbw,
        scattering_definitions.s_dbw,
        "lower",
        _POSITIVE,
        "nkd",
        "Halkidi & Vazirgiannis 2001, eq. 1–5",
    ),
)

catalog = Catalog(
    (measure.name, measure)
    for measure in (
        *_LINKAGE,
        *_MARGINS,
        *_SILHOUETTE,
        *_PAIRS,
        *_NEIGHBOURS,
        *_DENSITY,
        *_GENERALIZED_DUNN,
        *_DISPERSION,
        *_CENTROID_SEPARATION,
        *_SCATTER,
        *_SCATTERING,
    )
)
