// CUB's sums and scans over the threads of a block or a warp. The names and their meaning are those of
// NVIDIA's "CUB" documentation, "Block-wide" and "Warp-wide" collectives. Like CUB by default, a block
// combines the results of its warps in shared memory, with one barrier. A kernel that uses that memory twice
// needs a barrier in between.
#pragma once

extern "C" void emulator_touch(const volatile void *pointer, int size, int is_store, int line);
extern "C" [[noreturn]] void emulator_wrong_block(int x, int y, int z, int line);

// Functions that store to the caller's memory. Without checks they are inlined, so a crash has the kernel's
// line.
#ifdef EMULATOR_CHECKED
#define EMULATOR_STORING EMULATOR_QUIET
#else
#define EMULATOR_STORING inline __attribute__((always_inline))
#endif

namespace cub {

enum BlockReduceAlgorithm {
    BLOCK_REDUCE_RAKING_COMMUTATIVE_ONLY, BLOCK_REDUCE_RAKING, BLOCK_REDUCE_WARP_REDUCTIONS
};
enum BlockScanAlgorithm { BLOCK_SCAN_RAKING, BLOCK_SCAN_RAKING_MEMOIZE, BLOCK_SCAN_WARP_SCANS };

struct Sum {
    template <typename T> T operator()(const T &a, const T &b) const { return a + b; }
};
struct Max {
    template <typename T> T operator()(const T &a, const T &b) const { return a < b ? b : a; }
};
struct Min {
    template <typename T> T operator()(const T &a, const T &b) const { return b < a ? b : a; }
};
template <typename Key, typename Value> struct KeyValuePair {
    Key key;
    Value value;
};
struct ArgMax {
    template <typename Pair> Pair operator()(const Pair &a, const Pair &b) const
    {
        return b.value > a.value || (a.value == b.value && b.key < a.key) ? b : a;
    }
};
struct ArgMin {
    template <typename Pair> Pair operator()(const Pair &a, const Pair &b) const
    {
        return b.value < a.value || (a.value == b.value && b.key < a.key) ? b : a;
    }
};

struct emulator_place {  // a type of its own, because an overload may take a plain number
    int line;
};
#define EMULATOR_PLACE emulator_place at = {__builtin_LINE()}

// The running thread, and those lanes of its logical warp of `Width` lanes that have a thread. A warp holds
// as many whole logical warps as fit; the remaining lanes belong to no logical warp.
template <int Width = 32> struct emulator_member {
    unsigned rank = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
    unsigned threads = blockDim.x * blockDim.y * blockDim.z;
    unsigned place = rank % 32 % Width, first = rank % 32 - place;
    unsigned lanes = threads - (rank - place) < Width ? threads - (rank - place) : Width;
    unsigned mask = (lanes == 32 ? ~0u : (1u << lanes) - 1) << first;

    EMULATOR_QUIET explicit emulator_member(int line)
    {
        static_assert(Width >= 1 && Width <= 32, "a logical warp of CUB has 1 to 32 lanes");
        if (rank % 32 >= 32 / Width * Width)
            emulator_trap("calls a collective of CUB in a lane that belongs to no logical warp: a warp's 32 "
                          "lanes hold only whole ones",
                line);
    }
};

// A value of any size from another lane of the logical warp.
template <typename T, int Width> EMULATOR_QUIET static inline T emulator_from(
    const emulator_member<Width> &me, const T &value, unsigned place, int line)
{
    unsigned long words[(sizeof(T) + 7) / 8] = {};
    __builtin_memcpy(words, &value, sizeof(T));
    for (unsigned long &word : words)
        word = __shfl_sync(me.mask, word, (int)(me.first + place), 32, line);
    alignas(T) unsigned char other[sizeof(T)];
    __builtin_memcpy(other, words, sizeof(T));
    return *reinterpret_cast<T *>(other);
}

// A result that CUB leaves undefined counts here as memory that no thread has written.
template <typename T> EMULATOR_QUIET static inline T emulator_undefined()
{
    alignas(T) unsigned char bytes[sizeof(T)];
    __builtin_memset(bytes, 255, sizeof(T));
    return *reinterpret_cast<T *>(bytes);
}

template <typename T> EMULATOR_STORING static void emulator_keep(T &place, const T &value, int line)
{
#ifdef EMULATOR_CHECKED
    emulator_touch(&place, sizeof(T), 1, line);
#endif
    (void)line;
    place = value;
}
template <typename T> EMULATOR_QUIET static inline T emulator_kept(const T &place, int line)
{
#ifdef EMULATOR_CHECKED
    emulator_touch(&place, sizeof(T), 0, line);
#endif
    (void)line;
    return place;
}

// The result for the first `valid` lanes; the first lane gets it.
template <typename T, typename Op, int Width> EMULATOR_QUIET static inline T emulator_reduce(
    const emulator_member<Width> &me, T value, Op op, int valid, int line)
{
    for (unsigned step = 1; step < Width; step *= 2) {
        bool takes = (int)(me.place + step) < valid && me.place + step < me.lanes;
        T other = emulator_from(me, value, takes ? me.place + step : me.place, line);
        value = takes ? op(value, other) : value;
    }
    return value;
}

template <typename T, typename Op, int Width>
EMULATOR_QUIET static inline T emulator_scan(const emulator_member<Width> &me, T value, Op op, int line)
{
    for (unsigned step = 1; step < Width; step *= 2) {
        T other = emulator_from(me, value, me.place >= step ? me.place - step : me.place, line);
        value = me.place >= step ? op(other, value) : value;
    }
    return value;
}

template <int X, int Y, int Z> EMULATOR_QUIET static inline void emulator_check_block(int line)
{
    if (blockDim.x != X || blockDim.y != Y || blockDim.z != Z)
        emulator_wrong_block(X, Y, Z, line);
}

template <typename T, int X, BlockReduceAlgorithm = BLOCK_REDUCE_WARP_REDUCTIONS, int Y = 1, int Z = 1,
    int = 0>
struct BlockReduce {
    static constexpr int THREADS = X * Y * Z, WARPS = (THREADS + 31) / 32;
    struct TempStorage {
        T emulator_results[WARPS];  // a warp each
    };
    TempStorage &storage;

