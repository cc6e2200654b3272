"""From audio files to training batches and trial lists: manifests, crops, augmentation, corpora."""
