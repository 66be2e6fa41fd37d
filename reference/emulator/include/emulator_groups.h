// Cooperative groups: threads that work together, as objects. The names and their meaning are those of
// NVIDIA's "CUDA C++ Programming Guide", chapter "Cooperative Groups". Of groups of several blocks, only the
// grid is here.
#pragma once

extern "C" {
void emulator_grid_barrier(int line);
int emulator_is_cooperative();
}

namespace cooperative_groups {

static inline unsigned emulator_rank()
{
    return threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
}

static inline unsigned emulator_block_size() { return blockDim.x * blockDim.y * blockDim.z; }

// Threads of a block, or some lanes of one warp. `lanes` is 0 for a whole block.
struct thread_group {
    unsigned lanes;

    void sync(EMULATOR_LINE) const { lanes ? __syncwarp(lanes, line) : __syncthreads(line); }
    unsigned size() const { return lanes ? (unsigned)__builtin_popcount(lanes) : emulator_block_size(); }
    unsigned num_threads() const { return size(); }
    unsigned thread_rank() const
    {
        unsigned rank = emulator_rank();
        return lanes ? (unsigned)__builtin_popcount(lanes & ((1u << rank % 32) - 1)) : rank;
    }
};

struct thread_block : thread_group {
    thread_block() : thread_group{0} {}
    static void sync(EMULATOR_LINE) { __syncthreads(line); }
    static unsigned size() { return emulator_block_size(); }
    static unsigned num_threads() { return emulator_block_size(); }
    static unsigned thread_rank() { return emulator_rank(); }
    static dim3 group_index() { return dim3(blockIdx); }
    static dim3 thread_index() { return dim3(threadIdx); }
    static dim3 group_dim() { return dim3(blockDim); }
    static dim3 dim_threads() { return dim3(blockDim); }
};
static inline thread_block this_thread_block() { return thread_block(); }

// Joint operations of a warp's lanes. A rank is a lane's number in its group.
struct emulator_lanes : thread_group {
    unsigned emulator_lane(unsigned rank) const
    {
        unsigned left = lanes;
        for (unsigned i = 0; i < rank % size(); ++i)
            left &= left - 1;
        return (unsigned)__builtin_ctz(left);
    }
    unsigned emulator_ranks(unsigned by_lane) const
    {
        unsigned by_rank = 0, rank = 0;
        for (unsigned lane = 0; lane < 32; ++lane)
            if (lanes >> lane & 1)
                by_rank |= (by_lane >> lane & 1) << rank++;
        return by_rank;
    }
    template <typename T> T shfl(T value, unsigned rank, EMULATOR_LINE) const
    {
        return __shfl_sync(lanes, value, (int)emulator_lane(rank), 32, line);
    }
    template <typename T> T shfl_up(T value, unsigned step, EMULATOR_LINE) const
    {
        unsigned rank = thread_rank();
        return __shfl_sync(lanes, value, (int)emulator_lane(rank < step ? rank : rank - step), 32, line);
    }
    template <typename T> T shfl_down(T value, unsigned step, EMULATOR_LINE) const
    {
        unsigned rank = thread_rank();
        return __shfl_sync(
            lanes, value, (int)emulator_lane(rank + step < size() ? rank + step : rank), 32, line);
    }
    int any(int predicate, EMULATOR_LINE) const { return __any_sync(lanes, predicate, line); }
    int all(int predicate, EMULATOR_LINE) const { return __all_sync(lanes, predicate, line); }
    unsigned ballot(int predicate, EMULATOR_LINE) const
    {
        return emulator_ranks(__ballot_sync(lanes, predicate, line));
    }
    template <typename T> unsigned match_any(T value, EMULATOR_LINE) const
    {
        return emulator_ranks(__match_any_sync(lanes, value, line));
    }
    template <typename T> unsigned match_all(T value, int &all, EMULATOR_LINE) const
    {
        return emulator_ranks(__match_all_sync(lanes, value, &all, line));
    }
};

template <unsigned N, typename Parent = void> struct thread_block_tile : emulator_lanes {
    static_assert(N >= 1 && N <= 32 && (N & (N - 1)) == 0, "a tile has 1, 2, 4, 8, 16 or 32 threads");
    thread_block_tile()
        : emulator_lanes{{(N == 32 ? 0xffffffffu : (1u << N % 32) - 1) << emulator_rank() % 32 / N * N}}
    {
    }
    template <typename P> thread_block_tile(const thread_block_tile<N, P> &) : thread_block_tile() {}
    static unsigned size() { return N; }
    static unsigned num_threads() { return N; }
    static unsigned thread_rank() { return emulator_rank() % N; }
    static unsigned meta_group_rank() { return emulator_rank() / N; }
    static unsigned meta_group_size() { return (emulator_block_size() + N - 1) / N; }
    template <typename T> T shfl_xor(T value, unsigned with, EMULATOR_LINE) const
    {
        return __shfl_xor_sync(lanes, value, (int)with, N, line);
    }
    template <typename T> T shfl(T value, unsigned rank, EMULATOR_LINE) const
    {
        return __shfl_sync(lanes, value, (int)rank, N, line);
    }
    template <typename T> T shfl_up(T value, unsigned step, EMULATOR_LINE) const
    {
        return __shfl_up_sync(lanes, value, step, N, line);
    }
    template <typename T> T shfl_down(T value, unsigned step, EMULATOR_LINE) const
    {
        return __shfl_down_sync(lanes, value, step, N, line);
    }
};

template <unsigned N> static inline thread_block_tile<N, thread_block> tiled_partition(const thread_block &)
{
    return {};
}
template <unsigned N, unsigned M, typename P>
static inline thread_block_tile<N, thread_block_tile<M, P>> tiled_partition(const thread_block_tile<M, P> &)
{
    static_assert(N <= M, "a tile is no larger than what it is a part of");
    return {};
}
static inline thread_group tiled_partition(const thread_group &parent, unsigned size)
{
    unsigned lane = emulator_rank() % 32;
    unsigned lanes = (size == 32 ? 0xffffffffu : (1u << size) - 1) << lane / size * size;
    return {parent.lanes ? lanes & parent.lanes : lanes};
}

struct coalesced_group : emulator_lanes {
    unsigned meta_group_rank() const { return 0; }
    unsigned meta_group_size() const { return 1; }
};
static inline coalesced_group coalesced_threads(EMULATOR_LINE) { return {{{emulator_active(line)}}}; }
template <typename T>
static inline coalesced_group labeled_partition(const emulator_lanes &group, T label, EMULATOR_LINE)
{
    return {{{__match_any_sync(group.lanes, label, line)}}};
}
static inline coalesced_group binary_partition(const emulator_lanes &group, bool label, EMULATOR_LINE)
{
    return labeled_partition(group, (int)label, line);
}

static inline void sync(const thread_group &group, EMULATOR_LINE) { group.sync(line); }

// The whole grid. Its blocks can wait for each other where cudaLaunchCooperativeKernel has launched them.
struct grid_group {
    static unsigned long long thread_rank()
    {
        return block_rank() * (unsigned long long)emulator_block_size() + emulator_rank();
    }
    static unsigned long long size() { return num_blocks() * (unsigned long long)emulator_block_size(); }
    static unsigned long long num_threads() { return size(); }
    static unsigned long long block_rank()
    {
        return blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * (unsigned long long)blockIdx.z);
    }
    static unsigned long long num_blocks() { return gridDim.x * (unsigned long long)gridDim.y * gridDim.z; }
    static dim3 block_index() { return dim3(blockIdx); }
    static dim3 dim_blocks() { return dim3(gridDim); }
    static void sync(EMULATOR_LINE) { emulator_grid_barrier(line); }
    static bool is_valid() { return emulator_is_cooperative(); }
};
static inline grid_group this_grid() { return {}; }
static inline void sync(const grid_group &group, EMULATOR_LINE) { group.sync(line); }

