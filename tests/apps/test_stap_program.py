"""The radar program: what it finds, what it writes, what it says about files that are wrong."""

import struct
import zlib
from dataclasses import replace
from pathlib import Path

import detection
import kernels
import numpy as np
import png
import pytest
import stap
from cube import SIZES, Scene, make_cube, steering_vectors
from raw_file import RawFileError, read_array, write_array

from benchmarks import stap_handwritten as handwritten


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", ["tiny", "small"])
def test_finds_every_target_and_nothing_else(size: str, seed: int) -> None:
    sizes = SIZES[size]
    cube, targets = make_cube(sizes, Scene(), seed)
    loading = stap.LOADING * sizes.pulses
    beams = handwritten.process(cube, steering_vectors(sizes), sizes.bins, sizes.training, loading)
    ratio = handwritten.cell_averaging(beams, detection.GUARD, detection.REFERENCE)
    comparison = detection.compare(detection.detect(ratio, sizes, detection.THRESHOLD), targets, sizes)
    assert (comparison.missed, comparison.false) == (0, ())


def test_without_targets_nothing_is_found() -> None:
    sizes = SIZES["tiny"]
    cube, targets = make_cube(sizes, replace(Scene(), targets=0), 3)
    beams = handwritten.process(cube, steering_vectors(sizes), sizes.bins, sizes.training, 320.0)
    ratio = handwritten.cell_averaging(beams, detection.GUARD, detection.REFERENCE)
    assert targets == ()
    assert detection.detect(ratio, sizes, detection.THRESHOLD) == ()


def test_the_same_seed_gives_the_same_cube() -> None:
    (one, _), (same, _), (other, _) = (make_cube(SIZES["tiny"], Scene(), seed) for seed in (5, 5, 6))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert one.dtype == np.complex64


@pytest.mark.parametrize(
    "change", [{"bins": 48}, {"bins": 16}, {"ranges": 65}, {"training": 8}, {"beams": 0}]
)
def test_impossible_sizes_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        replace(SIZES["tiny"], **change)


def test_sequential_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = stap.main(["--size", "tiny", "--repeat", "1", "--output", str(tmp_path)])
    said = capsys.readouterr().out
    assert status == 0
    assert "2 of 2 targets found, 0 false" in said
    assert "cubes per second" in said
    for name in ("angle_doppler.png", "detections.png"):
        assert decoded(tmp_path / name).std() > 10


def test_cube_from_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "process", handwritten.process)
    monkeypatch.setattr(kernels, "doppler_filter", handwritten.doppler_filter)
    file, steering = tmp_path / "cube.bin", tmp_path / "steering.bin"
    write_array(steering, steering_vectors(SIZES["tiny"]))
    common = ["--size", "tiny", "--repeat", "1", "--output", str(tmp_path), "--loading", "10"]
    assert stap.main([*common, "--save", str(file)]) == 0
    made = capsys.readouterr().out
    assert stap.main([*common, "--input", str(file), "--steering", str(steering)]) == 0
    read = capsys.readouterr().out
    assert "0 of 0 targets found, 2 false" in read
    assert all(line[33:] in made for line in read.splitlines()[2:4])


def test_chain_a(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--chain", "A", "--size", "tiny", "--repeat", "1", "--output", str(tmp_path)]
    assert stap.main(arguments) == 0
    assert "target at -250.00 m, peak at -249.43 m" in capsys.readouterr().out  # cells of 1.2 m
    assert decoded(tmp_path / "range_doppler.png").std() > 10


def test_a_raw_file_gives_back_what_was_written(tmp_path: Path) -> None:
    array = make_cube(SIZES["tiny"], Scene(), 1)[0]
    write_array(tmp_path / "cube.bin", array[:, ::2])
    assert np.array_equal(read_array(tmp_path / "cube.bin", (4, 16, 64)), array[:, ::2])
    assert (tmp_path / "cube.bin").read_bytes()[:8] == struct.pack(
        "<ff", array[0, 0, 0].real, array[0, 0, 0].imag
    )


@pytest.mark.parametrize(
    ("size", "complaint"),
    [(0, "is empty"), (47, "ends too early"), (40, "ends too early"), (56, "is too long")],
)
def test_a_raw_file_of_the_wrong_length(tmp_path: Path, size: int, complaint: str) -> None:
    file = tmp_path / "cube.bin"
    file.write_bytes(bytes(size))
    with pytest.raises(RawFileError, match=complaint) as raised:
        read_array(file, (1, 2, 3))
    assert str(file) in str(raised.value)
    assert "expected 48 bytes (1 x 2 x 3 complex64" in str(raised.value)
    assert f"found {size}" in str(raised.value)


def test_a_wrong_file_ends_the_program_with_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "short.bin").write_bytes(bytes(10))
    for name, message in (("short.bin", "ends too early"), ("none.bin", "No such file")):
        assert stap.main(["--input", str(tmp_path / name), "--output", str(tmp_path)]) == 1
        said = capsys.readouterr().err
        assert message in said
        assert name in said


def test_png_of_known_pixels(tmp_path: Path) -> None:
    raster = np.random.default_rng(1).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    (tmp_path / "a.png").write_bytes(png.encode(raster))
    assert np.array_equal(decoded(tmp_path / "a.png"), raster)


def decoded(path: Path) -> np.ndarray:
    """The pixels of an 8-bit RGB file without filters, its checksums verified."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + body),)
        chunks[kind] = body
        at += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + 3 * width)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 3)
