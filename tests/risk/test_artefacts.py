"""A challenger's file is loaded only if it is the stored one and holds nothing but listed types."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from risk.training import artefacts
from risk.training.artefacts import RefusedArtefact
from risk.training.challenger import fit_challenger, matrix
from risk.training.table import Column, words_column


@pytest.fixture(scope="module")
def learnt() -> Any:
    chance = np.random.default_rng(3)
    numbers = chance.normal(size=600)
    words = [["rice", "pigs", None][i % 3] for i in range(600)]
    bad = (chance.random(600) < 1 / (1 + np.exp(1.5 - numbers))).astype(np.int64)
    columns = (Column("n", numbers), words_column("w", words))
    return fit_challenger(columns, bad), columns


@pytest.fixture(scope="module")
def saved(learnt: Any) -> tuple[bytes, str]:
    return artefacts.save(learnt[0].model)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_what_is_saved_comes_back_and_foretells_the_same(learnt: Any, saved: Any) -> None:
    challenger, columns = learnt
    again = artefacts.load(*saved)
    rows = matrix(columns, challenger.codes)
    assert np.array_equal(again.predict_proba(rows), challenger.model.predict_proba(rows))


def test_the_pinned_list_is_exactly_what_a_challenger_holds(saved: Any) -> None:
    types, loaders, root = artefacts.types_in(saved[0])
    assert types == {*artefacts.KNOWN_TYPES, *artefacts.TRUSTED_TYPES}
    assert loaders == set(artefacts.LOADERS)
    assert root == "CalibratedClassifierCV"
    assert set(skops.io.get_untrusted_types(data=saved[0])) == set(artefacts.TRUSTED_TYPES)


@pytest.mark.parametrize("at", [0, 1_000, -1])
def test_a_flipped_byte_is_refused(saved: Any, at: int) -> None:
    content = bytearray(saved[0])
    content[at] ^= 1
    with pytest.raises(RefusedArtefact, match="not the one that was stored"):
        artefacts.load(bytes(content), saved[1])


def test_another_good_file_in_its_place_is_refused(learnt: Any, saved: Any) -> None:
    other, _ = artefacts.save(learnt[0].model.calibrated_classifiers_[0].estimator)
    with pytest.raises(RefusedArtefact, match="not the one that was stored"):
        artefacts.load(other, saved[1])


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(n_estimators=2),
        CalibratedClassifierCV(LogisticRegression(), cv=2),
        LogisticRegression(),
    ],
)
def test_another_type_inside_is_refused_even_with_its_own_hash(model: Any, learnt: Any) -> None:
    rows = np.arange(40.0).reshape(-1, 1)
    content = skops.io.dumps(model.fit(rows, np.arange(40) % 2))
    with pytest.raises(RefusedArtefact, match="not on the list"):
        artefacts.load(content, sha(content))
    with pytest.raises(RefusedArtefact, match="not on the list"):
        artefacts.save(model)


def forged(content: bytes, change: Any) -> bytes:
    """The file with another schema."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "schema.json":
                schema = json.loads(data)
                change(schema)
                data = json.dumps(schema).encode()
            new.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "node",
    [
        {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "__id__": 1},
        {"__class__": "Popen", "__module__": "subprocess", "__loader__": "ObjectNode", "__id__": 1},
        {"__class__": "dict", "__module__": "builtins", "__loader__": "MethodNode", "__id__": 1},
        {"__class__": "partial", "__module__": "functools", "__loader__": "PartialNode", "__id__": 1},
    ],
)  # fmt: skip
def test_a_type_smuggled_into_the_schema_is_refused(saved: Any, node: dict[str, Any]) -> None:
    content = forged(saved[0], lambda schema: schema.setdefault("extra", {}).update(x=[node]))
    with pytest.raises(RefusedArtefact, match="not on the list"):
        artefacts.load(content, sha(content))


def test_a_listed_type_alone_is_no_challenger(saved: Any) -> None:
    content = skops.io.dumps([1, 2, 3])
    with pytest.raises(RefusedArtefact):
        artefacts.load(content, sha(content))
    content = skops.io.dumps({"a": "b"})
    with pytest.raises(RefusedArtefact):
        artefacts.load(content, sha(content))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04K\x01.", b"{}" * 100])
def test_what_is_no_model_file_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedArtefact, match="not a model file"):
        artefacts.load(content, sha(content))


def test_a_file_that_unpacks_without_end_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", b" " * 450_000_000)
    with pytest.raises(RefusedArtefact, match="unpacks to too much"):
        artefacts.load(out.getvalue(), sha(out.getvalue()))


def test_nothing_of_ours_unpickles() -> None:
    words = ("import pickle", "import joblib", "pickle.load", "joblib.load", "get_untrusted_types")
    for path in Path(artefacts.__file__).parents[1].rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in words if word in text], path


def test_a_bare_boosting_is_allowed_for_too_few_bads(learnt: Any) -> None:
    _, columns = learnt
    bad = np.zeros(600, dtype=np.int64)
    bad[:2] = 1
    few = fit_challenger(columns, bad)
    assert isinstance(few.model, HistGradientBoostingClassifier)
    assert artefacts.load(*artefacts.save(few.model)) is not None
