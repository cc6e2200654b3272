"""Vectors or distances → the small arrays that measures are made of, tile by tile.

No function here makes an n×n array from vectors.
"""
