"""The engines that think of inputs. All have one shape: `engine(driver, inputs, seed)`.

`python -m tests.fuzz.engines` runs one engine on one kind in this process; __main__ starts those.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from functools import partial
from pathlib import Path
from random import Random

from tests.fuzz.mutate import mutate, noise

LARGEST_INPUT = 300_000  # bytes
READERS = ("problems", "toml_in", "tables_in", "scenario", "scenario_in", "scenario_events", "scenario_files",
           "scenario_set", "scenario_checks", "scenario_out", "region", "region_in", "region_checks")
NEW_BYTES = 40  # by which libFuzzer's own mutation may lengthen an input


def with_hypothesis(driver, inputs: int, seed: int) -> None:
    """Hypothesis chooses every step of the mutation, and shrinks what fails to the shortest."""
    import hypothesis
    from hypothesis import HealthCheck, Phase, given
    from hypothesis import strategies as st

    seeds, known, kind = driver.space.seeds(driver.tally.kind), set(), driver.tally.kind

    @st.composite
    def broken(draw) -> bytes:
        rng = draw(st.randoms(use_true_random=False))
        if draw(st.integers(0, 19)) == 0:
            return draw(st.binary(max_size=400))
        return mutate(draw(st.sampled_from(seeds)), kind, rng)

    def new(where: str, error: Exception) -> None:
        if where not in known:
            raise error

    while (left := inputs - driver.tally.inputs) > 0:
        @hypothesis.seed(seed + driver.tally.inputs)
        @hypothesis.settings(max_examples=left, database=None, deadline=None, print_blob=False, derandomize=False,
                             suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink))
        @given(broken())
        def attempt(data):
            driver.one(data, new)

        try:
            attempt()
        except Exception:  # kept by the driver; go on for the others
            known.update(driver.tally.failures)


def with_mutations(driver, inputs: int, seed: int) -> None:
    """Mutations of valid inputs and of earlier ones, chosen by a seed; no feedback."""
    rng, seeds = Random(seed), driver.space.seeds(driver.tally.kind)
    last = seeds[0]
    for n in range(inputs):
        data = noise(rng) if n % 20 == 19 else mutate(last if n % 5 == 4 else rng.choice(seeds), driver.tally.kind, rng)
        last = data[:LARGEST_INPUT]
        driver.one(last)


def with_atheris(driver, inputs: int, seed: int, done=lambda: None) -> None:
    """Atheris: libFuzzer keeps inputs that reach new code. Calls `done` and ends the process."""
    import atheris

    corpus = driver.space.folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for n, data in enumerate(driver.space.seeds(driver.tally.kind)):
        (corpus / str(n)).write_bytes(data)

    def change(data: bytes, max_size: int, seed: int) -> bytes:
        rng = Random(seed)
        changed = atheris.Mutate(data, len(data) + NEW_BYTES) if rng.random() < 0.4 \
            else mutate(data, driver.tally.kind, rng)
        return changed[:max_size]

    def one(data: bytes) -> None:
        driver.one(data)
        if driver.tally.inputs >= inputs:
            done()
            sys.stdout.flush()
            os._exit(0)  # libFuzzer would go on

    arguments = [sys.argv[0], f"-seed={seed or 1}", f"-max_len={LARGEST_INPUT}", "-timeout=3600", "-rss_limit_mb=0",
                 "-len_control=0",
                 "-print_final_stats=0", "-verbosity=0", "-detect_leaks=0",
                 f"-artifact_prefix={driver.space.folder}/", str(corpus)]
    atheris.Setup(arguments, one, custom_mutator=change)
    atheris.Fuzz()


def guided() -> str:
    """The engine with feedback where this platform has a wheel of it (Linux on x86-64), else ours without."""
    return "atheris" if importlib.util.find_spec("atheris") else "mutations"


ENGINES = {"hypothesis": with_hypothesis, "mutations": with_mutations, "atheris": with_atheris}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("kind")
    parser.add_argument("--inputs", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="a workspace of this process's own")
    parser.add_argument("--failures", type=Path, required=True)
    parser.add_argument("--tally", type=Path, required=True)
    asked = parser.parse_args()
    if asked.engine == "atheris":
        import atheris

        from undercount import model

        # Only what reads is worth the feedback, and Numba could not compile rules that report their way.
        rules = [f"undercount.model.{path.stem}" for path in Path(model.__file__).parent.glob("*.py") if path.stem not in READERS]
        with atheris.instrument_imports(include=["model", "experiments"], exclude=rules):
            from tests.fuzz.drive import Driver
            from tests.fuzz.targets import Workspace
    else:
        from tests.fuzz.drive import Driver
        from tests.fuzz.targets import Workspace
    driver = Driver(asked.kind, asked.engine, Workspace(asked.folder), asked.failures)
    driver.space.files(asked.kind)  # makes the batch of `results` before the first input is timed
    engine = ENGINES[asked.engine]
    if asked.engine == "atheris":
        engine = partial(engine, done=lambda: driver.write(asked.tally))
    engine(driver, asked.inputs, asked.seed)
    driver.write(asked.tally)


if __name__ == "__main__":
    main()
