"""Radar processing of a data cube, end to end: a scene or a file in; detections, pictures and throughput out.

    python apps/stap/stap.py --size tiny                   as it stands
    python -m pyaot run apps/stap/stap.py                  compiled
    python -m pyaot run apps/stap/stap.py --chain A        the other chain

Chain B is the adaptive one (`kernels.py`), chain A forms one beam and compresses pulses (`chain_a.py`).
"""

import argparse
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import chain_a
import detection
import kernels
import pictures
from cube import SIZES, Scene, make_cube, steering_vectors
from raw_file import read_array, write_array

LOADING = 10.0  # over the noise: 10 dB
SECONDS_OF_REPEATS = 1.0
MOST_REPEATS = 25


def main(arguments=None):
    """Runs what the command line asks for; returns the exit status."""
    parser = command_line()
    options = parser.parse_args(arguments)
    try:
        Path(options.output).mkdir(parents=True, exist_ok=True)
        if options.chain == "A":
            run_chain_a(options)
        else:
            run_chain_b(options)
    except (ValueError, OSError) as problem:
        print(f"stap: {problem}", file=sys.stderr)
        return 1
    return 0


def run_chain_b(options):
    """Detections in one cube, against the truth where the cube was made here."""
    sizes, scene = sizes_of(options), scene_of(options)
    cube, targets, loading = input_cube(options, sizes, scene)
    steering = input_steering(options, sizes)
    arguments = cube, steering, sizes.bins, sizes.training, loading * sizes.pulses
    beams, times = timed(kernels.process, arguments, options.repeat)
    ratio = detection.statistic(beams)
    found = detection.detect(ratio, sizes, options.threshold)
    print(detection.table(detection.compare(found, targets, sizes)))
    before = pictures.conventional_power(kernels.doppler_filter(cube, sizes.bins), steering, kernels.DOFS)
    pictures.angle_doppler(
        Path(options.output, "angle_doppler.png"), before, ratio, targets, found, options.threshold
    )
    pictures.detection_map(Path(options.output, "detections.png"), ratio, targets, found, options.threshold)
    print(f"pictures: {options.output}/angle_doppler.png, {options.output}/detections.png")
    print(throughput(options, times))


def run_chain_a(options):
    """Range and Doppler of chain A's one target."""
    given = {"pulses": options.pulses, "columns": options.columns, "rows": options.rows}
    given |= {"sample_rate": options.sample_rate}
    radar = replace(chain_a.RADARS[options.size], **{k: v for k, v in given.items() if v is not None})
    noise = chain_a.ElementNoise(radar, options.seed)
    image, times = timed(chain_a.process, (radar, noise), options.repeat, lambda: noise.seconds)
    print(f"target at {radar.first_range:.2f} m, peak at {chain_a.peak_range(radar, image):.2f} m")
    save_range_doppler(options, radar, image)
    print(f"picture: {options.output}/range_doppler.png")
    print(throughput(options, times))


def save_range_doppler(options, radar, image):
    """The picture of Z[4P, K] within 400 m of the middle of the window."""
    cell = chain_a.LIGHT / (2 * radar.sample_rate)
    middle = radar.transform // 2
    half = min(middle, round(400 / cell) + 1)
    cut = image[:, middle - half : middle + half]
    pictures.range_doppler(Path(options.output, "range_doppler.png"), cut, (-half * cell, half * cell))


def input_cube(options, sizes, scene):
    """(x, the targets that are known to be in it, the diagonal loading over the noise)."""
    if options.input:
        cube, targets = read_array(options.input, sizes.cube_shape), ()
    else:
        cube, targets = make_cube(sizes, scene, options.seed)
    if options.save:
        write_array(options.save, cube)
    default = 0.0 if options.input else LOADING
    return cube, targets, default if options.loading is None else options.loading


def input_steering(options, sizes):
    """v[D, n]."""
    if options.steering:
        return read_array(options.steering, (sizes.beams, sizes.channels * kernels.DOFS))
    return steering_vectors(sizes)


