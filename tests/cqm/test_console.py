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
