"""dask arrays: blocks of rows, and pairs of them, as tasks of one graph."""