def timed(function, arguments, repeat, apart=lambda: 0.0):
    """(the last result, seconds of each run): `repeat` runs, or where None as many as fit into a second.

    `apart()` counts the seconds of the runs that are not the function's own.
    """
    times = []
    while len(times) < (repeat or MOST_REPEATS):
        start = time.perf_counter() - apart()
        result = function(*arguments)
        times.append(time.perf_counter() - apart() - start)
        if repeat is None and sum(times) > SECONDS_OF_REPEATS:
            break
    return result, times


def throughput(options, times):
    """Cubes per second as a line."""
    middle = statistics.median(times)
    speed = f"{middle:.4g} s per cube, {1 / middle:.4g} cubes per second (median of {len(times)})"
    return f"chain {options.chain}, {options.size}: {speed}"


def sizes_of(options):
    """The named sizes with those that were given apart."""
    names = "channels", "pulses", "bins", "ranges", "training", "beams"
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    return replace(SIZES[options.size], **given)


def scene_of(options):
    """The scene that the command line describes."""
    return Scene(
        clutter=options.clutter,
        ridge=options.ridge,
        jammer=options.jammer,
        jammer_direction=options.jammer_direction,
        target_snr=options.target_snr,
        targets=options.targets,
    )


def power(text):
    """A number of dB, or None for `none`."""
    return None if text == "none" else float(text)


def command_line():
    """The parser of the arguments."""
    scene = Scene()
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    add = parser.add_argument
    add("--chain", choices=("A", "B"), default="B", help="A: beam and pulse compression, B: adaptive weights")
    add("--size", choices=tuple(SIZES), default="small", help="named sizes of the cube")
    add("--output", default="stap-output", metavar="FOLDER", help="folder of the pictures")
    add("--seed", type=int, default=1, help="seed of the scene")
    add("--repeat", type=int, metavar="TIMES", help="runs to time; as many as fit into a second if left out")
    sizes = parser.add_argument_group("sizes")
    add = sizes.add_argument
    add("--channels", type=int, metavar="L")
    add("--pulses", type=int, metavar="P")
    add("--bins", type=int, metavar="K", help="Doppler bins, a power of two")
    add("--ranges", type=int, metavar="N", help="range cells")
    add("--training", type=int, metavar="B", help="range cells in a training block")
    add("--beams", type=int, metavar="D", help="steering directions")
    add("--columns", type=int, help="chain A: elements along x")
    add("--rows", type=int, help="chain A: elements along y")
    add("--sample-rate", type=float, metavar="HZ", help="chain A")
    what = parser.add_argument_group("scene of chain B, powers in dB over the noise")
    add = what.add_argument
    add(
        "--targets", type=int, default=scene.targets, help="one per training block, at most four, if left out"
    )
    add(
        "--target-snr",
        type=float,
        default=scene.target_snr,
        metavar="DB",
        help="integrated over channels and pulses",
    )
    add("--clutter", type=power, default=scene.clutter, metavar="DB", help="per channel and pulse, or none")
    add("--ridge", type=float, default=scene.ridge, metavar="SLOPE", help="of Doppler over direction")
    add("--jammer", type=power, default=scene.jammer, metavar="DB", help="per channel and pulse, or none")
    add("--jammer-direction", type=float, default=scene.jammer_direction, metavar="U", help="sin(angle)")
    add("--threshold", type=float, default=detection.THRESHOLD, metavar="DB", help="over the local noise")
    add(
        "--loading", type=float, help=f"diagonal loading over the noise, {LOADING:g}; 0 for cubes from a file"
    )
    files = parser.add_argument_group("raw files: little-endian complex64, C order")
    add = files.add_argument
    add("--input", metavar="FILE", help="the cube x[L, P, N] instead of a scene")
    add("--steering", metavar="FILE", help="the steering vectors v[D, n]")
    add("--save", metavar="FILE", help="writes the cube there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