    explicit BlockReduce(TempStorage &storage) : storage(storage) {}

    // The block's first thread gets the result; for all other threads it is undefined.
    template <typename Op> EMULATOR_QUIET T Reduce(T value, Op op, int valid, EMULATOR_PLACE)
    {
        emulator_check_block<X, Y, Z>(at.line);
        emulator_member<> me(at.line);
        int warp = (int)me.rank / 32;
        valid = valid < THREADS ? valid : THREADS;
        T result = emulator_reduce(me, value, op, valid - warp * 32, at.line);
        if (me.place == 0)
            emulator_keep(storage.emulator_results[warp], result, at.line);
        __syncthreads(at.line);
        if (me.rank)
            return emulator_undefined<T>();
        for (int other = 1; other * 32 < valid; ++other)
            result = op(result, emulator_kept(storage.emulator_results[other], at.line));
        return result;
    }
    template <typename Op> T Reduce(T value, Op op, EMULATOR_PLACE) { return Reduce(value, op, THREADS, at); }
    template <int N, typename Op> T Reduce(T (&values)[N], Op op, EMULATOR_PLACE)
    {
        T value = values[0];
        for (int i = 1; i < N; ++i)
            value = op(value, values[i]);
        return Reduce(value, op, THREADS, at);
    }
    T Sum(T value, EMULATOR_PLACE) { return Reduce(value, cub::Sum(), THREADS, at); }
    T Sum(T value, int valid, EMULATOR_PLACE) { return Reduce(value, cub::Sum(), valid, at); }
    template <int N> T Sum(T (&values)[N], EMULATOR_PLACE) { return Reduce(values, cub::Sum(), at); }
};

// All other forms of a scan, made from the two forms with an aggregate. `Scan`, for a block or a warp,
// defines those two.
template <typename Scan, typename T> struct emulator_scans {
    template <typename Op> EMULATOR_STORING void InclusiveScan(T in, T &out, Op op, EMULATOR_PLACE)
    {
        T aggregate = in;
        emulator_self().InclusiveScan(in, out, op, aggregate, at);
    }
    template <typename Op> EMULATOR_STORING void ExclusiveScan(T in, T &out, T initial, Op op, EMULATOR_PLACE)
    {
        T aggregate = in;
        emulator_self().ExclusiveScan(in, out, initial, op, aggregate, at);
    }
    EMULATOR_STORING void InclusiveSum(T in, T &out, EMULATOR_PLACE) { InclusiveScan(in, out, Sum(), at); }
    EMULATOR_STORING void InclusiveSum(T in, T &out, T &aggregate, EMULATOR_PLACE)
    {
        emulator_self().InclusiveScan(in, out, Sum(), aggregate, at);
    }
    EMULATOR_STORING void ExclusiveSum(T in, T &out, EMULATOR_PLACE)
    {
        ExclusiveScan(in, out, T(), Sum(), at);
    }
    EMULATOR_STORING void ExclusiveSum(T in, T &out, T &aggregate, EMULATOR_PLACE)
    {
        emulator_self().ExclusiveScan(in, out, T(), Sum(), aggregate, at);
    }

  private:
    EMULATOR_STORING Scan &emulator_self() { return static_cast<Scan &>(*this); }
};

template <typename T, int X, BlockScanAlgorithm Algorithm = BLOCK_SCAN_RAKING, int Y = 1, int Z = 1,
    int Arch = 0>
struct BlockScan : emulator_scans<BlockScan<T, X, Algorithm, Y, Z, Arch>, T> {
    using Scans = emulator_scans<BlockScan, T>;
    using Scans::ExclusiveScan, Scans::ExclusiveSum, Scans::InclusiveScan, Scans::InclusiveSum;
    static constexpr int THREADS = X * Y * Z, WARPS = (THREADS + 31) / 32;
    struct TempStorage {
        T emulator_results[WARPS];  // a warp each
    };
    TempStorage &storage;

