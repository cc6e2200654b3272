"""numpy arrays: tiles of BLAS products with compiled epilogues, on every core."""
