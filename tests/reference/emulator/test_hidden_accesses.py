"""No access goes unseen because the compiler knows the variable whose address it uses."""

import numpy as np
import pytest

from reference.emulator import Module

THREADS = 32
# name: declarations outside of the kernel, and statements that read `a` or write `out` by the address of a
# variable. The compiler leaves its check out if the variable is constant, or if its address never leaves the
# thread. The constants differ, or the compiler would put their one value in place of the read.
FORMS = {
    "last_member_of_a_constant": (
        "struct S { int n; float last[3]; };\nstatic const S constant = {1, {1, 2, 3}};",
        "const S &s = constant;\nfloat x = s.last[(a - s.last) + i];  // here\nout[i] = x;",
    ),
    "constant_of_unknown_length": (
        "static const float constant[3] = {1, 2, 3};",
        "const float (&s)[] = constant;\nfloat x = s[(a - s) + i];  // here\nout[i] = x;",
    ),
    "flexible_member_of_a_constant": (
        "struct S { int n; float last[]; };\nstatic const S constant = {1, {1, 2, 3}};",
        "float x = constant.last[(a - constant.last) + i];  // here\nout[i] = x;",
    ),
    "constant_of_the_thread": (
        "struct S { int n; float last[1]; };",
        "const S own = {i, {0}}, &s = own;\nfloat x = s.last[(a - s.last) + i];  // here\nout[i] = x;",
    ),
    "wider_array_at_the_address_of_a_constant": (
        "template <typename T, typename U> __device__ T as(U from) { return (T)from; }\n"
        "static const float constant[3] = {1, 2, 3};",
        "auto s = as<const float (*)[1 << 30]>(&constant);\n"
        "float x = (*s)[(a - constant) + i];  // here\nout[i] = x;",
    ),
    "variable_of_the_thread": (
        "struct S { int n; float last[1]; };",
        "S own = {i, {0}}, &s = own;\nlong far = out - s.last;\n"
        "s.last[far + i] = i;  // here\nout[i] = s.last[far + 1];",
    ),
}


def source_of(name: str) -> str:
    declarations, statements = FORMS[name]
    head = "__global__ void kernel(const float *a, float *out)\n{\n    const int i = threadIdx.x;"
    return f"{declarations}\n{head}\n{statements}\n}}\n"


@pytest.mark.parametrize("name", FORMS)
def test_an_access_behind_a_variable_is_out_of_bounds_at_its_line(request, name):
    source = source_of(name)
    module = Module(source, folder=request.config.cache.mkdir("kernels"))
    a, out = np.arange(THREADS, dtype="f"), np.zeros(THREADS, "f")
    findings = module.check("kernel", 1, THREADS, [a, out], seed=0).findings
    line = 1 + source.count("\n", 0, source.index("// here"))
    assert {(one.kind, one.line) for one in findings} >= {("out_of_bounds", line)}
