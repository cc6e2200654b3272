"""Embeddings and speakers → how compact the speakers are."""
