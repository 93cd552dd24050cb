"""A challenger as bytes and back, without ever trusting the bytes.

``skops`` rebuilds objects from a list of types. What may be built is pinned here, type by type,
instead of asking the file what it would like; the hash is checked before anything is opened.
"""

import hashlib
import hmac
import io
import json
import zipfile
from typing import Any

_BYTES_MAX = 50_000_000
_UNPACKED_MAX = 400_000_000

#: Types that skops knows by itself and that a challenger needs.
KNOWN_TYPES = (
    "builtins.dict",
    "builtins.list",
    "builtins.str",
    "builtins.tuple",
    "numpy.float64",
    "numpy.ndarray",
    "numpy.random._generator.Generator",
    "numpy.uint64",
    "sklearn._loss._loss.CyHalfBinomialLoss",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn.calibration.CalibratedClassifierCV",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
    "sklearn.preprocessing._label.LabelEncoder",
)
#: Types that skops builds only when told to trust them.
TRUSTED_TYPES = (
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.model_selection._split.StratifiedKFold",
)
#: Ways of building: none of them calls a function that the file names.
LOADERS = (
    "DictNode",
    "JsonNode",
    "ListNode",
    "LossNode",
    "NdArrayNode",
    "ObjectNode",
    "RandomGeneratorNode",
    "TupleNode",
    "TypeNode",
)
_ROOTS = ("CalibratedClassifierCV", "HistGradientBoostingClassifier")


class RefusedArtefact(ValueError):
    """The bytes are not what was stored, or hold something that is not on the list."""


def save(model: Any) -> tuple[bytes, str]:
    """The model as bytes, and their SHA-256. Two savings of one model differ in bytes."""
    import skops.io

    content = skops.io.dumps(model, compression=zipfile.ZIP_DEFLATED)
    _check_types(content)
    return content, sha256(content)


def load(content: bytes, expected_sha256: str) -> Any:
    """The model again. Raises ``RefusedArtefact`` for another hash, type, loader or root."""
    if len(content) > _BYTES_MAX or not hmac.compare_digest(sha256(content), expected_sha256):
        raise RefusedArtefact("the file is not the one that was stored")
    _check_types(content)
    import skops.io

    return skops.io.loads(content, trusted=list(TRUSTED_TYPES))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def types_in(content: bytes) -> tuple[set[str], set[str], str]:
    """Types and loaders that the file names, and its root's class. Raises ``RefusedArtefact``."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > _UNPACKED_MAX:
                raise RefusedArtefact("the file unpacks to too much")
            schema = json.loads(archive.read("schema.json"))
    except RefusedArtefact:
        raise
    except Exception as error:  # a broken archive breaks in many ways; none of them is a model
        raise RefusedArtefact(f"not a model file: {type(error).__name__}") from None
    types: set[str] = set()
    loaders: set[str] = set()
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "__class__" in node or "__loader__" in node:
                types.add(f"{node.get('__module__')}.{node.get('__class__')}")
                loaders.add(str(node.get("__loader__")))
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    root = schema.get("__class__") if isinstance(schema, dict) else None
    return types, loaders, str(root)


def _check_types(content: bytes) -> None:
    types, loaders, root = types_in(content)
    strangers = sorted(types - {*KNOWN_TYPES, *TRUSTED_TYPES}) + sorted(loaders - {*LOADERS})
    if strangers:
        raise RefusedArtefact(f"not on the list: {', '.join(strangers)[:300]}")
    if root not in _ROOTS:
        raise RefusedArtefact(f"no challenger: {root[:100]}")
