"""Folding on one machine: in this process, or spread over worker processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from evalreport.engines.interface import Folded, FoldPlan, Shard
from evalreport.voice import current_voice, speak

WORTH_A_WORKER = 256 * 2**20
"""Bytes of input below which starting worker processes costs more than it saves."""

BatchT = TypeVar("BatchT")
StatesT = TypeVar("StatesT", bound=Folded)
OnBatch = Callable[[BatchT], None]
OnRead = Callable[[int, int], None]


def fold(
    plan: FoldPlan[BatchT, StatesT],
    shards: Sequence[Shard[BatchT]],
    *,
    workers: int = 1,
    on_batch: OnBatch[BatchT] | None = None,
    on_read: OnRead | None = None,
) -> StatesT:
    """Return the states of all rows of all shards.

    Parameters
    ----------
    plan : Plan, TokenPlan or GaussianPlan
        What to measure.
    shards : sequence of Shard
        The parts of the input, in order.
    workers : int
        How many processes to use at most. Small inputs are read in this process anyway. The
        result does not depend on it.
    on_batch : callable, optional
        Told of every batch; asks for reading in this process, in order.
    on_read : callable, optional
        Told how many more rows were read, as the work goes on; and of how many bytes the shards
        are that were read to their end.
    """
    n_bytes = sum(shard.n_bytes for shard in shards)
    spread = min(workers, len(shards), n_bytes // WORTH_A_WORKER + 1)
    here = spread < 2 or on_batch is not None
    tell = on_read or (lambda n_rows, n_bytes: None)
    parts = _here(plan, shards, on_batch, tell) if here else _spread(plan, shards, spread, tell)
    return _merged(plan, parts)


def _here(
    plan: FoldPlan[BatchT, StatesT],
    shards: Sequence[Shard[BatchT]],
    on_batch: OnBatch[BatchT] | None,
    tell: OnRead,
) -> Iterator[StatesT]:
    for shard in shards:
        for batch in shard.batches():
            if on_batch is not None:
                on_batch(batch)
            states = plan.from_batch(batch)
            tell(states.n_read, 0)
            yield states
        tell(0, shard.n_bytes)


def _spread(
    plan: FoldPlan[BatchT, StatesT],
    shards: Sequence[Shard[BatchT]],
    workers: int,
    tell: OnRead,
) -> Iterator[StatesT]:
    context = multiprocessing.get_context("spawn")
    voice = current_voice()  # of the messages about rows that a worker refuses
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=speak, initargs=(voice,)
    ) as pool:
        done = pool.map(_states_of_shard, [plan] * len(shards), shards)
        for states, shard in zip(done, shards, strict=True):
            tell(states.n_read, shard.n_bytes)
            yield states


def _states_of_shard(plan: FoldPlan[BatchT, StatesT], shard: Shard[BatchT]) -> StatesT:
    return _merged(plan, _here(plan, [shard], None, lambda n_rows, n_bytes: None))


def _merged(plan: FoldPlan[BatchT, StatesT], parts: Iterable[StatesT]) -> StatesT:
    states = plan.empty()
    for part in parts:
        states = states.merge(part)
    return states
