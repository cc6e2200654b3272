"""A counterexample: the relative margin as printed is not consistent."""

from cqm import axioms

ax = axioms.check("relative_margin_literal", axioms.consistency).witness.plot()
