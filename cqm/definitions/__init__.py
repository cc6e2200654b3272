"""Every measure as its paper writes it: plain Python over nested sequences, generic in the number type.

The same text runs on `float`, `fractions.Fraction` and symbolic reals: it is the referee of the kernels, the exact
checker of witnesses and the input of the proofs. Nothing here is fast, and nothing here validates.
"""
