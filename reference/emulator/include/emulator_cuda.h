// The parts of libcu++ that kernels use most: atomics, block barriers, async copies. The names and their
// meaning are those of NVIDIA's "CUDA C++ Core Libraries" and of the "CUDA C++ Programming Guide".
//
// A copy takes place only when its thread waits for it, so a kernel that does not wait reads memory without a
// value.
#pragma once

extern "C" {
void emulator_atomic_in_order(
    const volatile void *pointer, int size, int is_store, int acquires, int releases, int scope, int line);
void emulator_fence_in_order(int acquires, int releases, int of_block);
void emulator_touch(const volatile void *pointer, int size, int is_store, int line);
void emulator_order(const void *barrier, unsigned phase, int acquires, int releases, int of_block);
void emulator_aligned(
    const volatile void *pointer, int alignment, int is_store, int line, const char *what);
void emulator_copy_later(void *to, const void *from, size_t size, size_t zeros, int line);
void emulator_commit();
void emulator_wait_for_copies(unsigned batches);
}

namespace cuda {

enum thread_scope { thread_scope_system, thread_scope_device, thread_scope_block, thread_scope_thread };
namespace std {
enum memory_order {
    memory_order_relaxed, memory_order_consume, memory_order_acquire, memory_order_release,
    memory_order_acq_rel, memory_order_seq_cst
};
}
using std::memory_order;
using std::memory_order_relaxed; using std::memory_order_consume; using std::memory_order_acquire;
using std::memory_order_release; using std::memory_order_acq_rel; using std::memory_order_seq_cst;

constexpr bool emulator_acquires(memory_order order)
{
    return order != memory_order_relaxed && order != memory_order_release;
}
constexpr bool emulator_releases(memory_order order)
{
    return order == memory_order_release || order == memory_order_acq_rel || order == memory_order_seq_cst;
}

EMULATOR_QUIET static inline void atomic_thread_fence(
    memory_order order, thread_scope scope = thread_scope_system)
{
    if (order == memory_order_relaxed || scope == thread_scope_thread)
        return;
    emulator_fence_in_order(
        order != memory_order_release, emulator_releases(order), scope == thread_scope_block);
}

// Everything that a thread does before it releases a word comes before everything that another does after it
// acquires the word. All threads run on one thread of the machine, so a plain update is atomic.
template <typename T, thread_scope Scope> struct emulator_word {
    static constexpr int SCOPE = Scope == thread_scope_thread ? 2 : Scope == thread_scope_block;

    // what a relaxed write hands on, and a release: a Release of the runtime
    static constexpr int handed_on(memory_order order) { return emulator_releases(order) ? 2 : 1; }
    EMULATOR_QUIET static void tell(
        const volatile T *word, bool is_store, bool acquires, int releases, int line)
    {
#ifdef EMULATOR_CHECKED
        emulator_atomic_in_order(word, sizeof(T), is_store, acquires, releases, SCOPE, line);
#else
        (void)word, (void)is_store, (void)acquires, (void)releases, (void)line;
#endif
    }
    EMULATOR_QUIET static T load(const volatile T *word, memory_order order, int line)
    {
        tell(word, false, emulator_acquires(order), 0, line);
        return *word;
    }
    EMULATOR_QUIET static void store(volatile T *word, T value, memory_order order, int line)
    {
        tell(word, true, false, handed_on(order), line);
        *word = value;
    }
    template <typename F>
    EMULATOR_QUIET static T update(volatile T *word, memory_order order, int line, F &&made)
    {
        tell(word, false, emulator_acquires(order), handed_on(order), line);
        T old = *word;
        *word = made(old);
        return old;
    }
    EMULATOR_QUIET static bool exchange_if(
        volatile T *word, T &expected, T value, memory_order order, int line)
    {
        T wanted = expected;
        expected
            = update(word, order, line, [=](T old) EMULATOR_QUIET { return old == wanted ? value : old; });
        if (expected != wanted)
            emulator_yield();  // another thread may hold a lock
        return expected == wanted;
    }
};

#define EMULATOR_ORDER memory_order order = memory_order_seq_cst, EMULATOR_LINE
#define EMULATOR_FETCH(name, ...)                                                                            \
    T name(T value, EMULATOR_ORDER) const                                                                    \
    {                                                                                                        \
        return Word::update(word(), order, line, [=](T old) EMULATOR_QUIET -> T { return __VA_ARGS__; });    \
    }
#define EMULATOR_OPERATIONS                                                                                  \
    T load(EMULATOR_ORDER) const { return Word::load(word(), order, line); }                                 \
    void store(T value, EMULATOR_ORDER) const { Word::store(word(), value, order, line); }                   \
    operator T() const { return load(); }                                                                    \
    EMULATOR_FETCH(exchange, ((void)old, value))                                                             \
    EMULATOR_FETCH(fetch_add, old + value)                                                                   \
    EMULATOR_FETCH(fetch_sub, old - value)                                                                   \
    EMULATOR_FETCH(fetch_and, old & value)                                                                   \
    EMULATOR_FETCH(fetch_or, old | value)                                                                    \
    EMULATOR_FETCH(fetch_xor, old ^ value)                                                                   \
    EMULATOR_FETCH(fetch_min, value < old ? value : old)                                                     \
    EMULATOR_FETCH(fetch_max, old < value ? value : old)                                                     \
    bool compare_exchange_strong(T &expected, T value, EMULATOR_ORDER) const                                 \
    {                                                                                                        \
        return Word::exchange_if(word(), expected, value, order, line);                                      \
    }                                                                                                        \
    bool compare_exchange_strong(T &expected, T value, memory_order order, memory_order, EMULATOR_LINE)      \
        const                                                                                                \
    {                                                                                                        \
        return Word::exchange_if(word(), expected, value, order, line);                                      \
    }                                                                                                        \
    bool compare_exchange_weak(T &expected, T value, EMULATOR_ORDER) const                                   \
    {                                                                                                        \
        return Word::exchange_if(word(), expected, value, order, line);                                      \
    }                                                                                                        \
    bool compare_exchange_weak(T &expected, T value, memory_order order, memory_order, EMULATOR_LINE) const  \
    {                                                                                                        \
        return Word::exchange_if(word(), expected, value, order, line);                                      \
    }                                                                                                        \
    void wait(T old, EMULATOR_ORDER) const                                                                   \
    {                                                                                                        \
        while (Word::load(word(), order, line) == old)                                                       \
            emulator_yield();                                                                                \
    }                                                                                                        \
    void notify_one() const { }                                                                              \
    void notify_all() const { }                                                                              \
    T operator+=(T value) const { return fetch_add(value) + value; }                                         \
    T operator-=(T value) const { return fetch_sub(value) - value; }                                         \
    T operator++() const { return fetch_add(1) + 1; }                                                        \
    T operator++(int) const { return fetch_add(1); }                                                         \
    T operator--() const { return fetch_sub(1) - 1; }                                                        \
    T operator--(int) const { return fetch_sub(1); }

template <typename T, thread_scope Scope = thread_scope_system> struct atomic {
    typedef emulator_word<T, Scope> Word;
    mutable T emulator_value;

    atomic() = default;
    constexpr atomic(T value) : emulator_value(value) {}
    atomic(const atomic &) = delete;
    T operator=(T value) const { return store(value), value; }
    volatile T *word() const { return &emulator_value; }
    EMULATOR_OPERATIONS
};

template <typename T, thread_scope Scope = thread_scope_system> struct atomic_ref {
    typedef emulator_word<T, Scope> Word;
    T *emulator_place;

    explicit atomic_ref(T &of) : emulator_place(&of) {}
    T operator=(T value) const { return store(value), value; }
    volatile T *word() const { return emulator_place; }
    EMULATOR_OPERATIONS
};

// A barrier that threads of a block share. Arriving releases, and waiting acquires; with the scope of one
// thread, neither does. A thread that arrives reads the counter that `init` writes, so a thread that arrives
// too early is found.
template <thread_scope Scope = thread_scope_system> struct barrier {
    static constexpr bool ORDERS = Scope != thread_scope_thread, OF_BLOCK = Scope == thread_scope_block;
    unsigned emulator_expected, emulator_left, emulator_phase;
    typedef unsigned arrival_token;

    barrier() = default;
    barrier(const barrier &) = delete;

    EMULATOR_QUIET arrival_token arrive(unsigned count = 1, EMULATOR_LINE)
    {
#ifdef EMULATOR_CHECKED
        emulator_touch(&emulator_expected, sizeof emulator_expected, 0, line);
#endif
        (void)line;
        arrival_token phase = emulator_phase;
        emulator_wait_for_copies(0);
        emulator_order(this, phase, 0, ORDERS, OF_BLOCK);
        emulator_left -= count;
        if (emulator_left == 0) {
            emulator_left = emulator_expected;
            ++emulator_phase;
        }
        return phase;
    }
    EMULATOR_QUIET void wait(arrival_token phase) const
    {
        while (emulator_phase == phase)
            emulator_yield();
        emulator_order(this, phase, ORDERS, 0, OF_BLOCK);
    }
    void arrive_and_wait(EMULATOR_LINE) { wait(arrive(1, line)); }
    EMULATOR_QUIET void arrive_and_drop(EMULATOR_LINE)
    {
        --emulator_expected;
        arrive(1, line);
    }
};
template <thread_scope Scope>
EMULATOR_QUIET static inline void init(barrier<Scope> *made, unsigned expected, EMULATOR_LINE)
{
#ifdef EMULATOR_CHECKED
    emulator_touch(&made->emulator_expected, sizeof expected, 1, line);
#endif
    (void)line;
    made->emulator_expected = made->emulator_left = expected;
    made->emulator_phase = 0;
}

// Copies, in batches that a thread commits and waits for.

template <size_t Alignment> struct aligned_size_t {
    size_t value;
    constexpr explicit aligned_size_t(size_t size) : value(size) {}
    constexpr operator size_t() const { return value; }
};

// Stages that threads of a group share: each is full once all producers have committed, and empty once all
// consumers have released. A producer's copies take place when it commits; a consumer that does not wait
// races with them.
template <thread_scope Scope> struct emulator_stage {
    barrier<Scope> full, empty;
};
template <thread_scope Scope, unsigned char Stages> struct pipeline_shared_state {
    unsigned emulator_producers, emulator_consumers;
    emulator_stage<Scope> emulator_stages[Stages];
};
enum class pipeline_role { producer, consumer };
struct emulator_place {  // a type of its own, because an overload may take a plain number
    int line;
};

template <thread_scope Scope> struct pipeline {
    emulator_stage<Scope> *stages;
    // the stages; how many this thread has committed, and released, since the start
    unsigned count, made, taken;

    EMULATOR_QUIET void producer_acquire() const { wait(stages[made % count].empty, made / count); }
    EMULATOR_QUIET void producer_commit()
    {
        emulator_commit();
        stages[made++ % count].full.arrive();
    }
    EMULATOR_QUIET void consumer_wait() const { wait(stages[taken % count].full, taken / count + 1); }
    EMULATOR_QUIET void consumer_release() { stages[taken++ % count].empty.arrive(); }
    EMULATOR_QUIET static void wait(const barrier<Scope> &of, unsigned phases)
    {
        while (int(of.emulator_phase - phases) < 0)
            emulator_yield();
        if (phases)
            emulator_order(&of, phases - 1, of.ORDERS, 0, of.OF_BLOCK);
    }
    static bool quit() { return true; }
};
template <typename Group, thread_scope Scope, unsigned char Stages>
EMULATOR_QUIET static inline pipeline<Scope> emulator_pipeline(
    const Group &group, pipeline_shared_state<Scope, Stages> *state, bool produces, bool consumes, int line)
{
    if (group.thread_rank() == 0)
        state->emulator_producers = state->emulator_consumers = 0;
    group.sync(line);
    state->emulator_producers += produces;
    state->emulator_consumers += consumes;
    group.sync(line);
    if (group.thread_rank() == 0)
        for (auto &stage : state->emulator_stages) {
            init(&stage.full, state->emulator_producers);
            init(&stage.empty, state->emulator_consumers);
        }
    group.sync(line);
    return {state->emulator_stages, Stages, 0, 0};
}
template <typename Group, thread_scope Scope, unsigned char Stages>
static inline pipeline<Scope> make_pipeline(
    const Group &group, pipeline_shared_state<Scope, Stages> *state, emulator_place at = {__builtin_LINE()})
{
    return emulator_pipeline(group, state, true, true, at.line);
}
template <typename Group, thread_scope Scope, unsigned char Stages>
static inline pipeline<Scope> make_pipeline(
    const Group &group, pipeline_shared_state<Scope, Stages> *state, pipeline_role role, EMULATOR_LINE)
{
    return emulator_pipeline(
        group, state, role == pipeline_role::producer, role == pipeline_role::consumer, line);
}
template <typename Group, thread_scope Scope, unsigned char Stages>
static inline pipeline<Scope> make_pipeline(
    const Group &group, pipeline_shared_state<Scope, Stages> *state, size_t producers, EMULATOR_LINE)
{
    bool produces = group.thread_rank() < producers;
    return emulator_pipeline(group, state, produces, !produces, line);
}

template <> struct pipeline<thread_scope_thread> {
    void producer_acquire() const {}
    void producer_commit() const { emulator_commit(); }
    void consumer_wait() const { emulator_wait_for_copies(0); }
    void consumer_release() const {}
    static bool quit() { return true; }
};
static inline pipeline<thread_scope_thread> make_pipeline() { return {}; }
template <unsigned N> static inline void pipeline_consumer_wait_prior(pipeline<thread_scope_thread> &)
{
    emulator_wait_for_copies(N);
}
template <unsigned N, thread_scope Scope>
EMULATOR_QUIET static inline void pipeline_consumer_wait_prior(pipeline<Scope> &of)
{
    for (unsigned stage = of.taken; stage + N < of.made; ++stage)
        of.wait(of.stages[stage % of.count].full, stage / of.count + 1);
}

template <typename T, typename Size, thread_scope Scope>
static inline void memcpy_async(T *to, const T *from, Size size, pipeline<Scope> &, EMULATOR_LINE)
{
    emulator_copy_later(to, from, (size_t)size, 0, line);
}
template <typename T, typename Size, thread_scope Scope>
static inline void memcpy_async(T *to, const T *from, Size size, barrier<Scope> &, EMULATOR_LINE)
{
    emulator_copy_later(to, from, (size_t)size, 0, line);
    emulator_commit();
}
// The threads of a group copy neighboring units in turn. A unit has 4, 8 or 16 bytes: as many as the
// addresses and the size are multiples of (CUDA C++ Programming Guide, "Performance Guidance for
// memcpy_async").
template <typename Group, typename T>
static inline void emulator_copy_share(const Group &group, T *to, const T *from, size_t bytes, int line)
{
    size_t all = (size_t)to | (size_t)from | bytes;
    size_t unit = all % 16 ? all & -all : 16;
    for (size_t at = unit * group.thread_rank(); at < bytes; at += unit * group.size())
        emulator_copy_later((char *)to + at, (const char *)from + at, unit, 0, line);
    emulator_commit();
}
template <typename Group, typename T, typename Size, typename Waits>
static inline void memcpy_async(const Group &group, T *to, const T *from, Size size, Waits &, EMULATOR_LINE)
{
    emulator_copy_share(group, to, from, (size_t)size, line);
}

} // namespace cuda

