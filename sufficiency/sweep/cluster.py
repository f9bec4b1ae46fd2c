"""Work off a sweep on a cluster of `dask.distributed`, given its address.

Workers need this same version, and get the payload over the network: arrays without a name or a place, but not
encrypted unless the address is one of TLS. A worker that dies is no loss: the scheduler gives its chunks to others.
"""

from __future__ import annotations

import pickle
import threading
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

from sufficiency import __version__
from sufficiency.errors import UsageError
from sufficiency.sweep.job import WorkersLostError, chunks, told, work_off

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sufficiency.sweep.job import Outcome, Result, Sweep, Task

#: Seconds within which the cluster must answer, and have a worker.
ANSWER_SECONDS = 20

#: What was built of the last payload in this thread of a worker: threads share nothing that is solved.
_BUILT = threading.local()


def work_on_cluster(
    sweep: Sweep, positions: Sequence[int], address: str
) -> Iterator[list[Outcome]]:
    """Yield the outcomes of tasks, chunk by chunk, as they come.

    Raises
    ------
    UsageError
        When the cluster does not answer, has no worker, or runs another version.
    WorkersLostError
        When a chunk has killed every worker that tried it, or the cluster goes away.
    """
    dask = _library()
    with _client(dask, address) as client:
        threads = _check_workers(client)
        given = pickle.dumps(sweep.payload, pickle.HIGHEST_PROTOCOL)
        payload = client.scatter(given, broadcast=True, hash=False)
        parts = {}
        for part in chunks(positions, threads):
            chunk = [(position, sweep.tasks[position]) for position in part]
            arguments = (sweep.key, sweep.build, sweep.work, payload, chunk)
            parts[client.submit(work_chunk, *arguments, pure=False, retries=0)] = chunk
        for future in dask.as_completed(parts):
            try:
                yield future.result()
            except dask.KilledWorker as error:
                words = "; ".join(told(task) for _, task in parts[future][:3])
                raise WorkersLostError(f"workers of the cluster died at {words}") from error
            except (CancelledError, OSError) as error:
                raise WorkersLostError("the cluster went away; what was done is kept") from error


def _library() -> Any:  # noqa: ANN401 - it has no types
    try:
        import distributed
    except ImportError as error:
        raise UsageError("for --cluster install the extra: sufficiency[cluster]") from error
    return distributed


def _client(dask: Any, address: str) -> Any:  # noqa: ANN401
    try:
        return dask.Client(address, timeout=ANSWER_SECONDS)
    except (OSError, ValueError) as error:
        raise UsageError(f"no cluster answers at {address}") from error


def _check_workers(client: Any) -> int:  # noqa: ANN401 - distributed's client
    """Return the cluster's threads; refuse a cluster without workers, or of another version."""
    try:
        client.wait_for_workers(1, timeout=ANSWER_SECONDS)
    except TimeoutError as error:
        raise UsageError("the cluster has no workers") from error
    try:
        versions = set(client.run(version).values())
    except ImportError as error:
        raise UsageError("the cluster's workers have no sufficiency installed") from error
    if versions != {__version__}:
        raise UsageError(
            f"the cluster's workers run sufficiency {', '.join(sorted(versions))}, not {__version__}"
        )
    return sum(client.nthreads().values())


def version() -> str:
    """Return this worker's version."""
    return __version__


def work_chunk(
    key: str,
    build: Callable[[Any], Any],
    work: Callable[[Any, Task], Result],
    payload: bytes,
    chunk: list[tuple[int, Task]],
) -> list[Outcome]:
    """Work off a chunk in a worker; what is built of the payload stays for the next one."""
    if getattr(_BUILT, "key", None) != key:
        _BUILT.state = build(pickle.loads(payload))  # noqa: S301 - from our own client
        _BUILT.key = key
    return work_off(_BUILT.state, work, chunk)
