"""Who speaks when in a recording: speech, windows, clusters, turns, and errors against a reference."""
