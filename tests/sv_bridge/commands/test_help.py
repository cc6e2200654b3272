"""Help breaks its lines where the terminal ends, and not where the source does."""

from inspect import getdoc

import pytest

from cqm.cli import app as cqm_app
from sv_bridge.commands.app import app as bridge_app
from sv_bridge.commands.prepare import app as prepare_app


@pytest.mark.parametrize("app", [cqm_app, bridge_app, prepare_app])
def test_a_paragraph_of_help_is_one_line(app):
    assert app.registered_commands
    for command in app.registered_commands:
        _, *paragraphs = getdoc(command.callback).split("\n\n")  # of the first one, typer joins the lines
        for paragraph in paragraphs:
            assert "\n" not in paragraph, command.callback.__name__
