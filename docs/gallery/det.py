"""Error rates of two systems at every threshold."""

import numpy as np

from sv_bridge.reports.plots import det_plot
from sv_bridge.verification.error_rates import error_curve

rng = np.random.default_rng(0)
curves = {
    f"d′ = {distance}": error_curve(rng.normal(distance, size=2000), rng.normal(size=8000)) for distance in (1.5, 2.5)
}
ax = det_plot(curves)
