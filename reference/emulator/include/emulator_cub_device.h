// CUB's functions for the host that work on the whole device. The names and their meaning are those of
// NVIDIA's "CUB" documentation, "Device-wide" primitives. A first call without temporary storage tells how
// many bytes it takes.
#pragma once

#ifdef EMULATOR_PROGRAM
#include "emulator_merge_sort.h"

#include <iterator>
#include <limits>
#include <type_traits>

namespace cub {

template <typename F>
cudaError_t emulator_device(const char *name, void *temp, size_t &bytes, size_t needed, int line, F body)
{
    if (!temp)
        return bytes = needed, cudaSuccess;
    if (bytes < needed)
        return cudaErrorInvalidValue;
    emulator_on_device(line, name, body);
    return cudaPeekAtLastError();
}
#define EMULATOR_STREAM cudaStream_t = nullptr, EMULATOR_LINE
#define EMULATOR_DEVICE(name, needed, ...)                                                                   \
    return emulator_device("cub::" name, temp, bytes, needed, line, [=]() __VA_ARGS__)
#define EMULATOR_LOOP for (ptrdiff_t i = 0; i < n; ++i)

template <typename I> using emulator_value_of
    = std::remove_const_t<typename std::iterator_traits<I>::value_type>;

struct DeviceReduce {
    template <typename I, typename O, typename F, typename T> static cudaError_t Reduce(
        void *temp, size_t &bytes, I in, O out, ptrdiff_t n, F f, T init, EMULATOR_STREAM)
    {
        EMULATOR_DEVICE("DeviceReduce", 1, {
            T sum = init;
            EMULATOR_LOOP sum = f(sum, in[i]);
            out[0] = sum;
        });
    }
    template <typename I, typename O>
    static cudaError_t Sum(void *temp, size_t &bytes, I in, O out, ptrdiff_t n, EMULATOR_STREAM)
    {
        return Reduce(temp, bytes, in, out, n, cub::Sum(), emulator_value_of<I>(), nullptr, line);
    }
    template <typename I, typename O>
    static cudaError_t Max(void *temp, size_t &bytes, I in, O out, ptrdiff_t n, EMULATOR_STREAM)
    {
        return Reduce(temp, bytes, in, out, n, cub::Max(),
            std::numeric_limits<emulator_value_of<I>>::lowest(), nullptr, line);
    }
    template <typename I, typename O>
    static cudaError_t Min(void *temp, size_t &bytes, I in, O out, ptrdiff_t n, EMULATOR_STREAM)
    {
        return Reduce(temp, bytes, in, out, n, cub::Min(), std::numeric_limits<emulator_value_of<I>>::max(),
            nullptr, line);
    }
    template <typename I, typename O>
    static cudaError_t ArgMax(void *temp, size_t &bytes, I in, O out, int n, EMULATOR_STREAM)
    {
        EMULATOR_DEVICE("DeviceReduce::ArgMax", 1, {
            int best = 0;
            EMULATOR_LOOP if (in[best] < in[i]) best = int(i);
            out->key = best;
            out->value = in[best];
        });
    }
    template <typename I, typename O>
    static cudaError_t ArgMin(void *temp, size_t &bytes, I in, O out, int n, EMULATOR_STREAM)
    {
        EMULATOR_DEVICE("DeviceReduce::ArgMin", 1, {
            int best = 0;
            EMULATOR_LOOP if (in[i] < in[best]) best = int(i);
            out->key = best;
            out->value = in[best];
        });
    }
};

struct DeviceScan {
    template <typename I, typename O, typename F> static cudaError_t InclusiveScan(
        void *temp, size_t &bytes, I in, O out, F f, ptrdiff_t n, EMULATOR_STREAM)
    {
        typedef emulator_value_of<I> T;
        EMULATOR_DEVICE("DeviceScan", 1, {
            T sum = T();
            EMULATOR_LOOP out[i] = sum = i ? T(f(sum, in[i])) : T(in[i]);
        });
    }
    template <typename I, typename O, typename F, typename T> static cudaError_t ExclusiveScan(
        void *temp, size_t &bytes, I in, O out, F f, T init, ptrdiff_t n, EMULATOR_STREAM)
    {
        EMULATOR_DEVICE("DeviceScan", 1, {
            T sum = init;
            EMULATOR_LOOP
            {
                T next = f(sum, in[i]);
                out[i] = sum;
                sum = next;
            }
        });
    }
    template <typename I, typename O>
    static cudaError_t InclusiveSum(void *temp, size_t &bytes, I in, O out, ptrdiff_t n, EMULATOR_STREAM)
    {
        return InclusiveScan(temp, bytes, in, out, cub::Sum(), n, nullptr, line);
    }
    template <typename I, typename O>
    static cudaError_t ExclusiveSum(void *temp, size_t &bytes, I in, O out, ptrdiff_t n, EMULATOR_STREAM)
    {
        return ExclusiveScan(temp, bytes, in, out, cub::Sum(), emulator_value_of<I>(), n, nullptr, line);
    }
};

template <typename T> struct DoubleBuffer {
    T *d_buffers[2];
    int selector = 0;
    DoubleBuffer(T *current, T *alternate) : d_buffers{current, alternate} {}
    T *Current() const { return d_buffers[selector]; }
    T *Alternate() const { return d_buffers[1 - selector]; }
};

// Sorts by the bits of a key from the first on and before the last: an integer as unsigned, its sign the
// highest bit.
struct DeviceRadixSort {
    template <typename K> static bool emulator_is_less(K a, K b, int first, int last)
    {
        if (first >= last)
            return false; // no bits to sort by
        if constexpr (std::is_integral_v<K>) {
            typedef std::make_unsigned_t<K> Bits;
            const int width = 8 * int(sizeof(K));
            const Bits sign = std::is_signed_v<K> ? Bits(Bits(1) << (width - 1)) : Bits(0);
            auto part = [=](K key) {
                return Bits(Bits((Bits(key) ^ sign)) << (width - last)) >> (width - last + first);
            };
            return part(a) < part(b);
        } else {
            return a < b;
        }
    }
    template <typename K, typename V> static cudaError_t emulator_sort(const char *name, void *temp,
        size_t &bytes, const K *keys, K *keys_out, const V *values, V *values_out, ptrdiff_t n, bool is_up,
        int first, int last, int line)
    {
        size_t of_keys = (size_t(n) * sizeof(K) + 15) / 16 * 16;
        return emulator_device(name, temp, bytes, of_keys + size_t(n) * sizeof(V) + 1, line, [=]() {
            EMULATOR_LOOP {
                keys_out[i] = keys[i];
                if (values)
                    values_out[i] = values[i];
            }
            auto less = [=](K a, K b) {
                return is_up ? emulator_is_less(a, b, first, last) : emulator_is_less(b, a, first, last);
            };
            emulator_merge_sort(
                keys_out, values_out, (K *)temp, (V *)((char *)temp + of_keys), n, values != nullptr, less);
        });
    }
#define EMULATOR_SORT(keys, pairs, up)                                                                       \
    template <typename K> static cudaError_t keys(void *temp, size_t &bytes, const K *in, K *out,            \
        ptrdiff_t n, int first = 0, int last = 8 * sizeof(K), EMULATOR_STREAM)                               \
    {                                                                                                        \
        return emulator_sort("cub::DeviceRadixSort", temp, bytes, in, out, (const char *)nullptr,            \
            (char *)nullptr, n, up, first, last, line);                                                      \
    }                                                                                                        \
    template <typename K> static cudaError_t keys(void *temp, size_t &bytes, DoubleBuffer<K> &of,            \
        ptrdiff_t n, int first = 0, int last = 8 * sizeof(K), EMULATOR_STREAM)                               \
    {                                                                                                        \
        cudaError_t error = keys(temp, bytes, of.Current(), of.Alternate(), n, first, last, nullptr, line);  \
        of.selector ^= temp != nullptr;                                                                      \
        return error;                                                                                        \
    }                                                                                                        \
    template <typename K, typename V> static cudaError_t pairs(void *temp, size_t &bytes, const K *in,       \
        K *out, const V *values, V *values_out, ptrdiff_t n, int first = 0, int last = 8 * sizeof(K),        \
        EMULATOR_STREAM)                                                                                     \
    {                                                                                                        \
        return emulator_sort(                                                                                \
            "cub::DeviceRadixSort", temp, bytes, in, out, values, values_out, n, up, first, last, line);     \
    }                                                                                                        \
    template <typename K, typename V> static cudaError_t pairs(void *temp, size_t &bytes,                    \
        DoubleBuffer<K> &of, DoubleBuffer<V> &values, ptrdiff_t n, int first = 0, int last = 8 * sizeof(K),  \
        EMULATOR_STREAM)                                                                                     \
    {                                                                                                        \
        cudaError_t error = pairs(temp, bytes, of.Current(), of.Alternate(), values.Current(),               \
            values.Alternate(), n, first, last, nullptr, line);                                              \
        of.selector ^= temp != nullptr;                                                                      \
        values.selector ^= temp != nullptr;                                                                  \
        return error;                                                                                        \
    }
    EMULATOR_SORT(SortKeys, SortPairs, true)
    EMULATOR_SORT(SortKeysDescending, SortPairsDescending, false)
};

struct DeviceSelect {
    template <typename I, typename O, typename N, typename P>
    static cudaError_t If(void *temp, size_t &bytes, I in, O out, N count, ptrdiff_t n, P p, EMULATOR_STREAM)
    {
        EMULATOR_DEVICE("DeviceSelect", 1, {
            int kept = 0;
            EMULATOR_LOOP if (p(in[i])) out[kept++] = in[i];
            *count = kept;
        });
    }
    template <typename I, typename M, typename O, typename N> static cudaError_t Flagged(
        void *temp, size_t &bytes, I in, M flags, O out, N count, ptrdiff_t n, EMULATOR_STREAM)
    {
        EMULATOR_DEVICE("DeviceSelect", 1, {
            int kept = 0;
            EMULATOR_LOOP if (flags[i]) out[kept++] = in[i];
            *count = kept;
        });
    }
    template <typename I, typename O, typename N>
    static cudaError_t Unique(void *temp, size_t &bytes, I in, O out, N count, ptrdiff_t n, EMULATOR_STREAM)
    {
        EMULATOR_DEVICE("DeviceSelect", 1, {
            int kept = 0;
            EMULATOR_LOOP if (!i || !(in[i] == in[i - 1])) out[kept++] = in[i];
            *count = kept;
        });
    }
};

}  // namespace cub
#undef EMULATOR_LOOP
#endif
