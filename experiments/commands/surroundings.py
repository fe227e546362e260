"""Where a command starts: nothing of the user's folder is imported, any text can be printed, Ctrl-C is quiet.

Imported before anything else by the command line, so it imports next to nothing itself.
"""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130


def leave_out_current_folder() -> None:
    """Take the current folder off the path of imports, where nobody put it on purpose: the model.py or numpy.py there
    is the user's. `python -m` puts it first; an empty entry of PYTHONPATH (a colon too many) means it too."""
    stated = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if "" in stated:
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, stated))  # of the processes that we start as well
    try:
        here = os.getcwd()
    except OSError:  # the folder was deleted
        here = ""
    if here not in map(os.path.abspath, filter(None, stated)):
        sys.path[:] = [entry for entry in sys.path if entry not in ("", here)]


def start_others_so_too() -> None:
    """The same for the processes that Python and libraries start for us."""
    os.environ.setdefault("PYTHONSAFEPATH", "1")


def keep_compiled_code_where_we_say() -> None:
    """Numba takes from this setting who decides where machine code is kept, past `model/engine/cache.py`."""
    os.environ.pop("NUMBA_CACHE_LOCATOR_CLASSES", None)


def numba_refuses(error: BaseException) -> str | None:
    """What to say if Numba could not be imported for its settings, from the environment or a file in this folder."""
    frame, files = error.__traceback__, set()
    while frame is not None:
        files.add(os.path.basename(os.path.dirname(frame.tb_frame.f_code.co_filename)))
        frame = frame.tb_next
    settings = [f"{name}={value!r}" for name, value in sorted(os.environ.items()) if name.startswith("NUMBA_")]
    settings += [name for name in (".numba_config.yaml",) if os.path.exists(name)]
    if "numba" in sys.modules or "numba" not in files or not settings:
        return None
    return f"Numba cannot start with its settings ({', '.join(settings)}): {' '.join(str(error).split())}"


def print_anything() -> None:
    """Characters that the terminal or a pipe cannot take (a locale of bytes) are escaped, and end no command; what is
    said to closed streams is lost, and ends none either."""
    for number, name, how in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:  # closed: nothing that we open may come to stand there
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(number, how))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def be_quiet_when_interrupted() -> None:
    """Python prints a traceback where Ctrl-C falls into a callback of the compiler or of a finaliser, and goes on;
    here it says nothing and interrupts what comes next."""
    before = sys.unraisablehook

    def hook(unraisable) -> None:
        if not isinstance(unraisable.exc_value, KeyboardInterrupt):
            before(unraisable)
            return
        import _thread
        import threading

        threading.Timer(0.05, _thread.interrupt_main).start()  # at once, it would be raised in here, and be lost, too

    sys.unraisablehook = hook


def end_quietly() -> None:
    """End the program after an interruption. A second Ctrl-C changes nothing any more, and where the first fell into
    code that C had started Python would end itself by the signal, whatever exit code it was given."""
    import atexit
    import signal
    import threading

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # whoever read it is gone
            pass
    os._exit(INTERRUPTED)
