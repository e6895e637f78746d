"""The part of the result that says how far the probabilities can be taken at their word.

The field names are keys of the evaluation file, as in `results`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """One step of a reliability diagram: forecasts that isotonic regression pooled together.

    `band_low` and `band_high` are the consistency band at the mean forecast.
    """

    mean_forecast: float
    observed_frequency: float
    n: int
    forecast_low: float
    forecast_high: float
    band_low: float | None = None
    band_high: float | None = None


@dataclass(frozen=True, slots=True)
class BandPoint:
    """Where 90 % of the curves of a calibrated model pass, with forecasts like these."""

    forecast: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DecompositionResult:
    """The log loss of a forecast event as miscalibration - discrimination + uncertainty, in nats.

    `view` says of which event: "binary" (the positive class), "top-label" (the top class is
    right) or "class-wise" (this class happened).
    """

    view: str
    class_: str | None
    loss: float
    """Mean log loss of the event: with two classes the log loss itself."""
    miscalibration: float
    """What isotonic recalibration on these very rows saves: a little too much, as it is fitted."""
    discrimination: float
    """What the recalibrated forecasts save against always saying how often it happened."""
    uncertainty: float
    """What always saying how often it happened scores."""
    miscalibration_bracket: Interval | None
    """From recalibration fitted on other rows, not below 0, to `miscalibration`."""
    p_value: float | None
    """How often a calibrated model would show such a miscalibration, out of 200 simulations.

    None, like the band, where `chance_left_out` says why."""


@dataclass(frozen=True, slots=True)
class ReliabilityResult:
    """A reliability diagram. `view` is "binary", "top-label" or "class-wise"."""

    view: str
    class_: str | None
    points: tuple[ReliabilityPoint, ...]
    band: tuple[BandPoint, ...] = ()
    """The consistency band along all forecasts; empty where chance is not simulated."""
    share_outside_band: float | None = None
    """Share of the rows whose step lies outside the band: about 0.1 by chance alone. Rows whose
    step is on the edge, as at 0 and 1, count in part."""
    decomposition: DecompositionResult | None = None
    sampled_rows: int | None = None
    """Rows of the sample that it was made from; None if it was made from all rows."""

    @property
    def is_extreme(self) -> bool:
        """Whether most rows have forecasts under 5 % or over 95 %, where a plain scale is tight."""
        n_rows = sum(each.n for each in self.points)
        extreme = sum(each.n for each in self.points if not 0.05 <= each.mean_forecast <= 0.95)
        return 2 * extreme > n_rows


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """Expected calibration error in bins of equal width, as a probability.

    `view` says of which forecast: "binary" (the positive class) or "top-label".
    """

    value: float
    expected_if_calibrated: float
    """What a perfectly calibrated model would show on these rows, by chance alone."""
    standard_deviation_if_calibrated: float
    bins: int
    view: str
    rmsce2: float | None = None
    """Mean squared distance of forecast and frequency in the same bins, less what chance adds:
    about 0 if calibrated, and below 0 as often as above. None with weights or soft labels."""


@dataclass(frozen=True, slots=True)
class RecoverableResult:
    """What temperature and class biases save, fitted to half the rows and tried on the others.

    A lower bound of the loss from miscalibration: other maps might save more.
    """

    loss: float
    """Nats a row; below 0 if it does more harm than good."""
    temperature: float
    """What logits are divided by, fitted to all of the rows; above 1 makes forecasts less sure."""
    log_loss_after: float
    """The log loss of all rows less `loss`."""
    interval: Interval | None
    """Of `loss`, at 95 %."""
    standard_error: float | None
    with_class_bias: bool
    """Whether classes had biases too; without 20 rows of each, and 100 a class, there are none."""
    rows: int
    """Rows it was fitted and tried on: all, or a sample."""


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """The log loss of the rows, computed once more by scikit-learn."""

    rows: int
    ours: float
    scikit_learn: float
    difference: float
    """Absolute difference of the two, to twelve decimals."""
    largest_class_difference: float
    """The largest of those differences over the rows of one class."""
    left_out: int
    """Rows below 2**-52, which scikit-learn floors and this evaluation does not."""


@dataclass(frozen=True, slots=True)
class CalibrationResult:
    """How far the probabilities can be taken at their word."""

    method: str
    gap: float | None
    """Mean loss minus the loss the model itself expects; above zero: too sure of itself."""
    gap_z: float | None
    """The gap in standard errors, without what skewness or few clusters do to it: near standard
    normal if forecasts are right. None without spread, or under ten rows of soft labels."""
    mean_confidence: float | None
    """Mean probability given to the predicted class; compare it with the accuracy."""
    recoverable: RecoverableResult | None
    """None if the loss is infinite, labels are soft, or rows are too few to tell or too alike."""
    recoverable_left_out: str | None = field(default=None, kw_only=True)
    """Why `recoverable` is None, in a phrase."""
    ece: CalibrationError | None
    decomposition: DecompositionResult | None
    """That of the first reliability diagram; None without rows, or if the loss is infinite."""
    reliability: tuple[ReliabilityResult, ...]
    gap_interval: Interval | None = None
    """At 95 %, by the spread and skewness of loss minus expected loss over these rows."""
    single_classes_left_out: str | None = field(default=None, kw_only=True)
    """Why no single class has a diagram, in a phrase; None if some have, or of two classes."""
    chance_left_out: str | None = field(default=None, kw_only=True)
    """Why the first diagram has no band and no p-value, in a phrase; None if it has them."""
