"""The command that chooses without labels, `select`; torch is imported when it runs."""

from typing import Annotated

import typer

from sv_bridge.commands.evaluation import CorpusFolder, Device, Split
from sv_bridge.commands.output import Json, report

__all__ = ["select"]


def select(
    systems: Annotated[list[str], typer.Argument(help="runs, checkpoint folders in them, log-mel, untrained:PRESET")],
    corpus: CorpusFolder,
    split: Split = "train",
    newest: Annotated[
        bool, typer.Option("--newest", help="only the newest checkpoint of each run, not all it has kept")
    ] = False,
    utterances: Annotated[int, typer.Option(help="listen to so many, drawn at random")] = 1200,
    cross_channels: Annotated[int, typer.Option(help="seed of the channels that they are heard through")] = 0,
    as_recorded: Annotated[bool, typer.Option("--as-recorded", help="without channels of their own")] = False,
    device: Device = "auto",
    json_out: Json = None,
) -> None:
    """Put checkpoints, margins and recipes in order, without reading who speaks. The last line names the best."""
    from sv_bridge.data.manifest import read_corpus
    from sv_bridge.models.embedding import EmbeddingOptions
    from sv_bridge.reports.label_free import LabelFreeEvaluator, checkpoints_of
    from sv_bridge.reports.rows import selection_rows
    from sv_bridge.reports.selection import select
    from sv_bridge.reports.tables import print_table

    read = read_corpus(corpus, check_files=False)
    listen = LabelFreeEvaluator(
        read if split == "all" else read.split(split),
        EmbeddingOptions(device=device, progress=True),
        channels=None if as_recorded else cross_channels,
        utterances=utterances,
    )
    named = [name for system in systems for name in ([system] if newest else checkpoints_of(system))]
    selection = select([listen(name) for name in dict.fromkeys(named)])
    print_table(
        f"{selection.utterances:,} {split} utterances of {corpus.name}, nobody named", *selection_rows(selection)
    )
    typer.echo(selection.statement, err=True)
    report(selection.to_dict(), json_out)
    typer.echo(selection.ranking[0])
