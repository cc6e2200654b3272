"""scipy's sparse matrices and arrays: tiles from sparse products, centroids from what is stored."""