// The same for a group that waits as a whole: each thread for its share, then all for each other.
namespace cooperative_groups {

template <typename Group, typename T, typename Size>
static inline void memcpy_async(const Group &group, T *to, const T *from, Size bytes, EMULATOR_LINE)
{
    ::cuda::emulator_copy_share(group, to, from, (size_t)bytes, line);
}
template <typename Group, typename T, typename ToSize, typename FromSize>
static inline void memcpy_async(
    const Group &group, T *to, ToSize room, const T *from, FromSize count, EMULATOR_LINE)  // in elements
{
    size_t elements = (size_t)room < (size_t)count ? (size_t)room : (size_t)count;
    ::cuda::emulator_copy_share(group, to, from, elements * sizeof(T), line);
}
template <unsigned N, typename Group> static inline void wait_prior(const Group &group, EMULATOR_LINE)
{
    emulator_wait_for_copies(N);
    group.sync(line);
}
template <typename Group> static inline void wait(const Group &group, EMULATOR_LINE)
{
    wait_prior<0>(group, line);
}

} // namespace cooperative_groups

static inline void __pipeline_memcpy_async(
    void *to, const void *from, size_t size, size_t zeros = 0, EMULATOR_LINE)
{
#ifdef EMULATOR_CHECKED  // as the assertions in NVIDIA's header
    if (size != 4 && size != 8 && size != 16)
        emulator_trap("stops the kernel: __pipeline_memcpy_async copies 4, 8 or 16 bytes", line);
    emulator_aligned(from, (int)size, 0, line, "'a copy'");
    emulator_aligned(to, (int)size, 1, line, "'a copy'");
#endif
    emulator_copy_later(to, from, size, zeros, line);
}
static inline void __pipeline_commit() { emulator_commit(); }
static inline void __pipeline_wait_prior(unsigned batches) { emulator_wait_for_copies(batches); }
