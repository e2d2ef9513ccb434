"""Run a notebook in a fresh kernel of this very interpreter."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_QUIET_KERNEL: Final = ["--IPKernelApp.log_level=40"]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Where and why a notebook stopped; ``position`` counts all cells from 0."""

    position: int
    error: str


def run(notebook: Any, *, folder: Path, scratch: Path, done: Callable[[], None]) -> Failure | None:
    """Run all cells in order; the outputs are written into the notebook.

    Parameters
    ----------
    notebook
        The notebook node, changed in place.
    folder
        Where relative paths in the notebook start.
    scratch
        Folder for what the kernel keeps about itself, so that the user's home stays untouched.
    done
        Called after each code cell.

    Returns
    -------
    Failure or None
        ``None`` when every cell ran.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    position = 0

    def note_cell(cell_index: int, **_: Any) -> None:
        nonlocal position
        position = cell_index
        if notebook.cells[cell_index].cell_type == "code":
            done()

    client = NotebookClient(
        notebook,
        km=_kernel_manager(scratch),
        timeout=None,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=_QUIET_KERNEL,
        on_cell_start=note_cell,
    )
    client.owns_km = True  # so that the client also closes the kernel's sockets
    try:
        client.execute(env=_environment(scratch))
    except CellExecutionError as error:
        message = f"{error.ename}: {error.evalue}".strip(": ")
        return Failure(position=position, error=message.splitlines()[0])
    except DeadKernelError:
        return Failure(position=position, error="the Python process died (out of memory?)")
    return None


def _kernel_manager(scratch: Path) -> Any:
    """Make a manager whose python3 kernel is this interpreter, whatever else is installed."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    transport = "tcp" if os.name == "nt" else "ipc"
    connection = scratch / "kernel.json"
    connection.unlink(missing_ok=True)
    return AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        transport=transport,
        connection_file=str(connection),
    )


def _environment(scratch: Path) -> dict[str, str]:
    """Give the kernel's environment: nothing of the user's settings that could change a page."""
    return {
        **os.environ,
        "IPYTHONDIR": str(scratch / "ipython"),
        "MPLCONFIGDIR": str(scratch / "matplotlib"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        "TQDM_DISABLE": "1",  # a bar would stay in the page as garbage
    }
