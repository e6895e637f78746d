"""Frozen results: every number of the report, unrounded, in the shape of the evaluation file.

The field names are the keys of the evaluation file (schema version 1). Losses are in nats, lower
is better; ``None`` stands for what is not defined, never NaN or infinity. With ``floor`` None a
zero probability makes a mean infinite, which is None here and told by ``zero_probability_rows``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from evalreport.audit_results import AuditResult as AuditResult
from evalreport.audit_results import ClassOrderResult as ClassOrderResult
from evalreport.audit_results import DataQualityResult as DataQualityResult
from evalreport.audit_results import DistributionPair as DistributionPair
from evalreport.audit_results import DistributionsResult as DistributionsResult
from evalreport.audit_results import GridResult as GridResult
from evalreport.audit_results import InvalidExample as InvalidExample
from evalreport.audit_results import InvalidReason as InvalidReason
from evalreport.audit_results import RowIdsResult as RowIdsResult
from evalreport.band_results import ScaleBand as ScaleBand
from evalreport.band_results import ScaleResult as ScaleResult
from evalreport.calibration_results import BandPoint as BandPoint
from evalreport.calibration_results import CalibrationError as CalibrationError
from evalreport.calibration_results import CalibrationResult as CalibrationResult
from evalreport.calibration_results import DecompositionResult as DecompositionResult
from evalreport.calibration_results import RecoverableResult as RecoverableResult
from evalreport.calibration_results import ReliabilityPoint as ReliabilityPoint
from evalreport.calibration_results import ReliabilityResult as ReliabilityResult
from evalreport.calibration_results import VerificationResult as VerificationResult
from evalreport.cluster_results import ClustersResult as ClustersResult
from evalreport.comparison_results import ChangeBounds as ChangeBounds
from evalreport.comparison_results import ChangeCauses as ChangeCauses
from evalreport.comparison_results import ChangedRow as ChangedRow
from evalreport.comparison_results import ChangeOutcome as ChangeOutcome
from evalreport.comparison_results import ClassShare as ClassShare
from evalreport.comparison_results import ComparedGroup as ComparedGroup
from evalreport.comparison_results import ComparisonResult as ComparisonResult
from evalreport.comparison_results import PreviousRun as PreviousRun
from evalreport.comparison_results import RowMatch as RowMatch
from evalreport.label_results import LabelNoiseResult as LabelNoiseResult
from evalreport.label_results import MistakenPair as MistakenPair
from evalreport.label_results import MistakenSlice as MistakenSlice
from evalreport.loss_results import FloorResult as FloorResult
from evalreport.loss_results import ForecastBin as ForecastBin
from evalreport.loss_results import ProbabilityBin as ProbabilityBin
from evalreport.row_results import Interval as Interval
from evalreport.row_results import SliceResult as SliceResult
from evalreport.row_results import SplitGap as SplitGap
from evalreport.row_results import SplitPart as SplitPart
from evalreport.row_results import SplitRole as SplitRole
from evalreport.row_results import SplitsResult as SplitsResult
from evalreport.row_results import WorstRow as WorstRow
from evalreport.tail_results import LossQuantile as LossQuantile
from evalreport.tail_results import Surprise as Surprise
from evalreport.tail_results import TailsResult as TailsResult
from evalreport.tail_results import WorstShare as WorstShare
from evalreport.task_results import DocumentResult as DocumentResult
from evalreport.task_results import GaussianResult as GaussianResult
from evalreport.task_results import GaussianRow as GaussianRow
from evalreport.task_results import GaussianSlice as GaussianSlice
from evalreport.task_results import MeanResult as MeanResult
from evalreport.task_results import PitBin as PitBin
from evalreport.task_results import PositionBin as PositionBin
from evalreport.task_results import TailShare as TailShare
from evalreport.task_results import TokenSlice as TokenSlice
from evalreport.task_results import TokensResult as TokensResult
from evalreport.top_k_results import LossBounds as LossBounds
from evalreport.top_k_results import RankResult as RankResult
from evalreport.top_k_results import TopKResult as TopKResult

SCHEMA_VERSION = 1
MOST_WORST = 1000
"""So many of the worst rows can be listed."""

Severity = Literal["error", "warning", "note"]
Floor = float | Literal["auto"] | None
"""Least probability scored: a number, None for none, or "auto" for what the input kind asks for."""
InputKind = Literal[
    "probabilities", "percentages", "logits", "log-probabilities", "tokens", "gaussian"
]


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """Which column of the input was read as what."""

    label: str | None
    probabilities: tuple[str, ...]
    id: str | None = None
    weight: str | None = None
    slices: tuple[str, ...] = ()
    cluster: str | None = None
    targets: tuple[str, ...] = ()
    """Columns of the target distribution, in the order of the classes, instead of a label."""
    shown: tuple[str, ...] = ()
    """Columns whose contents stand with the worst rows, because that was asked for."""
    top: tuple[str, ...] = ()
    """Columns of the names of the most likely classes, where they stand beside `probabilities`."""


@dataclass(frozen=True, slots=True)
class InputResult:
    """What was read, and how it was understood."""

    paths: tuple[str, ...]
    format: str
    bytes: int | None
    rows_read: int
    rows_scored: int
    rows_rejected: int
    columns: ColumnUse
    classes: tuple[str, ...]
    positive: str | None
    """The class that binary views speak of; None with more than two classes."""
    input_kind: InputKind
    floor: float | None
    normalize: str
    readings: tuple[str, ...]
    """Plain sentences on how the columns were understood."""
    label_smoothing: float = 0.0
    """How much of equal odds was mixed into what happened before it was scored."""


@dataclass(frozen=True, slots=True)
class BandResult:
    """The score band of a value, and the bands its interval touches, from best to worst."""

    name: str
    low: float
    high: float | None
    interval_bands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverallResult:
    """The headline numbers over all scored rows."""

    n: int
    """Rows scored: of weight above zero."""
    weight: float
    log_loss: float | None
    """None with soft labels, for which `cross_entropy` takes its place."""
    cross_entropy: float | None
    target_entropy: float | None
    """Mean entropy of the targets: no forecast can have less cross-entropy; 0 with hard labels."""
    kl_divergence: float | None
    """Cross-entropy minus target entropy; standard error, interval and band are those of it."""
    standard_error: float | None
    interval: Interval | None
    interval_is_approximate: bool
    """True if a few rows dominate, so that the interval can only be a rough guide."""
    bits: float | None
    perplexity: float | None
    mean_probability: float | None
    """exp(-cross_entropy): the geometric mean of the probability given to what happened."""
    accuracy: float | None
    """With soft labels the mean target probability of the predicted class."""
    brier_score: float | None
    """Multiclass form, 0 to 2."""
    brier_score_binary: float | None
    """Binary form, 0 to 1; None with more than two classes."""
    zero_probability_rows: int
    floored_rows: int
    """Rows with a probability above zero and below the floor."""
    zero_probability_share_of_loss: float | None
    band: BandResult | None
    class_balanced_log_loss: float | None = None
    """Plain mean of the losses of the classes that happened, each counted once."""
    effective_n: float | None = None
    """As many rows, or tokens, of equal weight would tell as much (Kish): `n` without weights."""
    unseen_zeros_would_add: float | None = None
    """What the loss would rise by if 3 rows in n had probability 0 for what happened, as many as n
    rows can lack by chance; None with such rows, without a floor or under 10 rows."""
    tiny_probability_rows: int = 0
    """Rows given more than zero and less than 2**-52, whatever the floor: above 36.04 nats each."""
    capped_rows: int = 0
    """Rows that lose more than 2,048 nats by their logits or log-probabilities, scored as 2,048."""
    top_k: TopKResult | None = None
    """Where rows hold only their most likely classes; the losses are None if some are bounds."""

    @property
    def judged_loss(self) -> float | None:
        """The loss that a report speaks of: the excess, which is the log loss of hard labels."""
        return self.log_loss if self.kl_divergence is None else self.kl_divergence


@dataclass(frozen=True, slots=True)
class BaselineResult:
    """What knowing nothing but the classes would score."""

    class_frequencies: float | None
    uniform: float | None
    """None where there are no classes."""
    skill: float | None
    skill_interval: Interval | None
    band: str | None
    kl_divergence: float | None = None
    """What `class_frequencies` has above the entropy of the targets: what skill is measured by."""
    too_low_by: float | None = None
    """What `class_frequencies` lacks on average because it was made from these very rows, in nats;
    None with soft labels."""
    training_frequencies: float | None = None
    """What always predicting the class frequencies of training would score, if they are known."""

    @property
    def judged_loss(self) -> float | None:
        """The loss that a report compares with that of the model."""
        return self.kl_divergence


@dataclass(frozen=True, slots=True)
class ClassResult:
    """The rows whose observed class is this one; with soft labels its share of every row."""

    name: str
    n: int
    """Rows of which it is the observed class, or the one of the largest target."""
    frequency: float
    log_loss: float | None
    cross_entropy: float | None
    interval: Interval | None
    one_vs_rest_log_loss: float | None
    """Over all rows: did this class happen or not? Unlike `log_loss`, a proper score by itself."""
    mean_probability: float | None
    share_of_loss: float | None
    zero_probability_rows: int
    band: str | None
    """None with soft labels, and for a rare class whose loss its rarity explains: see
    `evalreport.rarity`."""
    mean_forecast: float | None = None
    """Mean probability given to this class, over all rows; compare it with `frequency`."""
    top_k: LossBounds | None = None
    """Where rows hold only their most likely classes."""

    @property
    def judged_loss(self) -> float | None:
        """The loss that a report speaks of: a class has no excess of its own."""
        return self.cross_entropy


@dataclass(frozen=True, slots=True)
class FindingResult:
    """What needs attention, why, and what to check; `section` is the id of a report section."""

    code: str
    severity: Severity
    title: str
    why: str
    check: str
    section: str


@dataclass(frozen=True, slots=True)
class LimitResult:
    """A requirement and what became of it; losses in nats.

    `name` is its key in the settings file. `value` is what was measured, "infinite" included; None
    if nothing could be.
    """

    name: str
    limit: float | str
    value: float | str | None
    outcome: Literal["passed", "failed", "not judged", "inconclusive"]
    why: str = ""
    """The limit and what was measured, as a sentence."""


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """Everything evalreport has to say about one set of predictions."""

    evalreport_version: str
    title: str
    created: str | None
    task: Literal["binary", "multiclass", "soft", "tokens", "gaussian", "top-k"]
    digest: str
    input: InputResult
    overall: OverallResult
    baseline: BaselineResult
    classes: tuple[ClassResult, ...]
    slices: tuple[SliceResult, ...]
    calibration: CalibrationResult
    loss_by_probability: tuple[ProbabilityBin, ...]
    loss_by_forecast: tuple[ForecastBin, ...]
    floors: tuple[FloorResult, ...]
    worst_rows: tuple[WorstRow, ...]
    comparison: ComparisonResult | None
    findings: tuple[FindingResult, ...]
    limits: tuple[LimitResult, ...]
    data_quality: DataQualityResult
    audit: AuditResult | None = None
    """None in evaluations written before there was an audit."""
    distributions: DistributionsResult | None = None
    """Class frequencies against mean forecasts; None if nothing was scored."""
    tokens: TokensResult | None = None
    """None unless the task is tokens."""
    gaussian: GaussianResult | None = None
    """None unless the task is gaussian."""
    tails: TailsResult | None = None
    """How the loss is spread over the rows; None in other tasks, and in older evaluations."""
    clusters: ClustersResult | None = None
    """None unless a column tells which rows belong together."""
    verification: VerificationResult | None = None
    """None unless it was asked for, or if labels are soft."""
    splits: SplitsResult | None = None
    """Training against test rows, if a slice column tells them apart."""
    label_noise: LabelNoiseResult | None = None
    """Rows whose labels are worth a second look; None with soft labels, and in other tasks."""
    bands: ScaleResult | None = None
    """Own bands that losses were judged by; None of the built-in ones."""
    state: Mapping[str, Any] = field(repr=False, default_factory=dict)
    schema_version: int = SCHEMA_VERSION
