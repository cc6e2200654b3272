"""Indices of distances: silhouettes, Dunn and its generalisations, concordance, neighbourhoods."""

from functools import partial
from typing import get_args

from cqm.declarations.entry import INFINITY, Cost, Measure
from cqm.definitions import concordance as concordance_definitions
from cqm.definitions import generalized_silhouette as generalized_silhouette_definitions
from cqm.definitions import medoid_silhouette as medoid_silhouette_definitions
from cqm.definitions import near_neighbours as near_neighbours_definitions
from cqm.definitions import neighbours as neighbours_definitions
from cqm.definitions import pair_means as pair_means_definitions
from cqm.definitions import separation as separation_definitions
from cqm.definitions import silhouette as silhouette_definitions
from cqm.measures import (
    concordance,
    generalized_silhouette,
    medoid_silhouette,
    near_neighbours,
    neighbours,
    pair_means,
    separation,
    silhouette,
)

SILHOUETTE = (
    Measure(
        name="silhouette",
        function=silhouette.silhouette,
        core=silhouette.silhouette_of,
        definition=silhouette_definitions.silhouette,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="sums",
        weights="any",
        reference="Rousseeuw 1987, §2",
    ),
    Measure(
        name="macro_silhouette",
        function=silhouette.macro_silhouette,
        core=silhouette.macro_silhouette_of,
        definition=silhouette_definitions.macro_silhouette,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="sums",
        weights="any",
        reference="Pavlopoulos, Vardakas & Likas 2024",
    ),
    Measure(
        name="generalized_silhouette",
        function=generalized_silhouette.generalized_silhouette,
        core=generalized_silhouette.generalized_silhouette_of,
        definition=generalized_silhouette_definitions.generalized_silhouette,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="n2",
        reference="Lengyel & Botta-Dukát 2019",
    ),
    Measure(
        name="medoid_silhouette",
        function=medoid_silhouette.medoid_silhouette,
        core=medoid_silhouette.medoid_silhouette_of,
        definition=medoid_silhouette_definitions.medoid_silhouette,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="sums",
        reference="Lenssen & Schubert 2022",
    ),
    Measure(
        name="simplified_silhouette",
        function=silhouette.simplified_silhouette,
        core=silhouette.simplified_silhouette_of,
        definition=silhouette_definitions.simplified_silhouette,
        better="higher",
        range=(-1.0, 1.0),
        needs="points",
        cost="nkd",
        weights="any",
        reference="Hruschka, de Castro & Campello 2004, §2",
    ),
)

PAIRS = (
    Measure(
        name="dunn",
        function=separation.dunn,
        core=separation.dunn_of,
        definition=separation_definitions.dunn,
        better="higher",
        range=(0.0, INFINITY),
        needs="distances",
        cost="n2",
        weights="any",
        reference="Dunn 1974; Bezdek & Pal 1998, §II",
    ),
    Measure(
        name="gamma",
        function=concordance.gamma,
        core=concordance.gamma_of,
        definition=concordance_definitions.gamma,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="ranks",
        reference="Baker & Hubert 1975",
    ),
    Measure(
        name="g_plus",
        function=concordance.g_plus,
        core=concordance.g_plus_of,
        definition=concordance_definitions.g_plus,
        better="lower",
        range=(0.0, 1.0),
        needs="distances",
        cost="ranks",
        reference="Rohlf 1974; Milligan 1981",
    ),
    Measure(
        name="tau",
        function=concordance.tau,
        core=concordance.tau_of,
        definition=concordance_definitions.tau,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="ranks",
        reference="Rohlf 1974; Milligan 1981",
    ),
    Measure(
        name="c_index",
        function=concordance.c_index,
        core=concordance.c_index_of,
        definition=concordance_definitions.c_index,
        better="lower",
        range=(0.0, 1.0),
        needs="distances",
        cost="ranks",
        reference="Hubert & Levin 1976",
    ),
    Measure(
        name="mcclain_rao",
        function=pair_means.mcclain_rao,
        core=pair_means.mcclain_rao_of,
        definition=pair_means_definitions.mcclain_rao,
        better="lower",
        range=(0.0, INFINITY),
        needs="distances",
        cost="sums",
        weights="any",
        reference="McClain & Rao 1975",
    ),
    Measure(
        name="point_biserial",
        function=pair_means.point_biserial,
        core=pair_means.point_biserial_of,
        definition=pair_means_definitions.point_biserial,
        better="higher",
        range=(-1.0, 1.0),
        needs="distances",
        cost="n2",
        reference="Milligan 1981",
    ),
)
NEIGHBOURS = (
    Measure(
        name="connectivity",
        function=neighbours.connectivity,
        core=neighbours.connectivity_of,
        definition=neighbours_definitions.connectivity,
        better="lower",
        range=(0.0, INFINITY),
        needs="distances",
        cost="n2",
        of_neighbours=True,
        reference="Handl & Knowles 2005",
        judged=(("neighbors", 2),),
    ),
    Measure(
        name="cvnn_separation",
        function=neighbours.cvnn_separation,
        core=neighbours.cvnn_separation_of,
        definition=neighbours_definitions.cvnn_separation,
        better="lower",
        range=(0.0, 1.0),
        needs="distances",
        cost="n2",
        of_neighbours=True,
        reference="Liu et al. 2013, §IV",
        judged=(("neighbors", 2),),
    ),
    Measure(
        name="cvnn_compactness",
        function=neighbours.cvnn_compactness,
        core=neighbours.cvnn_compactness_of,
        definition=neighbours_definitions.cvnn_compactness,
        better="lower",
        range=(0.0, INFINITY),
        needs="distances",
        cost="sums",
        weights="any",
        reference="Liu et al. 2013, §IV",
    ),
    Measure(
        name="wcnn",
        function=near_neighbours.wcnn,
        core=near_neighbours.wcnn_of,
        definition=near_neighbours_definitions.wcnn,
        better="higher",
        range=(0.0, 1.0),
        needs="distances",
        cost="ranks",
        of_neighbours=True,
        reference="Gagolewski, Bartoszuk & Cena 2021, §2",
        judged=(("neighbors", 2),),
        besides=-INFINITY,
    ),
    Measure(
        name="dunn_owa",
        function=near_neighbours.dunn_owa,
        core=near_neighbours.dunn_owa_of,
        definition=near_neighbours_definitions.dunn_owa,
        better="higher",
        range=(0.0, INFINITY),
        needs="distances",
        cost="ranks",
        reference="Gagolewski, Bartoszuk & Cena 2021, §2",
        judged=(("neighbors", 2),),
        besides=-INFINITY,
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
        core=partial(separation.generalized_dunn_of, separation=delta, diameter=size),
        definition=partial(definition, separation=delta, diameter=size),
        better="higher",
        range=(0.0, INFINITY),
        needs="points" if with_centroids else "distances",
        cost=_cost(delta, size),
        weights="any",
        reference="Bezdek & Pal 1998, eqs. 20–28",
    )


def _cost(delta: separation.Separation, size: separation.Diameter) -> Cost:
    match delta, size:
        case "average", "average":
            return "sums"
        case "centroid", "centroid":
            return "k2d"
        case "average_to_centroids", "centroid":
            return "nkd"
    return "n2"


GENERALIZED_DUNN = tuple(
    _generalized_dunn(delta, size)
    for delta in get_args(separation.Separation)
    for size in get_args(separation.Diameter)
    if (delta, size) != ("single", "maximum")  # Dunn's own
)
