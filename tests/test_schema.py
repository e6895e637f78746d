"""The JSON Schema of the evaluation file says what the file holds."""

from __future__ import annotations

import json
from dataclasses import fields

import jsonschema
import pytest

import evalreport
from evalreport import results
from evalreport.evaluation_file import dumps
from evalreport.schema import evaluation_schema, key_of
from tests import sample_results

SCHEMA = evaluation_schema()


def definition(name: str) -> dict:
    return {"$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{name}"}


def band(**changes: object) -> dict:
    return {
        "name": "fine",
        "low": 0.05,
        "high": 0.2,
        "interval_bands": ["fine", "can probably improve"],
        **changes,
    }


def test_the_schema_is_valid_by_its_own_metaschema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_survives_json_unchanged():
    assert json.loads(json.dumps(SCHEMA, allow_nan=False)) == SCHEMA


def test_the_version_comes_first_and_is_fixed():
    assert next(iter(SCHEMA["properties"])) == "schema_version"
    assert SCHEMA["properties"]["schema_version"] == {"const": results.SCHEMA_VERSION}


def test_every_field_of_the_evaluation_is_a_required_key():
    expected = {key_of(each.name) for each in fields(results.EvaluationResult)}
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"]) == expected


def test_the_class_of_a_reliability_diagram_has_the_key_class():
    keys = SCHEMA["$defs"]["ReliabilityResult"]["properties"]
    assert "class" in keys
    assert "class_" not in keys


def test_a_docstring_under_a_field_becomes_its_description():
    overall = SCHEMA["$defs"]["OverallResult"]["properties"]
    assert overall["n"]["description"] == "Rows scored: of weight above zero."


def test_a_well_formed_part_is_accepted():
    jsonschema.validate(band(), definition("BandResult"))
    jsonschema.validate(band(high=None), definition("BandResult"))


def test_keys_of_later_versions_are_accepted():
    jsonschema.validate(band(colour="green"), definition("BandResult"))


@pytest.mark.parametrize(
    "wrong",
    [band(name=None), band(low="0.05"), band(interval_bands="fine"), band(interval_bands=[1])],
    ids=["name is null", "number as text", "text for a list", "number in a list of names"],
)
def test_a_part_with_a_wrong_type_is_refused(wrong):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, definition("BandResult"))


def test_a_missing_key_is_refused():
    incomplete = band()
    del incomplete["high"]
    with pytest.raises(jsonschema.ValidationError, match="'high' is a required property"):
        jsonschema.validate(incomplete, definition("BandResult"))


@pytest.mark.parametrize("interval", [[0.1], [0.1, 0.2, 0.3], ["0.1", "0.2"]])
def test_an_interval_is_two_numbers(interval):
    schema = SCHEMA["$defs"]["OverallResult"]["properties"]["interval"]
    jsonschema.validate([0.1, 0.2], schema)
    jsonschema.validate(None, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(interval, schema)


@pytest.fixture(scope="module", params=["breast_cancer.csv", "digits_overconfident.csv"])
def document(request, project) -> dict:
    evaluation = evalreport.evaluate_file(project / "example_data" / request.param)
    return json.loads(evaluation.to_json())


def test_a_real_evaluation_file_follows_the_schema(document):
    jsonschema.validate(document, SCHEMA)


def test_the_keys_of_a_real_evaluation_file_stand_in_the_order_of_the_schema(document):
    assert list(document) == list(SCHEMA["properties"])
    assert list(document["overall"]) == list(SCHEMA["$defs"]["OverallResult"]["properties"])


@pytest.mark.parametrize("sample", ["typical", "binary", "perfect", "broken", "many", "empty"])
def test_every_kind_of_result_follows_the_schema(sample):
    result = getattr(sample_results, sample)()
    jsonschema.validate(json.loads(dumps(result)), SCHEMA)
