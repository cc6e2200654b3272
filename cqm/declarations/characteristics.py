"""Characteristics of clusterings (Hennig 2019): single aspects, to be weighed by what a user is after."""

from collections.abc import Callable
from typing import Any

from cqm.arrays.clustering import Clustering
from cqm.declarations.entry import INFINITY, Cost, Direction, Measure
from cqm.definitions import characteristics as definitions
from cqm.definitions import linkage as linkage_definitions
from cqm.measures import characteristics, density_characteristics, linkage


def _characteristic(
    function: Callable[..., float],
    core: Callable[[Clustering], float],
    definition: Callable[..., Any],
    better: Direction,
    largest: float,
    cost: Cost,
    **facts: Any,
) -> Measure:
    return Measure(
        name=function.__name__,
        function=function,
        core=core,
        definition=definition,
        better=better,
        range=(0.0, largest),
        needs="distances",
        cost=cost,
        reference="Hennig 2019",
        **facts,
    )


CHARACTERISTICS = (
    _characteristic(
        characteristics.average_within,
        characteristics.average_within_of,
        definitions.average_within,
        "lower",
        INFINITY,
        "sums",
    ),
    _characteristic(
        characteristics.separation_index,
        characteristics.separation_index_of,
        definitions.separation_index,
        "higher",
        INFINITY,
        "n2",
    ),
    _characteristic(linkage.widest_gap, linkage.widest_gap_of, linkage_definitions.widest_gap, "lower", INFINITY, "n2"),
    _characteristic(
        characteristics.size_entropy, characteristics.size_entropy_of, definitions.size_entropy, "higher", 1.0, "nd"
    ),
    _characteristic(
        density_characteristics.neighbor_distance,
        density_characteristics.neighbor_distance_of,
        definitions.neighbor_distance,
        "lower",
        INFINITY,
        "n2",
        judged=(("neighbors", 1),),
    ),
    _characteristic(
        density_characteristics.neighbor_variation,
        density_characteristics.neighbor_variation_of,
        definitions.neighbor_variation,
        "lower",
        INFINITY,
        "n2",
        judged=(("neighbors", 1),),
    ),
    _characteristic(
        density_characteristics.density_at_boundaries,
        density_characteristics.density_at_boundaries_of,
        definitions.density_at_boundaries,
        "lower",
        1.0,
        "ranks",
    ),
    _characteristic(
        linkage.density_weighted_gap,
        linkage.density_weighted_gap_of,
        definitions.density_weighted_gap,
        "lower",
        INFINITY,
        "ranks",
    ),
)
