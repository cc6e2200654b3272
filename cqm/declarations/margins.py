"""The measures of Ackerman & Ben-David 2008: weakest link, relative and additive margin."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, get_args

from cqm.declarations.entry import INFINITY, Cost, Measure
from cqm.definitions import linkage as linkage_definitions
from cqm.definitions import losses as loss_definitions
from cqm.definitions import margins as margin_definitions
from cqm.definitions import variants as variant_definitions
from cqm.measures import linkage, losses, margins, variants

LINKAGE = (
    Measure(
        name="weakest_link",
        function=linkage.weakest_link,
        core=linkage.weakest_link_of,
        definition=linkage_definitions.weakest_link,
        better="lower",
        range=(0.0, INFINITY),
        needs="distances",
        cost="n2",
        weights="any",
        reference="Ackerman & Ben-David 2008, §3.3",
    ),
)


def _relative_margin(name: str, largest: float, cost: Cost, besides: float | None = None, **variant: Any) -> Measure:
    return Measure(
        name=name,
        function=partial(margins.relative_margin, **variant),
        core=partial(margins.relative_margin_of, **variant),
        definition=partial(margin_definitions.relative_margin, **variant),
        better="lower",
        range=(0.0, largest),
        needs="distances",
        cost=cost,
        reference="Ackerman & Ben-David 2008, §3.1",
        besides=besides,
    )


def _additive_margin(name: str, smallest: float, **variant: Any) -> Measure:
    return Measure(
        name=name,
        function=partial(margins.additive_margin, **variant),
        core=partial(margins.additive_margin_of, **variant),
        definition=partial(margin_definitions.additive_margin, **variant),
        better="higher",
        range=(smallest, INFINITY),
        needs="distances",
        cost="hard",
        reference="Ackerman & Ben-David 2008, §3.2",
    )


MARGINS = (
    _relative_margin("relative_margin", INFINITY, "relaxed"),
    _relative_margin("relative_margin_voronoi", 1.0, "relaxed", INFINITY, reading="voronoi"),
    _relative_margin("relative_margin_literal", 1.0, "hard", INFINITY, reading="literal"),
    _additive_margin("additive_margin", 0.0),
    _additive_margin("additive_margin_signed", -INFINITY, signed=True),
    _additive_margin("additive_margin_voronoi", 0.0, reading="voronoi"),
    _additive_margin("additive_margin_voronoi_max", 0.0, reading="voronoi", over="max"),
    _additive_margin("additive_margin_literal", 0.0, reading="literal"),
)


COST_OF_PAIRS: dict[str, Cost] = {"weakest_link": "n2", "relative_margin": "pairs_relaxed", "additive_margin": "pairs"}


def _over_pairs(measure: Measure, over: variants.Over, cost: Cost) -> Measure:
    return Measure(
        name=f"{measure.name}_pairs_{over}",
        function=partial(variants.over_pairs, _plain(measure.function), over=over),
        core=partial(variants.over_pairs_of, core=_plain(measure.core), over=over),
        definition=partial(variant_definitions.over_pairs, measure.definition, over=over),
        better=measure.better,
        range=measure.range,
        needs="distances",
        cost=cost,
        reference="Ackerman & Ben-David 2008",
    )


def _plain(function: Callable[..., float]) -> Callable[..., float]:
    """The function itself where the measure is its default variant."""
    return function.func if isinstance(function, partial) and not function.keywords else function


PAIRS = tuple(
    _over_pairs(measure, over, cost)
    for measure in (*LINKAGE, *MARGINS)
    if (cost := COST_OF_PAIRS.get(measure.name))
    for over in get_args(variants.Over)
)


def _loss(loss: losses.Loss, largest: float, needs: Literal["distances", "points"], cost: Cost) -> Measure:
    return Measure(
        name=f"normalized_{loss}",
        function=partial(losses.normalized_loss, loss=loss),
        core=partial(losses.normalized_loss_of, loss=loss),
        definition=getattr(loss_definitions, f"normalized_{loss}"),
        better="lower",
        range=(0.0, largest),
        needs=needs,
        cost=cost,
        weights="any",
        reference="Ackerman & Ben-David 2008",
        fewest_clusters=1,
    )


LOSSES = (
    _loss("k_means", 1.0, "points", "nd"),
    _loss("k_median", INFINITY, "distances", "sums"),
    _loss("min_sum", 1.0, "distances", "sums"),
)
