"""Where each primitive of geometry runs: numpy data here, other arrays in the engine of their kind.

A primitive is a function of a clustering that measures build on. An engine is a module with functions of the same
names; what it lacks is computed from numpy arrays alone.
"""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, Concatenate, ParamSpec, TypeVar

from cqm.arrays.elsewhere import Elsewhere
from cqm.arrays.intake import Clustering
from cqm.sharing import once

__all__ = ["Score", "primitive"]

# (rows, k) values of points at clusters, (rows,) their own clusters and (k,) sizes as floats → (rows,) scores, all of
# them arrays of one library
Score = Callable[[Any, Any, Any], Any]
Options = ParamSpec("Options")
Result = TypeVar("Result")


def primitive(
    function: Callable[Concatenate[Clustering, Options], Result],
) -> Callable[Concatenate[Clustering, Options], Result]:
    """Let `function` run in the engine of the clustering's array, and once for all measures of an evaluation."""

    @once
    @wraps(function)
    def run(clustering: Clustering, /, *args: Options.args, **options: Options.kwargs) -> Result:
        data: object = clustering.points
        if not isinstance(data, Elsewhere):
            return function(clustering, *args, **options)
        engine = import_module("cqm.geometry.dask_arrays" if data.is_dask else "cqm.geometry.device_arrays")
        if not hasattr(engine, function.__name__):
            raise data.needs_numpy()
        result: Result = getattr(engine, function.__name__)(clustering, *args, **options)
        return result

    return run