    explicit BlockScan(TempStorage &storage) : storage(storage) {}

    // The result of all earlier threads, and that of the whole block. The first thread has no earlier one.
    // `aggregate` is a variable of this file: emulator_keep stores what goes to the caller's memory, at the
    // caller's line.
    template <typename Op> EMULATOR_QUIET T emulator_before(T value, Op op, T &aggregate, int line)
    {
        emulator_check_block<X, Y, Z>(line);
        emulator_member<> me(line);
        int warp = (int)me.rank / 32;
        T until = emulator_scan(me, value, op, line);
        if (me.place == me.lanes - 1)
            emulator_keep(storage.emulator_results[warp], until, line);
        __syncthreads(line);
        T of_warps = emulator_kept(storage.emulator_results[0], line), before = of_warps;
        for (int other = 1; other < WARPS; ++other) {
            before = other == warp ? of_warps : before;
            of_warps = op(of_warps, emulator_kept(storage.emulator_results[other], line));
        }
        aggregate = of_warps;
        T in_warp = emulator_from(me, until, me.place ? me.place - 1 : 0, line);
        return me.place == 0 ? before : warp ? op(before, in_warp) : in_warp;
    }
    EMULATOR_QUIET static bool emulator_is_first() { return !threadIdx.x && !threadIdx.y && !threadIdx.z; }

    template <typename Op>
    EMULATOR_STORING void InclusiveScan(T in, T &out, Op op, T &aggregate, EMULATOR_PLACE)
    {
        T total = in, before = emulator_before(in, op, total, at.line);
        emulator_keep(out, emulator_is_first() ? in : op(before, in), at.line);
        emulator_keep(aggregate, total, at.line);
    }
    template <typename Op>
    EMULATOR_STORING void ExclusiveScan(T in, T &out, T initial, Op op, T &aggregate, EMULATOR_PLACE)
    {
        T total = in, before = emulator_before(in, op, total, at.line);
        emulator_keep(out, emulator_is_first() ? initial : op(initial, before), at.line);
        emulator_keep(aggregate, total, at.line);
    }
    template <int N, typename Op>
    EMULATOR_STORING void InclusiveScan(T (&in)[N], T (&out)[N], Op op, T &aggregate, EMULATOR_PLACE)
    {
        T values[N];
        for (int i = 0; i < N; ++i) {
            values[i] = emulator_kept(in[i], at.line);
            values[i] = i ? op(values[i - 1], values[i]) : values[i];
        }
        T total = values[N - 1], before = emulator_before(total, op, total, at.line);
        for (int i = 0; i < N; ++i)
            emulator_keep(out[i], emulator_is_first() ? values[i] : op(before, values[i]), at.line);
        emulator_keep(aggregate, total, at.line);
    }
    template <int N, typename Op>
    EMULATOR_STORING void InclusiveScan(T (&in)[N], T (&out)[N], Op op, EMULATOR_PLACE)
    {
        T aggregate = in[0];
        InclusiveScan(in, out, op, aggregate, at);
    }
    template <int N, typename Op> EMULATOR_STORING void ExclusiveScan(
        T (&in)[N], T (&out)[N], T initial, Op op, T &aggregate, EMULATOR_PLACE)
    {
        T values[N], total = emulator_kept(in[0], at.line);  // `in` and `out` may be one array
        values[0] = total;
        for (int i = 1; i < N; ++i) {
            values[i] = emulator_kept(in[i], at.line);
            total = op(total, values[i]);
        }
        T before = emulator_before(total, op, total, at.line);
        T next = emulator_is_first() ? initial : op(initial, before);
        for (int i = 0; i < N; ++i) {
            emulator_keep(out[i], next, at.line);
            next = op(next, values[i]);
        }
        emulator_keep(aggregate, total, at.line);
    }
    template <int N, typename Op>
    EMULATOR_STORING void ExclusiveScan(T (&in)[N], T (&out)[N], T initial, Op op, EMULATOR_PLACE)
    {
        T aggregate = in[0];
        ExclusiveScan(in, out, initial, op, aggregate, at);
    }

