import math

import pytest

from sv_bridge.config import TrainingConfig
from sv_bridge.methods.schedules import Moment, Ramp, at
from sv_bridge.training.schedule import learning_rate

EIGHTH = (1 + math.cos(math.pi / 4)) / 2  # 0.8536: a quarter of the way down a cosine

TABLE = [
    # kind, (epoch, share of the learning rate): 11 epochs of which the first warms up, decay 0.5 every 4
    ("constant", [(0, 0), (0.25, 0.25), (1, 1), (5, 1), (11, 1)]),
    ("step", [(0, 0), (0.5, 0.5), (1, 1), (3.99, 1), (4, 0.5), (7.99, 0.5), (8, 0.25), (11, 0.25)]),
    ("cosine", [(0, 0), (0.5, 0.5), (1, 1), (3.5, EIGHTH), (6, 0.5), (8.5, 1 - EIGHTH), (11, 0), (12, 0)]),
]


@pytest.mark.parametrize(("kind", "rows"), TABLE)
def test_learning_rates_follow_the_table(kind, rows):
    schedule = {"kind": kind, "warmup_epochs": 1, "decay": 0.5, "every_epochs": 4}
    training = TrainingConfig(epochs=11, batch_size=1, learning_rate=0.02, schedule=schedule)
    for epoch, share in rows:
        assert learning_rate(training, epoch) == pytest.approx(0.02 * share, abs=1e-12)


@pytest.mark.parametrize(
    ("ramp", "rows"),
    [
        (Ramp(start=0, end=0.4, over_epochs=4), [(0, 0), (1, 0.1), (3, 0.3), (4, 0.4), (8, 0.4)]),
        (Ramp(start=0.99, end=1, shape="cosine"), [(0, 0.99), (2, 1 - 0.01 * EIGHTH), (4, 0.995), (8, 1)]),
        (Ramp(start=30, end=10), [(0, 30), (2, 25), (8, 10)]),
        (7.5, [(0, 7.5), (8, 7.5)]),
    ],
)
def test_numbers_that_move_follow_the_table(ramp, rows):
    for epoch, value in rows:
        assert at(ramp, Moment(10 * epoch, steps_per_epoch=10, epochs=8)) == pytest.approx(value, abs=1e-12)
