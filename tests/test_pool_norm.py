"""The probes of pool_norm tell a student what a function should return."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

PROBES = Path(__file__).parents[1] / "assignments" / "pool_norm" / "probes.py"
ARRAY = np.zeros((3, 2, 4), np.float32)


@pytest.fixture(scope="module")
def probes() -> ModuleType:
    spec = spec_from_file_location("pool_norm_probes", PROBES)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("returned", "message"),
    [(ARRAY, "one ndarray"), ((ARRAY, ARRAY), "2 values"), (None, "None: is a return missing?")],
    ids=["x_grad_of_a_batch_of_three", "two_gradients", "nothing"],
)
@pytest.mark.parametrize(
    "name", ["batch_norm_grad", "layer_norm_grad", "batch_norm_x_grad", "layer_norm_x_grad"]
)
def test_fewer_than_three_gradients_are_not_taken_apart(
    probes: ModuleType, name: str, returned: Any, message: str
) -> None:
    function = name.replace("_x_grad", "_grad")
    submission = SimpleNamespace(array=lambda values: values, **{function: lambda *_: returned})
    case = SimpleNamespace(x=ARRAY, out_grad=ARRAY, gamma=ARRAY[0, 0])
    with pytest.raises(TypeError, match=f"the function returned {message}".replace("?", r"\?")):
        getattr(probes, name)(submission, case)
