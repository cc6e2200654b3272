import numpy as np
import pytest
from pyroomacoustics.experimental import measure_rt60
from scipy.signal import butter, sosfilt

from sv_bridge.data.randomness import generator
from sv_bridge.data.rooms import SPEED_OF_SOUND, random_room, room_impulse_response

RATE = 16_000
SIZE, SOURCE, MICROPHONE = np.array([5.0, 4.0, 3.0]), np.array([1.0, 1.1, 1.2]), np.array([3.3, 2.1, 1.6])


def mirrored(size, source, order):
    """Images by mirroring at the six walls again and again."""
    found = {tuple(source)}
    frontier = [tuple(source)]
    for _ in range(order):
        reflected = []
        for image in frontier:
            for axis in range(3):
                for wall in (0.0, size[axis]):
                    other = list(image)
                    other[axis] = 2 * wall - image[axis]
                    key = tuple(np.round(other, 9))
                    if key not in found:
                        found.add(key)
                        reflected.append(key)
        frontier = reflected
    return found


def test_images_are_the_mirror_images_of_the_walls():
    seconds = 8.0 / SPEED_OF_SOUND  # 8 m: at most 5 walls away in this room
    size = round(seconds * RATE)
    frequency = np.fft.rfftfreq(4 * size, 1 / RATE)
    expected = np.zeros(len(frequency), dtype=complex)
    for image in mirrored(SIZE, SOURCE, 6):
        distance = np.linalg.norm(np.array(image) - MICROPHONE)
        if distance < 8.0:
            loss = 10 ** (-3 * distance / SPEED_OF_SOUND / 0.4)
            delays = np.exp(-2j * np.pi * frequency * distance / SPEED_OF_SOUND)
            expected += loss / (4 * np.pi * distance) * delays
    kept = frequency < 7_200  # exact delays, without the band that every low-pass filter gives up
    exact = sosfilt(butter(2, 80, "high", fs=RATE, output="sos"), np.fft.irfft(expected * kept))
    response = room_impulse_response(SIZE, SOURCE, MICROPHONE, reverberation_s=0.4, seconds=seconds)
    ours, exact = (np.fft.rfft(each[: size - 40], 4 * size)[frequency < 6_500] for each in (response, exact))
    # nearest grid points are off by up to 1/32 sample, 0.08 rad at 6.5 kHz, and filters ring at the cut: some 0.07; a
    # wall less, or a decay of 0.5 s instead of 0.4, is 0.3 and more
    assert np.linalg.norm(ours - exact) < 0.1 * np.linalg.norm(exact)


def test_sound_in_a_dead_room_is_direct():
    response = room_impulse_response(SIZE, SOURCE, MICROPHONE, reverberation_s=5e-3, seconds=0.1)
    delay = np.linalg.norm(SOURCE - MICROPHONE) / SPEED_OF_SOUND * RATE
    assert abs(np.abs(response).argmax() - delay) <= 1
    around = response[int(delay) - 20 : int(delay) + 20].astype(float)
    assert np.sum(around**2) > 0.95 * np.sum(response.astype(float) ** 2)


@pytest.mark.parametrize("reverberation_s", [0.2, 0.4, 0.7])
def test_rooms_ring_as_long_as_asked(reverberation_s):
    decays = []
    for i in range(6):
        rng = generator(3, i)
        size = rng.uniform([2.5, 2.5, 2.3], [8.0, 8.0, 3.5])
        source, microphone = rng.uniform(0.3, size - 0.3, size=(2, 3))
        response = room_impulse_response(
            size, source, microphone, reverberation_s=reverberation_s, seconds=1.1 * reverberation_s
        )
        heard = response[int(np.linalg.norm(source - microphone) / SPEED_OF_SOUND * RATE) :]
        # T20 and T30: the fall from -5 dB on of the energy that is still to come, times 3 and 2
        decays.append([measure_rt60(heard, RATE, decay_db=decibels) for decibels in (20, 30)])
    t20, t30 = np.transpose(decays) / reverberation_s
    # one room's few early echoes bend T20; none of them would come near 1.6
    assert np.all(np.abs(t20 - 1) < 0.15)
    assert np.all(np.abs(t30 - 1) < 0.08)
    assert t20.mean() == pytest.approx(1, abs=0.05)
    assert t30.mean() == pytest.approx(1, abs=0.03)


def test_rooms_are_as_bright_as_their_source():
    frequency = np.fft.rfftfreq(2**15, 1 / RATE)
    power = np.mean([np.abs(np.fft.rfft(random_room(generator(1, i)), 2**15)) ** 2 for i in range(12)], axis=0)

    def level(low_hz, high_hz):
        return 10 * np.log10(power[(frequency >= low_hz) & (frequency < high_hz)].mean())

    middle = level(500, 4_000)
    assert all(abs(level(low, low + 500) - middle) < 1.0 for low in range(500, 7_500, 500))
    assert level(0, 30) < middle - 15


def test_bad_rooms_are_errors():
    with pytest.raises(ValueError, match="must lie inside the room"):
        room_impulse_response(SIZE, SIZE + 1, MICROPHONE, reverberation_s=0.4, seconds=0.1)
    with pytest.raises(ValueError, match="wanted reverberation_s > 0"):
        room_impulse_response(SIZE, SOURCE, MICROPHONE, reverberation_s=0.0, seconds=0.1)


def test_random_rooms_start_with_the_direct_sound_and_have_energy_one():
    rooms = [random_room(generator(0, i)) for i in range(5)]
    for room in rooms:
        assert room.shape == (8_000,)
        assert np.abs(room[:2]).max() > 0
        assert np.sum(room.astype(float) ** 2) == pytest.approx(1, rel=1e-5)
    assert not np.array_equal(rooms[0], rooms[1])
    assert np.array_equal(rooms[0], random_room(generator(0, 0)))
