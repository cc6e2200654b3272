"""Cases as hypothesis strategies: integers in, so ties are real and everything shrinks to the simplest case."""

from hypothesis import reject
from hypothesis import strategies as st

from cqm.axioms.domains import Domain
from cqm.axioms.instances import Rejected
from cqm.axioms.transformations import Recipe, Trial

__all__ = ["trials"]


@st.composite
def trials(draw: st.DrawFn, recipe: Recipe, domain: Domain, n: int) -> Trial:
    """Cases with n points that a recipe makes in a domain."""
    try:
        return recipe(domain, n, lambda low, high: draw(st.integers(low, high)))
    except Rejected:
        reject()
