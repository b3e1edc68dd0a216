"""Rates of taps as medians, ratios and rows of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.measuring import Load, Measured
from benchmarks.programs import Side


def summary(side: Side, runs: Sequence[Measured]) -> dict[str, Any]:
    """Medians of a side's repeats, and how far they spread."""
    rates = [run.taps_per_second for run in runs]
    return {
        "side": side.name,
        "words": side.words,
        "taps_per_second": round(median(rates), 1),
        "spread": [round(min(rates), 1), round(max(rates), 1)],
        "cpu_ms_per_tap": round(median(run.cpu_ms_per_tap for run in runs), 3),
        "far_end_busy": round(median(run.far_end_busy for run in runs), 2),
        "p50_ms": round(median(run.p50_ms for run in runs), 1),
        "p99_ms": round(median(run.p99_ms for run in runs), 1),
        "answered": sum(run.answered for run in runs),
        "stored": sum(run.stored or 0 for run in runs) if side.stores else None,
        "repeats": [round(rate, 1) for rate in rates],
    }


def rate(runs: Sequence[Measured]) -> float:
    """Taps a second, the median of the repeats."""
    return median(run.taps_per_second for run in runs)


def pairs(ours: Sequence[Measured], other: Sequence[Measured]) -> tuple[float, ...]:
    """Ours over another's, pair by pair: neighbours in time saw the same machine."""
    return tuple(a.taps_per_second / b.taps_per_second for a, b in zip(ours, other, strict=True))


def ratios(ours: Sequence[Measured], other: Sequence[Measured]) -> dict[str, float]:
    """The pairs summed up.

    `cpu` is how many taps ours answers in the processor time that the other takes for one: on a
    busy machine it moves less than the rate.
    """
    found = pairs(ours, other)
    cpu = [b.cpu_ms_per_tap / a.cpu_ms_per_tap for a, b in zip(ours, other, strict=True)]
    summed = {"median": median(found), "least": min(found), "most": max(found), "cpu": median(cpu)}
    return {name: round(value, 2) for name, value in summed.items()}


def kept(runs: Sequence[Measured]) -> str:
    """What was answered and what the database held after each kill, where something is stored."""
    if any(run.stored is None for run in runs):
        return ""
    answered, stored = sum(run.answered for run in runs), sum(run.stored or 0 for run in runs)
    return f"; {answered:,} taps answered, {stored:,} in the databases after the kills"


def raw(runs: Mapping[str, Sequence[Measured]]) -> dict[str, Any]:
    """Every repeat of every side, for the file."""
    return {name: [asdict(run) for run in some] for name, some in runs.items()}


def table(rows: Sequence[dict[str, Any]]) -> str:
    """For people, and for docs/performance.md."""
    lines = [
        "| | taps/s, median (least–most) | CPU ms a tap | p50 ms | p99 ms | far end busy | answered | in the database |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        least, most = row["spread"]
        kept = "–" if row["stored"] is None else f"{row['stored']:,}"
        lines.append(
            f"| {row['words']} | {row['taps_per_second']:,.0f} ({least:,.0f}–{most:,.0f}) | {row['cpu_ms_per_tap']:.2f} "
            f"| {row['p50_ms']:,.0f} | {row['p99_ms']:,.0f} | {row['far_end_busy']:.0%} | {row['answered']:,} | {kept} |"
        )
    return "\n".join(lines)


def against(ours: Side, other: Side, ratio: Mapping[str, float]) -> str:
    """How one side compares with another, in a sentence."""
    return (
        f"{ours.name} ÷ {other.name}: **{ratio['median']} ×** ({ratio['least']}–{ratio['most']}); "
        f"per second of processor time {ratio['cpu']} ×"
    )


def said(load: Load, repeats: int) -> str:
    """What was measured, in one sentence."""
    far = f"{load.delay_ms:g} ms API delay" if load.delay_ms else "no API delay"
    return f"{load.learners} learners, each with one tap under way, {far}, {repeats} interleaved repeats of {load.seconds:g} s"
