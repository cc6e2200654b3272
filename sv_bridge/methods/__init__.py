"""Self-supervised methods, one file each: typed settings, loss and step. Their losses are functions, in `losses`."""
