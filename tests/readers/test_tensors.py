"""Tensors of torch: whatever their type and their gradient, or one plain sentence."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

import evalreport
from evalreport.errors import InputError

if find_spec("torch") is None:
    pytest.skip(
        "torch is not installed: `pip install torch` runs the tests of its tensors",
        allow_module_level=True,
    )

import torch

N_ROWS = 300


def rows() -> tuple[torch.Tensor, torch.Tensor]:
    """Return labels and logits of three classes."""
    generator = torch.Generator().manual_seed(7)
    labels = torch.randint(0, 3, (N_ROWS,), generator=generator)
    return labels, torch.randn((N_ROWS, 3), generator=generator) * 2


@pytest.mark.parametrize("kind", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_logits_of_every_width_give_the_cross_entropy_of_torch(kind):
    labels, logits = rows()
    stored = logits.to(kind)
    expected = torch.nn.functional.cross_entropy(stored.double(), labels).item()
    evaluation = evalreport.evaluate(labels, stored, input_kind="logits")
    assert evaluation.log_loss == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("kind", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_probabilities_of_every_width_are_widened_before_the_logarithm(kind):
    labels, logits = rows()
    stored = logits.softmax(1).to(kind)
    given = stored.double()[torch.arange(N_ROWS), labels].numpy()
    evaluation = evalreport.evaluate(labels, stored)
    assert evaluation.log_loss == pytest.approx(-np.log(given).mean(), rel=1e-14)


def test_a_gradient_is_left_behind_and_left_alone():
    labels, logits = rows()
    with_gradient = logits.clone().requires_grad_()
    weights = torch.nn.Parameter(torch.ones(N_ROWS))
    evaluation = evalreport.evaluate(labels, with_gradient, input_kind="logits", weights=weights)
    plain = evalreport.evaluate(labels, logits, input_kind="logits", weights=np.ones(N_ROWS))
    assert evaluation.digest == plain.digest
    assert with_gradient.requires_grad
    assert weights.requires_grad


@pytest.mark.parametrize(
    "kind", [torch.int64, torch.int32, torch.uint8, torch.float32, torch.bfloat16]
)
def test_labels_may_be_numbers_of_any_type(kind):
    labels, logits = rows()
    expected = evalreport.evaluate(labels.numpy(), logits.numpy(), input_kind="logits")
    evaluation = evalreport.evaluate(labels.to(kind), logits, input_kind="logits")
    assert evaluation.digest == expected.digest


def test_truth_values_and_one_column_speak_of_two_classes():
    labels, logits = rows()
    happened, probs = labels > 0, torch.sigmoid(logits[:, 0])
    expected = torch.nn.functional.binary_cross_entropy(probs.double(), happened.double()).item()
    for given in (probs, probs[:, None], probs.requires_grad_()):
        assert evalreport.evaluate(happened, given).log_loss == pytest.approx(expected, rel=1e-12)


def test_a_list_of_outputs_is_read_like_one_tensor():
    labels, logits = rows()
    expected = evalreport.evaluate(labels, logits, input_kind="logits")
    lists = [list(labels), [each.requires_grad_() for each in logits.bfloat16().float().unbind()]]
    assert evalreport.evaluate(lists[0], logits, input_kind="logits").digest == expected.digest
    narrow = evalreport.evaluate(labels, logits.bfloat16(), input_kind="logits")
    assert evalreport.evaluate(*lists, input_kind="logits").digest == narrow.digest


def test_soft_labels_slices_and_ids_may_be_tensors_too():
    labels, logits = rows()
    targets = torch.nn.functional.one_hot(labels, 3).double() * 0.7 + 0.1
    evaluation = evalreport.evaluate(
        targets=targets,
        probs=logits,
        input_kind="logits",
        slices={"odd": labels % 2},
        ids=torch.arange(N_ROWS),
    )
    expected = torch.nn.functional.cross_entropy(logits.double(), targets).item()
    assert evaluation.cross_entropy == pytest.approx(expected, rel=1e-13)
    assert set(evaluation.slices["value"]) == {"0", "1"}


def test_a_tensor_that_holds_no_plain_numbers_is_refused_in_a_sentence():
    labels, logits = rows()
    with pytest.raises(InputError) as caught:
        evalreport.evaluate(labels, logits.to_sparse())
    assert str(caught.value) == (
        "probs cannot be read as an array: can't convert Sparse layout tensor to numpy. "
        "Use Tensor.to_dense() first."
    )
    with pytest.raises(InputError) as caught:
        evalreport.evaluate(labels, torch.complex(logits, logits))
    assert str(caught.value) == (
        "probs holds complex numbers, which are neither labels nor forecasts."
    )
