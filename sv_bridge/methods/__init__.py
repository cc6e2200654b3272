"""Contrastive methods: losses and the frameworks that train with them."""
