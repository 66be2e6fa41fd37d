"""Each algorithm of Thrust gives the same with every execution policy, on the device and on the host."""

import re
from pathlib import Path

import pytest

from reference.emulator.compile import HEADERS
from reference.emulator.programs import Program, program_into
from tests.reference.emulator.test_programs import run

PAGE = Path(__file__).parents[3] / "docs" / "cuda.md"
# Each call has `P` in place of a policy. `a` holds 3 1 4 1 5 9, and `b` holds 1 2 2 5 7 8. The 12 elements of
# `o`, and those of `m`, hold -1. After each call: what `say` got, and the arrays that changed.
CALLS = {
    "adjacent_difference": {
        "say(adjacent_difference(P a, a + 6, o) - o)": "6 o 3 -2 3 -3 4 4",
        "adjacent_difference(P a, a + 6, o, Times())": "o 3 3 4 4 5 45",
    },
    "all_of": {"say(all_of(P a, a + 6, Odd())), say(all_of(P a, a + 2, Odd()))": "0 1"},
    "any_of": {"say(any_of(P a, a + 2, Even())), say(any_of(P a, a + 3, Even()))": "0 1"},
    "binary_search": {
        "say(binary_search(P b, b + 6, 5)), say(binary_search(P b, b + 6, 6))": "1 0",
        "say(binary_search(P b, b + 6, 5, Less()))": "1",
        "say(binary_search(P b, b + 6, a, a + 6, o) - o)": "6 o 0 1 0 1 1 0",
        "binary_search(P b, b + 6, a, a + 6, o, Less())": "o 0 1 0 1 1 0",
    },
    "copy": {"say(copy(P a, a + 6, o) - o)": "6 o 3 1 4 1 5 9"},
    "copy_if": {
        "say(copy_if(P a, a + 6, o, Odd()) - o)": "5 o 3 1 1 5 9",
        "say(copy_if(P a, a + 6, b, o, Even()) - o)": "3 o 1 4 9",
    },
    "copy_n": {"say(copy_n(P a, 2, o) - o)": "2 o 3 1"},
    "count": {"say(count(P a, a + 6, 1))": "2"},
    "count_if": {"say(count_if(P a, a + 6, Odd()))": "5"},
    "equal": {
        "say(equal(P a, a + 6, b)), say(equal(P a, a + 6, a))": "0 1",
        "say(equal(P a, a + 6, b, Always()))": "1",
    },
    "equal_range": {
        "auto r = equal_range(P b, b + 6, 2); say(r.first - b), say(r.second - b)": "1 3",
        "auto r = equal_range(P b, b + 6, 6, Less()); say(r.first - b), say(r.second - b)": "4 4",
    },
    "exclusive_scan": {
        "say(exclusive_scan(P a, a + 6, o) - o)": "6 o 0 3 4 8 9 14",
        "exclusive_scan(P a, a + 6, o, 10)": "o 10 13 14 18 19 24",
        "exclusive_scan(P a, a + 6, o, 2, Times())": "o 2 6 6 24 24 120",
        "exclusive_scan(P a, a + 6, a)": "a 0 3 4 8 9 14",
    },
    "exclusive_scan_by_key": {
        "say(exclusive_scan_by_key(P b, b + 6, a, o) - o)": "6 o 0 0 1 0 0 0",
        "exclusive_scan_by_key(P b, b + 6, a, o, 7)": "o 7 7 8 7 7 7",
        "exclusive_scan_by_key(P b, b + 6, a, o, 7, Always())": "o 7 10 11 15 16 21",
        "exclusive_scan_by_key(P b, b + 6, a, o, 1, Always(), Times())": "o 1 3 3 12 12 60",
    },
    "fill": {"fill(P a, a + 2, 8)": "a 8 8 4 1 5 9"},
    "fill_n": {"say(fill_n(P a, 2, 8) - a)": "2 a 8 8 4 1 5 9"},
    "find": {"say(find(P a, a + 6, 1) - a), say(find(P a, a + 6, 2) - a)": "1 6"},
    "find_if": {"say(find_if(P a, a + 6, Even()) - a)": "2"},
    "find_if_not": {"say(find_if_not(P a, a + 6, Odd()) - a)": "2"},
    "for_each": {"say(for_each(P a, a + 6, Doubles()) - a)": "6 a 6 2 8 2 10 18"},
    "for_each_n": {"say(for_each_n(P a, 2, Doubles()) - a)": "2 a 6 2 4 1 5 9"},
    "gather": {"say(gather(P a, a + 5, b, o) - o)": "5 o 5 2 7 2 8"},
    "gather_if": {
        "say(gather_if(P a, a + 5, b, b, o) - o)": "5 o 5 2 7 2 8",
        "gather_if(P a, a + 5, b, b, o, Even())": "o -1 2 7",
    },
    "generate": {"generate(P a, a + 2, Eight())": "a 8 8 4 1 5 9"},
    "generate_n": {"say(generate_n(P a, 2, Eight()) - a)": "2 a 8 8 4 1 5 9"},
    "inclusive_scan": {
        "say(inclusive_scan(P a, a + 6, o) - o)": "6 o 3 4 8 9 14 23",
        "inclusive_scan(P a, a + 6, a, Times())": "a 3 3 12 12 60 540",
    },
    "inclusive_scan_by_key": {
        "say(inclusive_scan_by_key(P b, b + 6, a, o) - o)": "6 o 3 1 5 1 5 9",
        "inclusive_scan_by_key(P b, b + 6, a, o, Always())": "o 3 4 8 9 14 23",
        "inclusive_scan_by_key(P b, b + 6, a, o, Always(), Times())": "o 3 3 12 12 60 540",
    },
    "inner_product": {
        "say(inner_product(P a, a + 6, b, 1))": "126",
        "say(inner_product(P a, a + 6, b, 1, Times(), Plus()))": "88128",
    },
    "is_partitioned": {
        "say(is_partitioned(P a, a + 3, Odd())), say(is_partitioned(P a, a + 6, Odd()))": "1 0",
    },
    "is_sorted": {
        "say(is_sorted(P a, a + 6)), say(is_sorted(P b, b + 6))": "0 1",
        "say(is_sorted(P a, a + 2, Greater()))": "1",
    },
    "is_sorted_until": {
        "say(is_sorted_until(P a, a + 6) - a)": "1",
        "say(is_sorted_until(P a, a + 6, Greater()) - a)": "2",
    },
    "lower_bound": {
        "say(lower_bound(P b, b + 6, 2) - b)": "1",
        "say(lower_bound(P b, b + 6, 6, Less()) - b)": "4",
        "say(lower_bound(P b, b + 6, a, a + 6, o) - o)": "6 o 3 0 3 0 3 6",
        "lower_bound(P b, b + 6, a, a + 6, o, Less())": "o 3 0 3 0 3 6",
    },
    "max_element": {
        "say(max_element(P a, a + 6) - a)": "5",
        "say(max_element(P a, a + 6, Greater()) - a)": "1",
    },
    "merge": {
        "say(merge(P a, a + 1, b, b + 6, o) - o)": "7 o 1 2 2 3 5 7 8",
        "merge(P a, a + 2, a, a + 1, o, Greater())": "o 3 3 1",
    },
    "merge_by_key": {
        "auto r = merge_by_key(P a, a + 1, b, b + 3, b, a, o, m); say(r.first - o), say(r.second - m)":
            "4 4 o 1 2 2 3 m 3 1 4 1",
        "merge_by_key(P a, a + 2, a, a + 1, b, b + 3, o, m, Greater())": "o 3 3 1 m 1 5 2",
    },
    "min_element": {
        "say(min_element(P a, a + 6) - a)": "1",
        "say(min_element(P a, a + 6, Greater()) - a)": "5",
    },
    "minmax_element": {
        "auto r = minmax_element(P a, a + 6); say(r.first - a), say(r.second - a)": "1 5",
        "auto r = minmax_element(P a, a + 6, Greater()); say(r.first - a), say(r.second - a)": "5 1",
    },
    "mismatch": {
        "auto r = mismatch(P a, a + 6, b); say(r.first - a), say(r.second - b)": "0 0",
        "auto r = mismatch(P a, a + 6, b, Always()); say(r.first - a), say(r.second - b)": "6 6",
    },
    "none_of": {"say(none_of(P a, a + 2, Even())), say(none_of(P a, a + 3, Even()))": "1 0"},
    "partition": {
        "say(partition(P a, a + 6, Odd()) - a)": "5 a 3 1 1 5 9 4",
        "say(partition(P a, a + 6, b, Odd()) - a)": "3 a 3 1 5 1 4 9",
    },
    "partition_copy": {
        "auto r = partition_copy(P a, a + 6, o, m, Odd()); say(r.first - o), say(r.second - m)":
            "5 1 o 3 1 1 5 9 m 4",
        "auto r = partition_copy(P a, a + 6, b, o, m, Odd()); say(r.first - o), say(r.second - m)":
            "3 3 o 3 1 5 m 1 4 9",
    },
    "partition_point": {"say(partition_point(P a, a + 3, Odd()) - a)": "2"},
    "reduce": {
        "say(reduce(P a, a + 6)), say(reduce(P a, a + 6, 5))": "23 28",
        "say(reduce(P a, a + 6, 1, Times()))": "540",
    },
    "reduce_by_key": {
        "auto r = reduce_by_key(P b, b + 6, a, o, m); say(r.first - o), say(r.second - m)":
            "5 5 o 1 2 5 7 8 m 3 5 1 5 9",
        "reduce_by_key(P b, b + 6, a, o, m, Always())": "o 1 m 23",
        "reduce_by_key(P b, b + 6, a, o, m, Always(), Times())": "o 1 m 540",
        "reduce_by_key(P b, b + 6, a, make_discard_iterator(), m)": "m 3 5 1 5 9",
    },
    "remove": {"say(remove(P a, a + 6, 1) - a)": "4 a 3 4 5 9 5 9"},
    "remove_copy": {"say(remove_copy(P a, a + 6, o, 1) - o)": "4 o 3 4 5 9"},
    "remove_copy_if": {
        "say(remove_copy_if(P a, a + 6, o, Odd()) - o)": "1 o 4",
        "say(remove_copy_if(P a, a + 6, b, o, Odd()) - o)": "3 o 1 4 9",
    },
    "remove_if": {
        "say(remove_if(P a, a + 6, Even()) - a)": "5 a 3 1 1 5 9 9",
        "say(remove_if(P a, a + 6, b, Even()) - a)": "3 a 3 1 5 1 5 9",
    },
    "replace": {"replace(P a, a + 6, 1, 7)": "a 3 7 4 7 5 9"},
    "replace_copy": {"say(replace_copy(P a, a + 6, o, 1, 7) - o)": "6 o 3 7 4 7 5 9"},
    "replace_copy_if": {
        "say(replace_copy_if(P a, a + 6, o, Even(), 7) - o)": "6 o 3 1 7 1 5 9",
        "replace_copy_if(P a, a + 6, b, o, Even(), 7)": "o 3 7 7 1 5 7",
    },
    "replace_if": {
        "replace_if(P a, a + 6, Even(), 7)": "a 3 1 7 1 5 9",
        "replace_if(P a, a + 6, b, Even(), 7)": "a 3 7 7 1 5 7",
    },
    "reverse": {"reverse(P a, a + 6)": "a 9 5 1 4 1 3"},
    "reverse_copy": {"say(reverse_copy(P a, a + 6, o) - o)": "6 o 9 5 1 4 1 3"},
    "scatter": {"scatter(P b, b + 3, a, o)": "o -1 2 -1 1 2"},
    "scatter_if": {
        "scatter_if(P b, b + 3, a, b, o)": "o -1 2 -1 1 2",
        "scatter_if(P b, b + 3, a, b, o, Odd())": "o -1 -1 -1 1",
    },
    "sequence": {
        "sequence(P a, a + 6)": "a 0 1 2 3 4 5",
        "sequence(P a, a + 6, 3)": "a 3 4 5 6 7 8",
        "sequence(P a, a + 6, 3, -2)": "a 3 1 -1 -3 -5 -7",
    },
    "set_difference": {
        "say(set_difference(P b, b + 6, b + 2, b + 4, o) - o)": "4 o 1 2 7 8",
        "set_difference(P b, b + 6, b + 2, b + 4, o, Less())": "o 1 2 7 8",
    },
    "set_intersection": {
        "say(set_intersection(P b, b + 6, b + 2, b + 4, o) - o)": "2 o 2 5",
        "set_intersection(P b, b + 6, b + 2, b + 4, o, Less())": "o 2 5",
    },
    "set_symmetric_difference": {
        "say(set_symmetric_difference(P b, b + 4, b + 2, b + 6, o) - o)": "4 o 1 2 7 8",
        "set_symmetric_difference(P b, b + 4, b + 2, b + 6, o, Less())": "o 1 2 7 8",
    },
    "set_union": {
        "say(set_union(P b, b + 4, b + 2, b + 6, o) - o)": "6 o 1 2 2 5 7 8",
        "set_union(P b, b + 4, b + 2, b + 6, o, Less())": "o 1 2 2 5 7 8",
    },
    "sort": {"sort(P a, a + 6)": "a 1 1 3 4 5 9", "sort(P a, a + 6, Greater())": "a 9 5 4 3 1 1"},
    "sort_by_key": {
        "sort_by_key(P a, a + 6, b)": "a 1 1 3 4 5 9 b 2 5 1 2 7 8",
        "sort_by_key(P a, a + 6, b, Greater())": "a 9 5 4 3 1 1 b 8 7 2 1 2 5",
    },
    "stable_partition": {
        "say(stable_partition(P a, a + 6, Odd()) - a)": "5 a 3 1 1 5 9 4",
        "say(stable_partition(P a, a + 6, b, Odd()) - a)": "3 a 3 1 5 1 4 9",
    },
    "stable_partition_copy": {
        "auto r = stable_partition_copy(P a, a + 6, o, m, Odd()); say(r.first - o), say(r.second - m)":
            "5 1 o 3 1 1 5 9 m 4",
        "auto r = stable_partition_copy(P a, a + 6, b, o, m, Odd()); say(r.first - o), say(r.second - m)":
            "3 3 o 3 1 5 m 1 4 9",
    },
    "stable_sort": {
        "stable_sort(P a, a + 6)": "a 1 1 3 4 5 9",
        "stable_sort(P a, a + 6, Greater())": "a 9 5 4 3 1 1",
    },
    "stable_sort_by_key": {
        "stable_sort_by_key(P a, a + 6, b)": "a 1 1 3 4 5 9 b 2 5 1 2 7 8",
        "stable_sort_by_key(P a, a + 6, b, Greater())": "a 9 5 4 3 1 1 b 8 7 2 1 2 5",
    },
    "swap_ranges": {"say(swap_ranges(P a, a + 2, b) - b)": "2 a 1 2 4 1 5 9 b 3 1 2 5 7 8"},
    "tabulate": {"tabulate(P a, a + 6, Negative())": "a 0 -1 -2 -3 -4 -5"},
    "transform": {
        "say(transform(P a, a + 6, o, Negative()) - o)": "6 o -3 -1 -4 -1 -5 -9",
        "transform(P a, a + 6, b, o, Times())": "o 3 2 8 5 35 72",
    },
    "transform_exclusive_scan": {
        "say(transform_exclusive_scan(P a, a + 6, o, Negative(), 1, Plus()) - o)": "6 o 1 -2 -3 -7 -8 -13",
    },
    "transform_if": {
        "say(transform_if(P a, a + 6, o, Negative(), Odd()) - o)": "6 o -3 -1 -1 -1 -5 -9",
        "transform_if(P a, a + 6, b, o, Negative(), Odd())": "o -3 -1 -1 -1 -5",
        "transform_if(P a, a + 6, b, b, o, Times(), Odd())": "o 3 -1 -1 5 35",
    },
    "transform_inclusive_scan": {
        "say(transform_inclusive_scan(P a, a + 6, o, Negative(), Plus()) - o)": "6 o -3 -4 -8 -9 -14 -23",
    },
    "transform_reduce": {"say(transform_reduce(P a, a + 6, Negative(), 1, Plus()))": "-22"},
    "uninitialized_copy": {"say(uninitialized_copy(P a, a + 2, o) - o)": "2 o 3 1"},
    "uninitialized_copy_n": {"say(uninitialized_copy_n(P a, 2, o) - o)": "2 o 3 1"},
    "uninitialized_fill": {"uninitialized_fill(P o, o + 2, 8)": "o 8 8"},
    "uninitialized_fill_n": {"say(uninitialized_fill_n(P o, 2, 8) - o)": "2 o 8 8"},
    "unique": {
        "say(unique(P b, b + 6) - b)": "5 b 1 2 5 7 8 8",
        "say(unique(P b, b + 6, Always()) - b)": "1",
    },
    "unique_by_key": {
        "auto r = unique_by_key(P b, b + 6, a); say(r.first - b), say(r.second - a)":
            "5 5 a 3 1 1 5 9 9 b 1 2 5 7 8 8",
        "unique_by_key(P b, b + 6, a, Always())": "",
    },
    "unique_by_key_copy": {
        "auto r = unique_by_key_copy(P b, b + 6, a, o, m); say(r.first - o), say(r.second - m)":
            "5 5 o 1 2 5 7 8 m 3 1 1 5 9",
        "unique_by_key_copy(P b, b + 6, a, o, m, Always())": "o 1 m 3",
    },
    "unique_copy": {
        "say(unique_copy(P b, b + 6, o) - o)": "5 o 1 2 5 7 8",
        "unique_copy(P b, b + 6, o, Always())": "o 1",
    },
    "unique_count": {"say(unique_count(P b, b + 6)), say(unique_count(P b, b + 6, Always()))": "5 1"},
    "upper_bound": {
        "say(upper_bound(P b, b + 6, 2) - b)": "3",
        "say(upper_bound(P b, b + 6, 6, Less()) - b)": "4",
        "say(upper_bound(P b, b + 6, a, a + 6, o) - o)": "6 o 3 1 3 1 4 6",
        "upper_bound(P b, b + 6, a, a + 6, o, Less())": "o 3 1 3 1 4 6",
    },
}  # fmt: skip
HEAD = """#include <thrust/device_vector.h>
#include <cstdio>
#define BOTH __host__ __device__
using thrust::make_discard_iterator;
struct Odd { BOTH bool operator()(int n) const { return n % 2; } };
struct Even { BOTH bool operator()(int n) const { return n % 2 == 0; } };
struct Always { BOTH bool operator()(int, int) const { return true; } };
struct Doubles { BOTH void operator()(int &n) const { n *= 2; } };
struct Eight { BOTH int operator()() const { return 8; } };
struct Negative { BOTH int operator()(int n) const { return -n; } };
typedef thrust::less<int> Less;
typedef thrust::greater<int> Greater;
typedef thrust::plus<int> Plus;
typedef thrust::multiplies<int> Times;
const int A[] = {3, 1, 4, 1, 5, 9}, B[] = {1, 2, 2, 5, 7, 8};
void say(long n) { printf("%ld ", n); }
void show(char name, const thrust::host_vector<int> &now, const thrust::host_vector<int> &before)
{
    size_t end = now.size();
    if (now == before)
        return;
    while (name > 'b' && end && now[end - 1] == -1)
        --end;
    printf("%c ", name);
    for (size_t i = 0; i < end; ++i)
        printf("%d ", now[i]);
}
template <typename V, typename F> void with(F f)
{
    const thrust::host_vector<int> a(A, A + 6), b(B, B + 6), o(12, -1);
    V mine = a, other = b, out = o, more = o;
    f(mine, other, out, more);
    show('a', mine, a), show('b', other, b), show('o', out, o), show('m', more, o), puts("");
}
#define LIVES(v) v.begin()
#define RAW(v) thrust::raw_pointer_cast(v.data())
#define CASE(P, at, ...)                                    \\
    [](auto &mine, auto &other, auto &out, auto &more) {    \\
        auto a = at(mine), b = at(other), o = at(out), m = at(more); \\
        (void)a, (void)b, (void)o, (void)m;                 \\
        __VA_ARGS__;                                        \\
    }
"""
ENDS = (  # where the arrays are, the policy, and how the iterators are made
    ("thrust::device_vector<int>", "", "LIVES"),
    ("thrust::device_vector<int>", "thrust::device,", "RAW"),
    ("thrust::host_vector<int>", "thrust::host,", "RAW"),
)


