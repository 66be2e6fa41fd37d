// The sort of the libraries that work on the device.
#pragma once

// Merges each two neighbors of the runs of `run` sorted elements.
template <typename K, typename V, typename K2, typename V2, typename L> void emulator_merge(
    K from, V from_values, K2 to, V2 to_values, ptrdiff_t n, ptrdiff_t run, bool has_values, L less)
{
    for (ptrdiff_t start = 0; start < n; start += 2 * run) {
        ptrdiff_t middle = start + run < n ? start + run : n, end = start + 2 * run < n ? start + 2 * run : n;
        for (ptrdiff_t a = start, b = middle, i = start; i < end; ++i) {
            ptrdiff_t one = a < middle && (b == end || !less(from[b], from[a])) ? a++ : b++;
            to[i] = from[one];
            if (has_values)
                to_values[i] = from_values[one];
        }
    }
}

// Stable, by merging runs of 1, 2, 4, ... elements to and fro between the array and as much memory again.
template <typename K, typename V, typename K2, typename V2, typename L> void emulator_merge_sort(
    K keys, V values, K2 other_keys, V2 other_values, ptrdiff_t n, bool has_values, L less)
{
    bool is_elsewhere = false;
    for (ptrdiff_t run = 1; run < n; run *= 2) {
        if (is_elsewhere)
            emulator_merge(other_keys, other_values, keys, values, n, run, has_values, less);
        else
            emulator_merge(keys, values, other_keys, other_values, n, run, has_values, less);
        is_elsewhere = !is_elsewhere;
    }
    for (ptrdiff_t i = 0; i < n && is_elsewhere; ++i) {
        keys[i] = other_keys[i];
        if (has_values)
            values[i] = other_values[i];
    }
}
