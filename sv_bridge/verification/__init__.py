"""Trials and scores → error rates, calibration, confidence."""
