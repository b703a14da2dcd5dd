"""What the user asked of a compilation; the stages read it and nobody changes it."""

from msgspec import Struct


class Options(Struct, frozen=True):
    """The settings that change what is written; they are part of the cache's key."""

    strict: bool = False  # --fp strict: bit-equal to the original, no reassociation
    march: str = "native"  # 'native': this CPU; 'portable': any CPU of the architecture, chosen at load
    threads: int = 0  # 0: decided at run time
    targets: tuple[str, ...] = ("native", "numpy")
    jobs: int = 0  # C compilers at a time; 0: as many as there are cores
