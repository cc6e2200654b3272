"""A recurrent encoder, written as somebody would who has only this file."""

from typing import Literal

from pydantic import PositiveInt
from torch import nn

from sv_bridge.models.encoders import EncoderConfig


class GruConfig(EncoderConfig):
    name: Literal["gru"]
    width: PositiveInt = 8

    def backbone(self):
        return Gru(self)


class Gru(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.cells = nn.GRU(config.features.mels, config.width, batch_first=True)
        self.output = nn.Linear(config.width, config.embedding_dim)

    def forward(self, features):
        return self.output(self.cells(features.transpose(1, 2))[1][0])
