"""Findings: what was found, where, with which evidence; suppression and fingerprints."""
