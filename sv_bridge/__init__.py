"""Train, evaluate and measure additive-margin contrastive speaker-verification models."""