    template <int N> EMULATOR_STORING void InclusiveSum(T (&in)[N], T (&out)[N], EMULATOR_PLACE)
    {
        InclusiveScan(in, out, Sum(), at);
    }
    template <int N> EMULATOR_STORING void InclusiveSum(T (&in)[N], T (&out)[N], T &aggregate, EMULATOR_PLACE)
    {
        InclusiveScan(in, out, Sum(), aggregate, at);
    }
    template <int N> EMULATOR_STORING void ExclusiveSum(T (&in)[N], T (&out)[N], EMULATOR_PLACE)
    {
        ExclusiveScan(in, out, T(), Sum(), at);
    }
    template <int N> EMULATOR_STORING void ExclusiveSum(T (&in)[N], T (&out)[N], T &aggregate, EMULATOR_PLACE)
    {
        ExclusiveScan(in, out, T(), Sum(), aggregate, at);
    }
};

// Warps exchange values by shuffles, so their storage is empty.
template <typename T, int Width = 32, int = 0> struct WarpReduce {
    struct TempStorage {};

    explicit WarpReduce(TempStorage &) {}

    // The warp's first lane gets the result; for all other lanes it is undefined.
    template <typename Op> EMULATOR_QUIET T Reduce(T value, Op op, int valid, EMULATOR_PLACE)
    {
        emulator_member<Width> me(at.line);
        T result = emulator_reduce(me, value, op, valid, at.line);
        return me.place ? emulator_undefined<T>() : result;
    }
    template <typename Op> T Reduce(T value, Op op, EMULATOR_PLACE) { return Reduce(value, op, Width, at); }
    T Sum(T value, EMULATOR_PLACE) { return Reduce(value, cub::Sum(), Width, at); }
    T Sum(T value, int valid, EMULATOR_PLACE) { return Reduce(value, cub::Sum(), valid, at); }
};

template <typename T, int Width = 32, int Arch = 0>
struct WarpScan : emulator_scans<WarpScan<T, Width, Arch>, T> {
    using Scans = emulator_scans<WarpScan, T>;
    using Scans::ExclusiveScan, Scans::InclusiveScan;
    struct TempStorage {};

    explicit WarpScan(TempStorage &) {}

    template <typename Op>
    EMULATOR_STORING void InclusiveScan(T in, T &out, Op op, T &aggregate, EMULATOR_PLACE)
    {
        emulator_member<Width> me(at.line);
        T until = emulator_scan(me, in, op, at.line), total = emulator_from(me, until, me.lanes - 1, at.line);
        emulator_keep(out, until, at.line);
        emulator_keep(aggregate, total, at.line);
    }
    template <typename Op>
    EMULATOR_STORING void ExclusiveScan(T in, T &out, T initial, Op op, T &aggregate, EMULATOR_PLACE)
    {
        emulator_member<Width> me(at.line);
        T until = emulator_scan(me, in, op, at.line), total = emulator_from(me, until, me.lanes - 1, at.line);
        T before = emulator_from(me, until, me.place ? me.place - 1 : 0, at.line);
        emulator_keep(out, me.place ? op(initial, before) : initial, at.line);
        emulator_keep(aggregate, total, at.line);
    }
    EMULATOR_QUIET T Broadcast(T value, unsigned lane, EMULATOR_PLACE)
    {
        return emulator_from(emulator_member<Width>(at.line), value, lane, at.line);
    }
};

} // namespace cub

namespace cuda {
namespace std {
template <typename = void> struct plus : cub::Sum {};
} // namespace std
template <typename = void> struct maximum : cub::Max {};
template <typename = void> struct minimum : cub::Min {};
} // namespace cuda
