// Sorting of Thrust, and execution policies; emulator_thrust.h includes this file.
#pragma once

#include "emulator_merge_sort.h"

namespace thrust {

template <typename I> auto emulator_as_much(I first, ptrdiff_t n, emulator_place at)
{
    if constexpr (emulator_is_of_device<I>)
        return device_vector<emulator_value<I>>(size_t(n), at);
    else
        return std::vector<emulator_value<I>>(size_t(n));
}
template <typename I, typename J, typename L> void emulator_sort(const char *name, I first, I last, J values, bool has_values, L less, emulator_place at)
{
    ptrdiff_t n = last - first;
    auto keys = emulator_as_much(first, n, at);
    auto others = emulator_as_much(values, has_values ? n : 0, at);
    emulator_at_home<I>(name, at, [=, from = emulator_raw(first), of = emulator_raw(values), to = emulator_raw(keys.data()),
                                     to_values = emulator_raw(others.data())]() {
        emulator_merge_sort(&*from, &*of, to, to_values, n, has_values, less);
    });
}
template <typename I, typename L> void stable_sort(I first, I last, L less, EMULATOR_AT)
{
    emulator_sort("thrust::sort", first, last, first, false, less, at);
}
template <typename I> void stable_sort(I first, I last, EMULATOR_AT) { stable_sort(first, last, std::less<>(), at); }
template <typename I, typename L> void sort(I first, I last, L less, EMULATOR_AT) { stable_sort(first, last, less, at); }
template <typename I> void sort(I first, I last, EMULATOR_AT) { stable_sort(first, last, std::less<>(), at); }
template <typename I, typename J, typename L> void stable_sort_by_key(I first, I last, J values, L less, EMULATOR_AT)
{
    emulator_sort("thrust::sort_by_key", first, last, values, true, less, at);
}
template <typename I, typename J> void stable_sort_by_key(I first, I last, J values, EMULATOR_AT)
{
    stable_sort_by_key(first, last, values, std::less<>(), at);
}
template <typename I, typename J, typename L> void sort_by_key(I first, I last, J values, L less, EMULATOR_AT)
{
    stable_sort_by_key(first, last, values, less, at);
}
template <typename I, typename J> void sort_by_key(I first, I last, J values, EMULATOR_AT) { stable_sort_by_key(first, last, values, at); }

// Execution policies: with thrust::device, a plain pointer is one of the device.

struct emulator_device_policy {
    emulator_device_policy on(cudaStream_t) const { return *this; }
};
struct emulator_host_policy {};
inline constexpr emulator_device_policy device;
inline constexpr emulator_host_policy host, seq;
namespace cuda {
inline constexpr emulator_device_policy par;
}
struct emulator_on_device {
    int line;
    emulator_on_device(emulator_device_policy, int line = __builtin_LINE()) : line(line) {}
};
struct emulator_on_host {
    int line;
    emulator_on_host(emulator_host_policy, int line = __builtin_LINE()) : line(line) {}
};
template <typename A> A emulator_as_of_device(A argument) { return argument; }
template <typename T> requires std::is_object_v<T> device_ptr<T> emulator_as_of_device(T *argument) { return device_ptr<T>(argument); }
template <typename R, typename First> auto emulator_as_given(R result, First)
{
    if constexpr (std::is_pointer_v<First>)
        return emulator_raw(result);
    else
        return result;
}
#define EMULATOR_WITH_POLICY(name)                                                                                         \
    template <typename First, typename... A> auto name(emulator_on_device where, First first, A... more)                   \
    {                                                                                                                      \
        auto run = [&] { return name(emulator_as_of_device(first), emulator_as_of_device(more)..., emulator_place{where.line}); }; \
        if constexpr (!std::is_void_v<decltype(run())>)                                                                    \
            return emulator_as_given(run(), first);                                                                        \
        else                                                                                                               \
            run();                                                                                                         \
    }                                                                                                                      \
    template <typename First, typename... A> auto name(emulator_on_host where, First first, A... more)                     \
    {                                                                                                                      \
        return name(first, more..., emulator_place{where.line});                                                           \
    }
EMULATOR_WITH_POLICY(copy) EMULATOR_WITH_POLICY(copy_n) EMULATOR_WITH_POLICY(for_each) EMULATOR_WITH_POLICY(for_each_n)
EMULATOR_WITH_POLICY(fill) EMULATOR_WITH_POLICY(fill_n) EMULATOR_WITH_POLICY(sequence) EMULATOR_WITH_POLICY(tabulate)
EMULATOR_WITH_POLICY(generate) EMULATOR_WITH_POLICY(transform) EMULATOR_WITH_POLICY(reduce) EMULATOR_WITH_POLICY(transform_reduce)
EMULATOR_WITH_POLICY(inner_product) EMULATOR_WITH_POLICY(count_if) EMULATOR_WITH_POLICY(count) EMULATOR_WITH_POLICY(find_if)
EMULATOR_WITH_POLICY(find) EMULATOR_WITH_POLICY(any_of) EMULATOR_WITH_POLICY(none_of) EMULATOR_WITH_POLICY(all_of)
EMULATOR_WITH_POLICY(equal) EMULATOR_WITH_POLICY(max_element) EMULATOR_WITH_POLICY(min_element) EMULATOR_WITH_POLICY(inclusive_scan)
EMULATOR_WITH_POLICY(exclusive_scan) EMULATOR_WITH_POLICY(copy_if) EMULATOR_WITH_POLICY(remove_if) EMULATOR_WITH_POLICY(remove)
EMULATOR_WITH_POLICY(unique) EMULATOR_WITH_POLICY(replace_if) EMULATOR_WITH_POLICY(reverse) EMULATOR_WITH_POLICY(gather)
EMULATOR_WITH_POLICY(scatter) EMULATOR_WITH_POLICY(is_sorted) EMULATOR_WITH_POLICY(stable_sort) EMULATOR_WITH_POLICY(sort)
EMULATOR_WITH_POLICY(stable_sort_by_key) EMULATOR_WITH_POLICY(sort_by_key)

}  // namespace thrust