def program_of_all_calls() -> str:
    calls = [(call, end) for name in CALLS for call in CALLS[name] for end in ENDS]
    functions = []
    for number, (call, (vector, policy, at)) in enumerate(calls):
        written = re.sub(r"(?<![\w:.])([a-z_]{3,})\((?=P )", r"thrust::\1(", call).replace(
            "(P ", f"({policy} "
        )
        functions.append(f"void case_{number}() {{ with<{vector}>(CASE(, {at}, {written})); }}\n")
    body = "".join(f"case_{number}();" for number in range(len(calls)))
    return f"{HEAD}{''.join(functions)}int main() {{ {body} }}\n"


@pytest.mark.slow
def test_an_algorithm_gives_the_same_with_every_policy(tmp_path, add_program_runtime):
    written = Program(program_of_all_calls(), "calls.cu")
    program_into(written, add_program_runtime(tmp_path), tmp_path / "calls")
    done, report = run((written, tmp_path / "calls"), "")
    printed = iter(line.strip() for line in done.stdout.splitlines())
    got = {(call, end): next(printed, "ended") for calls in CALLS.values() for call in calls for end in ENDS}
    expected = {
        (call, end): shown for calls in CALLS.values() for call, shown in calls.items() for end in ENDS
    }
    assert {case: got[case] for case in got if got[case] != expected[case]} == {}
    assert (done.returncode, report.findings, report.notes) == (0, (), ())


def test_each_algorithm_of_the_headers_and_of_the_page_has_a_call():
    headers = "".join(path.read_text(encoding="utf-8") for path in HEADERS.glob("emulator_thrust*.h"))
    with_policies = re.findall(
        r"\w+", " ".join(re.findall(r"^EMULATOR_WITH_POLIC\w+(\(.*)", headers, re.MULTILINE))
    )
    assert set(with_policies) - {"EMULATOR_WITH_POLICY"} == set(CALLS)
    row = next(
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| Thrust |")
    )
    assert CALLS.keys() <= set(re.findall(r"`(\w+)`", row))
