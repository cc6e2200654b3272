"""The page of crossed trials shows what its record holds."""

import json

from benchmarks.crossed_trials import END, PAGE, START, tables


def test_the_shipped_tables_are_what_their_record_says():
    text, record = PAGE.read_text(encoding="utf-8"), PAGE.with_suffix(".json").read_text(encoding="utf-8")
    assert text.split(START)[1].split(END)[0] == f"\n\n{tables(json.loads(record))}\n"
