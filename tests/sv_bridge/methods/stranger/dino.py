"""DINO (Caron et al., ICCV 2021), written as somebody would who has only this file: no margin, views of two lengths."""

import copy
from typing import Literal

import torch
from pydantic import PositiveFloat, PositiveInt
from torch import nn

from sv_bridge import distributed
from sv_bridge.methods.method import Method, MethodConfig
from sv_bridge.methods.schedules import Ramp, ScheduledFraction, ScheduledPositive, at


class DinoConfig(MethodConfig):
    name: Literal["dino"]
    prototypes: PositiveInt = 64
    local_views: PositiveInt = 2
    local_seconds: PositiveFloat = 0.1
    student_temperature: ScheduledPositive = 0.1
    teacher_temperature: ScheduledPositive = Ramp(start=0.04, end=0.07, over_epochs=2)
    momentum: ScheduledFraction = Ramp(start=0.99, end=1.0, shape="cosine")

    def view_seconds(self, crop_seconds):
        return (crop_seconds,) * 2 + (self.local_seconds,) * self.local_views

    def build(self, encoder, speech):
        return Dino(encoder, self)


class Dino(Method):
    def __init__(self, encoder, config):
        super().__init__(encoder.requires_grad_(False))  # the teacher is the encoder that is kept
        self.config = config
        self.head = nn.Linear(encoder.embedding_dim, config.prototypes).requires_grad_(False)
        self.student = copy.deepcopy(encoder).requires_grad_()
        self.student_head = copy.deepcopy(self.head).requires_grad_()
        self.register_buffer("centre", torch.zeros(config.prototypes))

    def forward(self, batch, moment):
        students = [self.student_head(self.student(view)) for view in batch.views]
        with torch.no_grad():
            teachers = [self.head(self.encoder(view)) for view in batch.views[:2]]
            sharp = [((t - self.centre) / at(self.config.teacher_temperature, moment)).softmax(1) for t in teachers]
            self.centre = 0.9 * self.centre + 0.1 * distributed.gather(torch.cat(teachers)).mean(0)
        soft = [(s / at(self.config.student_temperature, moment)).log_softmax(1) for s in students]
        pairs = [-(p * q).sum(1).mean() for i, p in enumerate(sharp) for j, q in enumerate(soft) if i != j]
        return torch.stack(pairs).mean()

    @torch.no_grad()
    def after_step(self, moment):
        leaders = [*self.student.parameters(), *self.student_head.parameters()]
        followers = [*self.encoder.parameters(), *self.head.parameters()]
        torch._foreach_lerp_(followers, leaders, 1 - at(self.config.momentum, moment))

    def describe(self, moment):
        return {"momentum": at(self.config.momentum, moment)}
