"""The occupancy is the one that NVIDIA's calculation gives, and says what limits it."""

import pytest

from reference.emulator.command_line.occupancy import GPUS, in_words, occupancy


@pytest.mark.parametrize(
    ("gpu", "threads", "shared", "registers", "blocks", "share", "limits"),
    [
        ("8.0", 256, 0, 32, 8, 1.0, ("warps", "registers")),
        ("8.0", 256, 0, 33, 6, 0.75, ("registers",)),  # 33 * 32 takes 5 units, 12 warps in each of 4 parts
        ("8.0", 32, 0, 16, 32, 0.5, ("blocks",)),
        ("8.0", 1024, 0, 64, 1, 0.5, ("registers",)),
        ("8.0", 1024, 0, 65, 0, 0.0, ("registers",)),  # such a kernel does not start
        ("8.0", 256, 48 << 10, 32, 3, 0.375, ("shared memory",)),  # 49 KiB each of 164
        ("7.0", 256, 48 << 10, 32, 2, 0.25, ("shared memory",)),
        ("7.5", 256, 0, 32, 4, 1.0, ("warps",)),
        ("8.6", 1024, 0, 32, 1, 32 / 48, ("warps",)),
        ("8.9", 64, 0, 16, 24, 1.0, ("blocks", "warps")),
        ("9.0", 128, 100 << 10, 128, 2, 0.125, ("shared memory",)),
    ],
)
def test_blocks_are_those_that_the_scarcest_thing_allows(
    gpu: str, threads: int, shared: int, registers: int, blocks: int, share: float, limits: tuple[str, ...]
) -> None:
    result = occupancy(gpu, threads, shared, registers)
    assert (result.blocks, result.limits) == (blocks, limits)
    assert result.share == pytest.approx(share)


@pytest.mark.parametrize("gpu", GPUS)
def test_without_registers_the_occupancy_is_an_upper_bound(gpu: str) -> None:
    for threads in (32, 100, 256, 1024):
        bound = occupancy(gpu, threads, 4096, None)
        for registers in (1, 40, 128, 255):
            assert occupancy(gpu, threads, 4096, registers).blocks <= bound.blocks
    text = in_words(gpu, 256, 0, None)
    assert "at most" in text
    assert "--registers" in text
    assert "at most" not in in_words(gpu, 256, 0, 32)
