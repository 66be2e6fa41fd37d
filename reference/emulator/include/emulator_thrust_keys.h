// Algorithms of Thrust with keys, sorts and partitions; emulator_thrust.h includes this file.
#pragma once

#include "emulator_merge_sort.h"

namespace thrust {

// Memory for as many elements, where these live.
template <typename I> auto emulator_as_much(I, ptrdiff_t n, emulator_place at)
{
    if constexpr (emulator_is_of_device<I>)
        return device_vector<emulator_value<I>>(size_t(n), at);
    else
        return std::vector<emulator_stored<emulator_value<I>>>(size_t(n));
}

template <typename I, typename J, typename L>
void emulator_sort(const char *name, I first, I last, J values, bool has_values, L less, emulator_place at)
{
    ptrdiff_t n = last - first;
    auto keys = emulator_as_much(first, n, at);
    auto others = emulator_as_much(values, has_values ? n : 0, at);
    emulator_at_home<I>(name, at,
        [=, from = emulator_for_standard(first), of = emulator_for_standard(values),
            to = emulator_raw(keys.data()), to_values = emulator_raw(others.data())]() {
            emulator_merge_sort(from, of, to, to_values, n, has_values, less);
        });
}
template <typename I, typename L> void stable_sort(I first, I last, L less, EMULATOR_AT)
{
    emulator_sort("thrust::sort", first, last, first, false, less, at);
}
template <typename I> void stable_sort(I first, I last, EMULATOR_AT)
{
    stable_sort(first, last, std::less<>(), at);
}
template <typename I, typename L> void sort(I first, I last, L less, EMULATOR_AT)
{
    stable_sort(first, last, less, at);
}
template <typename I> void sort(I first, I last, EMULATOR_AT) { stable_sort(first, last, at); }
template <typename I, typename J, typename L>
void stable_sort_by_key(I first, I last, J values, L less, EMULATOR_AT)
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
template <typename I, typename J> void sort_by_key(I first, I last, J values, EMULATOR_AT)
{
    stable_sort_by_key(first, last, values, at);
}

template <typename I, typename S, typename P> I stable_partition(I first, I last, S stencil, P p, EMULATOR_AT)
{
    auto rest = emulator_as_much(first, last - first, at);
    auto run = [=, later = emulator_raw(rest.data())] {
        EMULATOR_ON("partition", {
            auto of = emulator_raw(stencil);
            ptrdiff_t kept = 0, others = 0;
            EMULATOR_LOOP {
                emulator_value<I> one = from[i];
                if (p(of[i]))
                    from[kept++] = one;
                else
                    later[others++] = one;
            }
            for (ptrdiff_t i = 0; i < others; ++i)
                from[kept + i] = emulator_value<I>(later[i]);
            return kept;
        });
    };
    return first + run();
}
template <typename I, typename P> I stable_partition(I first, I last, P p, EMULATOR_AT)
{
    return stable_partition(first, last, first, p, at);
}
template <typename I, typename S, typename P> I partition(I first, I last, S stencil, P p, EMULATOR_AT)
{
    return stable_partition(first, last, stencil, p, at);
}
template <typename I, typename P> I partition(I first, I last, P p, EMULATOR_AT)
{
    return stable_partition(first, last, p, at);
}
template <typename I, typename S, typename O, typename N, typename P>
std::pair<O, N> stable_partition_copy(I first, I last, S stencil, O out, N others, P p, EMULATOR_AT)
{
    return {copy_if(first, last, stencil, out, p, at), remove_copy_if(first, last, stencil, others, p, at)};
}
template <typename I, typename O, typename N, typename P>
std::pair<O, N> stable_partition_copy(I first, I last, O out, N others, P p, EMULATOR_AT)
{
    return stable_partition_copy(first, last, first, out, others, p, at);
}
template <typename I, typename S, typename O, typename N, typename P>
std::pair<O, N> partition_copy(I first, I last, S stencil, O out, N others, P p, EMULATOR_AT)
{
    return stable_partition_copy(first, last, stencil, out, others, p, at);
}
template <typename I, typename O, typename N, typename P>
std::pair<O, N> partition_copy(I first, I last, O out, N others, P p, EMULATOR_AT)
{
    return stable_partition_copy(first, last, out, others, p, at);
}

// Runs of equal keys: `out` gets the key of each run, and `sums` what `f` makes of its values.
template <typename I, typename J, typename O, typename V, typename E, typename F>
std::pair<O, V> reduce_by_key(I first, I last, J values, O out, V sums, E same, F f, EMULATOR_AT)
{
    ptrdiff_t made = EMULATOR_TO("reduce_by_key", {
        auto of = emulator_raw(values);
        auto sum = emulator_raw(sums);
        ptrdiff_t keys = 0;
        emulator_value<J> total = emulator_value<J>();
        EMULATOR_LOOP {
            bool is_new = !i || !same(from[i - 1], from[i]);
            if (is_new)
                to[keys++] = from[i];
            total = is_new ? emulator_value<J>(of[i]) : emulator_value<J>(f(total, of[i]));
            sum[keys - 1] = total;
        }
        return keys;
    });
    return {out + made, sums + made};
}
template <typename I, typename J, typename O, typename V, typename E>
std::pair<O, V> reduce_by_key(I first, I last, J values, O out, V sums, E same, EMULATOR_AT)
{
    return reduce_by_key(first, last, values, out, sums, same, std::plus<>(), at);
}
template <typename I, typename J, typename O, typename V>
std::pair<O, V> reduce_by_key(I first, I last, J values, O out, V sums, EMULATOR_AT)
{
    return reduce_by_key(first, last, values, out, sums, std::equal_to<>(), at);
}
template <typename I, typename J, typename O, typename E, typename F>
O inclusive_scan_by_key(I first, I last, J values, O out, E same, F f, EMULATOR_AT)
{
    EMULATOR_TO("inclusive_scan_by_key", {
        auto of = emulator_raw(values);
        emulator_value<J> sum = emulator_value<J>();
        EMULATOR_LOOP to[i] = sum = i && same(from[i - 1], from[i]) ? emulator_value<J>(f(sum, of[i]))
                                                                     : emulator_value<J>(of[i]);
    });
    return out + (last - first);
}
template <typename I, typename J, typename O, typename E>
O inclusive_scan_by_key(I first, I last, J values, O out, E same, EMULATOR_AT)
{
    return inclusive_scan_by_key(first, last, values, out, same, std::plus<>(), at);
}
template <typename I, typename J, typename O>
O inclusive_scan_by_key(I first, I last, J values, O out, EMULATOR_AT)
{
    return inclusive_scan_by_key(first, last, values, out, std::equal_to<>(), at);
}
template <typename I, typename J, typename O, typename T, typename E, typename F>
O exclusive_scan_by_key(I first, I last, J values, O out, T init, E same, F f, EMULATOR_AT)
{
    EMULATOR_TO("exclusive_scan_by_key", {
        auto of = emulator_raw(values);
        T sum = init;
        EMULATOR_LOOP {
            T before = i && same(from[i - 1], from[i]) ? sum : init;
            sum = f(before, of[i]);
            to[i] = before;
        }
    });
    return out + (last - first);
}
template <typename I, typename J, typename O, typename T, typename E>
O exclusive_scan_by_key(I first, I last, J values, O out, T init, E same, EMULATOR_AT)
{
    return exclusive_scan_by_key(first, last, values, out, init, same, std::plus<>(), at);
}
template <typename I, typename J, typename O, typename T>
O exclusive_scan_by_key(I first, I last, J values, O out, T init, EMULATOR_AT)
{
    return exclusive_scan_by_key(first, last, values, out, init, std::equal_to<>(), at);
}
template <typename I, typename J, typename O>
O exclusive_scan_by_key(I first, I last, J values, O out, EMULATOR_AT)
{
    return exclusive_scan_by_key(first, last, values, out, emulator_value<J>(0), at);
}
template <typename I, typename J, typename O, typename V, typename E>
std::pair<O, V> unique_by_key_copy(I first, I last, J values, O out, V others, E same, EMULATOR_AT)
{
    ptrdiff_t made = EMULATOR_TO("unique_by_key", {
        auto of = emulator_raw(values);
        auto other = emulator_raw(others);
        ptrdiff_t keys = 0;
        emulator_value<I> before = emulator_value<I>();
        EMULATOR_LOOP {
            emulator_value<I> one = from[i];
            if (!i || !same(before, one)) {
                to[keys] = one;
                other[keys++] = of[i];
            }
            before = one;
        }
        return keys;
    });
    return {out + made, others + made};
}
template <typename I, typename J, typename O, typename V>
std::pair<O, V> unique_by_key_copy(I first, I last, J values, O out, V others, EMULATOR_AT)
{
    return unique_by_key_copy(first, last, values, out, others, std::equal_to<>(), at);
}
template <typename I, typename J, typename E>
std::pair<I, J> unique_by_key(I first, I last, J values, E same, EMULATOR_AT)
{
    return unique_by_key_copy(first, last, values, first, values, same, at);
}
template <typename I, typename J> std::pair<I, J> unique_by_key(I first, I last, J values, EMULATOR_AT)
{
    return unique_by_key(first, last, values, std::equal_to<>(), at);
}
template <typename I, typename J, typename U, typename V, typename O, typename W, typename L>
std::pair<O, W> merge_by_key(
    I first, I last, J second, J second_last, U values, V more, O out, W both, L less, EMULATOR_AT)
{
    ptrdiff_t made = EMULATOR_TO("merge_by_key", {
        auto other = emulator_raw(second);
        auto of = emulator_raw(values);
        auto of_other = emulator_raw(more);
        auto to_values = emulator_raw(both);
        ptrdiff_t count = second_last - second;
        for (ptrdiff_t a = 0, b = 0; a < n || b < count;) {
            bool is_first = b == count || (a < n && !less(other[b], from[a]));
            if (is_first)
                to[a + b] = from[a], to_values[a + b] = of[a];
            else
                to[a + b] = other[b], to_values[a + b] = of_other[b];
            is_first ? ++a : ++b;
        }
        return n + count;
    });
    return {out + made, both + made};
}
template <typename I, typename J, typename U, typename V, typename O, typename W>
std::pair<O, W> merge_by_key(
    I first, I last, J second, J second_last, U values, V more, O out, W both, EMULATOR_AT)
{
    return merge_by_key(first, last, second, second_last, values, more, out, both, std::less<>(), at);
}

}  // namespace thrust
