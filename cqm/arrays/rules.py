"""What points and distances must fulfil, whichever library holds them."""

from typing import Any

from array_api_compat import array_namespace

from cqm.arrays.cures import distances_error
from cqm.arrays.foreign import on_host
from cqm.arrays.metrics import Distance

__all__ = ["NoRoomError", "check_distances", "check_integers", "check_size", "no_direction", "not_finite"]

SQUARABLE = 1e-150, 1e150  # sizes whose squares, and sums of them, stay in float64's range


class NoRoomError(ValueError):
    """A dense array of points or centroids would be larger than what sparse vectors were meant to spare."""


def check_size(largest: float, distance: Distance) -> None:
    """Refuse data whose squares a metric can't take; all-zero data are fine."""
    if not distance.squared or largest == 0:
        return
    smallest, limit = SQUARABLE
    if not smallest <= largest <= limit:
        happens, cure = ("overflow", "down") if largest > limit else ("vanish", "up")
        raise ValueError(f"`X` has numbers up to {largest:.3g}, whose squares {happens} in float64: scale `X` {cure}")


def check_integers(low: int, high: int) -> None:
    """Refuse integers between which float64 has gaps."""
    if max(-low, high) > 2**53:
        raise ValueError(
            f"`X` has integers up to {max(-low, high)}, which float64 does not tell apart beyond 2**53: "
            "subtract X.min(axis=0) first, or round them with X.astype(float)"
        )


def not_finite(value: float, row: int, column: int) -> ValueError:
    """Error of points with a NaN or an infinity."""
    return ValueError(f"`X` has {value} at X[{row}, {column}]: remove or impute such points")


def no_direction(distance: Distance, row: int) -> ValueError:
    """Error of points that angles do not know."""
    what = "constant" if distance.centred else "zero"
    return ValueError(f"{distance} distance is undefined for {what} vectors: row {row} of `X`")


def check_distances(X: Any, data: Any) -> None:
    """Refuse what is no (n, n) symmetric non-negative matrix with a zero diagonal; `data` is `X` as floats."""
    xp = array_namespace(data)
    if data.ndim != 2 or data.shape[0] != data.shape[1]:
        raise ValueError(
            f'metric="precomputed" takes square or condensed distances, got shape {tuple(data.shape)}: leave out what '
            'is no distance, such as a column of names; vectors go with another metric, such as "euclidean"'
        )
    tolerance = 1e-5 if data.dtype == xp.float32 else 1e-10
    wrong = not xp.all(xp.isfinite(data)) or xp.any(data < 0) or xp.any(xp.linalg.diagonal(data) != 0)
    if wrong or (xp.any(data != data.T) and xp.any(xp.abs(data - data.T) > tolerance * xp.abs(data))):
        raise distances_error(X, on_host(data))
