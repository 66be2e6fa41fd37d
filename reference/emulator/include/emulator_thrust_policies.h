// Execution policies of Thrust; emulator_thrust.h includes this file.
#pragma once

namespace thrust {

// With thrust::device, a plain pointer is one of the device.
struct emulator_device_policy {
    emulator_device_policy on(cudaStream_t) const { return *this; }
    template <typename A> emulator_device_policy operator()(const A &) const { return *this; }
};
struct emulator_host_policy {};
inline constexpr emulator_device_policy device;
inline constexpr emulator_host_policy host, seq;
namespace cuda {
inline constexpr emulator_device_policy par, par_nosync;
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
template <typename T> requires std::is_object_v<T> device_ptr<T> emulator_as_of_device(T *argument)
{
    return device_ptr<T>(argument);
}

// A result of the kind that the arguments have: a plain pointer, if one was given.
template <typename R, typename... A> R emulator_as_given(R result, const A &...) { return result; }
template <typename T, typename... A> auto emulator_as_given(device_ptr<T> result, const A &...)
{
    if constexpr ((std::is_same_v<A, T *> || ...))
        return result.get();
    else
        return result;
}
template <typename X, typename Y, typename... A>
auto emulator_as_given(std::pair<X, Y> result, const A &...given)
{
    return std::make_pair(
        emulator_as_given(result.first, given...), emulator_as_given(result.second, given...));
}

#define EMULATOR_WITH_POLICY(name)                                                                           \
    template <typename First, typename... A> auto name(emulator_on_device where, First first, A... more)     \
    {                                                                                                        \
        auto run = [&] {                                                                                     \
            return name(emulator_as_of_device(first), emulator_as_of_device(more)...,                        \
                emulator_place{where.line});                                                                 \
        };                                                                                                   \
        if constexpr (!std::is_void_v<decltype(run())>)                                                      \
            return emulator_as_given(run(), first, more...);                                                 \
        else                                                                                                 \
            run();                                                                                           \
    }                                                                                                        \
    template <typename First, typename... A> auto name(emulator_on_host where, First first, A... more)       \
    {                                                                                                        \
        return name(first, more..., emulator_place{where.line});                                             \
    }
#define EMULATOR_WITH_POLICIES(a, b, c, d)                                                                   \
    EMULATOR_WITH_POLICY(a) EMULATOR_WITH_POLICY(b) EMULATOR_WITH_POLICY(c) EMULATOR_WITH_POLICY(d)
EMULATOR_WITH_POLICIES(adjacent_difference, all_of, any_of, binary_search)
EMULATOR_WITH_POLICIES(copy, copy_if, copy_n, count)
EMULATOR_WITH_POLICIES(count_if, equal, equal_range, exclusive_scan)
EMULATOR_WITH_POLICIES(exclusive_scan_by_key, fill, fill_n, find)
EMULATOR_WITH_POLICIES(find_if, find_if_not, for_each, for_each_n)
EMULATOR_WITH_POLICIES(gather, gather_if, generate, generate_n)
EMULATOR_WITH_POLICIES(inclusive_scan, inclusive_scan_by_key, inner_product, is_partitioned)
EMULATOR_WITH_POLICIES(is_sorted, is_sorted_until, lower_bound, max_element)
EMULATOR_WITH_POLICIES(merge, merge_by_key, min_element, minmax_element)
EMULATOR_WITH_POLICIES(mismatch, none_of, partition, partition_copy)
EMULATOR_WITH_POLICIES(partition_point, reduce, reduce_by_key, remove)
EMULATOR_WITH_POLICIES(remove_copy, remove_copy_if, remove_if, replace)
EMULATOR_WITH_POLICIES(replace_copy, replace_copy_if, replace_if, reverse)
EMULATOR_WITH_POLICIES(reverse_copy, scatter, scatter_if, sequence)
EMULATOR_WITH_POLICIES(set_difference, set_intersection, set_symmetric_difference, set_union)
EMULATOR_WITH_POLICIES(sort, sort_by_key, stable_partition, stable_partition_copy)
EMULATOR_WITH_POLICIES(stable_sort, stable_sort_by_key, swap_ranges, tabulate)
EMULATOR_WITH_POLICIES(transform, transform_exclusive_scan, transform_if, transform_inclusive_scan)
EMULATOR_WITH_POLICIES(transform_reduce, uninitialized_copy, uninitialized_copy_n, uninitialized_fill)
EMULATOR_WITH_POLICIES(uninitialized_fill_n, unique, unique_by_key, unique_by_key_copy)
EMULATOR_WITH_POLICY(unique_copy) EMULATOR_WITH_POLICY(unique_count) EMULATOR_WITH_POLICY(upper_bound)

}  // namespace thrust
