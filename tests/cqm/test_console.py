import rich.console
from rich.progress import Progress

from cqm import console
from cqm.console import progress_console


def test_a_notebook_without_ipywidgets_gets_no_warning(monkeypatch):
    monkeypatch.setattr(rich.console, "_is_jupyter", lambda: True)
    monkeypatch.setattr(console, "find_spec", lambda name: None)
    with Progress(console=progress_console()) as bar:  # warnings are errors in these tests
        bar.advance(bar.add_task("", total=1))
    assert not progress_console().is_jupyter


def test_a_notebook_with_ipywidgets_gets_a_widget(monkeypatch):
    monkeypatch.setattr(rich.console, "_is_jupyter", lambda: True)
    monkeypatch.setattr(console, "find_spec", lambda name: object())
    assert progress_console().is_jupyter


def test_neither_pipes_nor_kernels_get_lines_of_progress(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as a kernel of Jupyter does
    monkeypatch.setattr(console, "find_spec", lambda name: None)
    for kernel in (False, True):
        monkeypatch.setattr(rich.console, "_is_jupyter", lambda kernel=kernel: kernel)
        with Progress(console=progress_console(), auto_refresh=False) as bar:
            task = bar.add_task("", total=3)
            for _ in range(3):
                bar.advance(task)
                bar.refresh()
    assert capsys.readouterr() == ("", "")
