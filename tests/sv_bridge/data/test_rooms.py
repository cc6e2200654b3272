import numpy as np
import pytest

from sv_bridge.data.randomness import generator
from sv_bridge.data.rooms import SPEED_OF_SOUND, random_room, room_impulse_response

RATE = 16_000
SIZE, SOURCE, MICROPHONE = np.array([5.0, 4.0, 3.0]), np.array([1.0, 1.1, 1.2]), np.array([3.3, 2.1, 1.6])


def mirrored(size, source, order):
    """Images by mirroring at the six walls again and again: position → fewest walls."""
    walls = {tuple(source): 0}
    frontier = [tuple(source)]
    for bounce in range(1, order + 1):
        reflected = []
        for image in frontier:
            for axis in range(3):
                for wall in (0.0, size[axis]):
                    other = list(image)
                    other[axis] = 2 * wall - image[axis]
                    key = tuple(np.round(other, 9))
                    if key not in walls:
                        walls[key] = bounce
                        reflected.append(key)
        frontier = reflected
    return walls


def test_images_are_the_mirror_images_of_the_walls():
    seconds = 8.0 / SPEED_OF_SOUND  # 8 m: at most 5 walls away in this room
    beta = np.exp(-0.161 * 60 / (2 * 94 * 0.4))  # Eyring: V = 60 m³, S = 94 m²
    expected = np.zeros(round(seconds * RATE) + 2)
    for image, bounces in mirrored(SIZE, SOURCE, 6).items():
        distance = np.linalg.norm(np.array(image) - MICROPHONE)
        if distance < 8.0:
            delay = distance / SPEED_OF_SOUND * RATE
            gain = beta**bounces / (4 * np.pi * distance)
            expected[int(delay)] += gain * (1 - delay % 1)
            expected[int(delay) + 1] += gain * (delay % 1)
    response = room_impulse_response(SIZE, SOURCE, MICROPHONE, reverberation_s=0.4, seconds=seconds)
    # float32 result; the last sample may hold the half of an image that the response cuts off
    np.testing.assert_allclose(response[:-1], expected[: len(response) - 1], rtol=1e-5, atol=1e-9)


def test_sound_in_a_dead_room_is_direct():
    response = room_impulse_response(SIZE, SOURCE, MICROPHONE, reverberation_s=1e-3, seconds=0.1)
    distance = np.linalg.norm(SOURCE - MICROPHONE)
    assert response.sum() == pytest.approx(1 / (4 * np.pi * distance), rel=1e-4)
    assert abs(response.argmax() - distance / SPEED_OF_SOUND * RATE) < 1


def test_longer_reverberation_decays_later():
    def half_energy(reverberation_s):
        response = room_impulse_response(SIZE, SOURCE, MICROPHONE, reverberation_s=reverberation_s, seconds=0.4)
        energy = np.cumsum(response.astype(float) ** 2)
        return np.searchsorted(energy, 0.9 * energy[-1])

    assert half_energy(0.2) < half_energy(0.4) < half_energy(0.8)


def test_positions_outside_the_room_are_errors():
    with pytest.raises(ValueError, match="must lie inside the room"):
        room_impulse_response(SIZE, SIZE + 1, MICROPHONE, reverberation_s=0.4, seconds=0.1)


def test_random_rooms_start_with_the_direct_sound_and_have_energy_one():
    rooms = [random_room(generator(0, i)) for i in range(5)]
    for room in rooms:
        assert room.shape == (4_000,)
        assert np.abs(room[:2]).max() > 0
        assert np.sum(room.astype(float) ** 2) == pytest.approx(1, rel=1e-5)
    assert not np.array_equal(rooms[0], rooms[1])
    assert np.array_equal(rooms[0], random_room(generator(0, 0)))