#define EMULATOR_OPERATOR(name, value)                                                    \
    template <typename T = void> struct name {                                            \
        T operator()(const T &a, const T &b) const { return value; }                      \
    };                                                                                    \
    template <> struct name<void> {                                                       \
        template <typename T> T operator()(const T &a, const T &b) const { return value; }\
    };
EMULATOR_OPERATOR(plus, a + b)
EMULATOR_OPERATOR(less, b < a ? b : a)
EMULATOR_OPERATOR(greater, a < b ? b : a)
EMULATOR_OPERATOR(bit_and, a & b)
EMULATOR_OPERATOR(bit_or, a | b)
EMULATOR_OPERATOR(bit_xor, a ^ b)

// Every lane's value, combined in pairs of neighbors, then pairs of pairs, and so on; each lane gets the
// result.
template <typename T, typename F>
static inline T reduce(const emulator_lanes &group, T value, F &&with, EMULATOR_LINE)
{
    unsigned rank = group.thread_rank(), size = (unsigned)__builtin_popcount(group.lanes);
    for (unsigned step = 1; step < size; step *= 2) {
        unsigned from = rank % (2 * step) == 0 && rank + step < size ? rank + step : rank;
        T other = __shfl_sync(group.lanes, value, (int)group.emulator_lane(from), 32, line);
        value = from == rank ? value : with(value, other);
    }
    return __shfl_sync(group.lanes, value, (int)group.emulator_lane(0), 32, line);
}
template <typename T, typename F>
static inline T inclusive_scan(const emulator_lanes &group, T value, F &&with, EMULATOR_LINE)
{
    unsigned rank = group.thread_rank(), size = (unsigned)__builtin_popcount(group.lanes);
    for (unsigned step = 1; step < size; step *= 2) {
        unsigned from = rank < step ? rank : rank - step;
        T other = __shfl_sync(group.lanes, value, (int)group.emulator_lane(from), 32, line);
        value = from == rank ? value : with(other, value);
    }
    return value;
}
template <typename T> static inline T inclusive_scan(const emulator_lanes &group, T value, EMULATOR_LINE)
{
    return inclusive_scan(group, value, plus<T>(), line);
}
template <typename T> static inline T exclusive_scan(const emulator_lanes &group, T value, EMULATOR_LINE)
{
    T sum = inclusive_scan(group, value, plus<T>(), line);
    unsigned rank = group.thread_rank();
    T before = __shfl_sync(group.lanes, sum, (int)group.emulator_lane(rank ? rank - 1 : 0), 32, line);
    return rank ? before : T();
}

} // namespace cooperative_groups
