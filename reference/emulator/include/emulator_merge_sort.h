// The sort of the libraries that work on the device.
#pragma once

// Stable, by merging runs of 1, 2, 4, ... elements to and fro between the array and as much memory again.
template <typename K, typename V, typename L>
void emulator_merge_sort(K keys, V values, K other_keys, V other_values, ptrdiff_t n, bool has_values, L less)
{
    K from = keys, to = other_keys;
    V from_values = values, to_values = other_values;
    for (ptrdiff_t run = 1; run < n; run *= 2) {
        for (ptrdiff_t start = 0; start < n; start += 2 * run) {
            ptrdiff_t middle = start + run < n ? start + run : n, end = start + 2 * run < n ? start + 2 * run : n;
            for (ptrdiff_t a = start, b = middle, i = start; i < end; ++i) {
                ptrdiff_t one = a < middle && (b == end || !less(from[b], from[a])) ? a++ : b++;
                to[i] = from[one];
                if (has_values)
                    to_values[i] = from_values[one];
            }
        }
        std::swap(from, to);
        std::swap(from_values, to_values);
    }
    for (ptrdiff_t i = 0; i < n && from != keys; ++i) {
        keys[i] = from[i];
        if (has_values)
            values[i] = from_values[i];
    }
}
