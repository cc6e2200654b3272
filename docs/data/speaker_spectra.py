"""Write speaker_spectra.npz: mean log-mel spectra of the test speakers of the debian-voices corpus.

The corpus is made by `sv-bridge prepare debian-voices --out corpus/`; the file holds spectra, speakers and languages,
and no audio. Run as `python docs/data/speaker_spectra.py corpus/`.
"""

import sys
from pathlib import Path

import numpy as np

from cqm.atomic import atomic_path
from sv_bridge.data.manifest import read_corpus
from sv_bridge.models.baselines import MeanLogMel
from sv_bridge.models.embedding import embed

LONGEST_PER_SPEAKER = 20


def main(corpus_folder: str) -> None:
    """Embed the longest utterances of each test speaker and write them beside this script."""
    test = read_corpus(corpus_folder).split("test")
    longest = sorted(test, key=lambda utterance: (-utterance.duration_s, utterance.id))
    chosen: dict[str, list[str]] = {}
    for utterance in longest:
        chosen.setdefault(utterance.speaker, []).append(utterance.id)
    kept = {identity for ids in chosen.values() for identity in ids[:LONGEST_PER_SPEAKER]}
    spectra = embed(MeanLogMel(), test.where(lambda utterance: utterance.id in kept))
    with atomic_path(Path(__file__).with_suffix(".npz")) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, X=spectra.vectors, labels=spectra.speakers, languages=spectra.languages)


if __name__ == "__main__":
    main(*sys.argv[1:])
