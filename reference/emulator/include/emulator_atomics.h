// Atomic operations, for the types that CUDA has them for. Each returns the old value.
#pragma once

// All threads run on one thread of the machine and give way only where they wait, so a plain update is
// atomic.
#ifdef EMULATOR_CHECKED
#define EMULATOR_TELL(address) emulator_atomic(address, sizeof *(address), line)
#define EMULATOR_TELL_BLOCK(address) emulator_atomic_block(address, sizeof *(address), line)
#else
#define EMULATOR_TELL(address) (void)line
#define EMULATOR_TELL_BLOCK(address) (void)line
#endif

#define EMULATOR_ATOMIC(name, T, update)                                               \
    EMULATOR_QUIET static inline T name(volatile T *address, T value, EMULATOR_LINE)   \
    {                                                                                  \
        EMULATOR_TELL(address);                                                        \
        T old = *address;                                                              \
        *address = (update);                                                           \
        return old;                                                                    \
    }                                                                                  \
    EMULATOR_QUIET static inline T name##_block(volatile T *address, T value, EMULATOR_LINE)   \
    {                                                                                  \
        EMULATOR_TELL_BLOCK(address);                                                  \
        T old = *address;                                                              \
        *address = (update);                                                           \
        return old;                                                                    \
    }                                                                                  \
    EMULATOR_QUIET static inline T name##_system(volatile T *address, T value, EMULATOR_LINE)  \
    {                                                                                  \
        return name(address, value, line);                                             \
    }
#define EMULATOR_INTEGERS(name, update)              \
    EMULATOR_ATOMIC(name, int, update)               \
    EMULATOR_ATOMIC(name, unsigned, update)          \
    EMULATOR_ATOMIC(name, unsigned long long, update)

EMULATOR_INTEGERS(atomicAdd, old + value)
EMULATOR_ATOMIC(atomicAdd, float, old + value)
EMULATOR_ATOMIC(atomicAdd, double, old + value)
#ifdef __FLT16_MANT_DIG__
EMULATOR_ATOMIC(atomicAdd, _Float16, old + value)
#endif
EMULATOR_ATOMIC(atomicSub, int, old - value)
EMULATOR_ATOMIC(atomicSub, unsigned, old - value)
EMULATOR_INTEGERS(atomicExch, value)
EMULATOR_ATOMIC(atomicExch, float, value)
EMULATOR_INTEGERS(atomicMin, value < old ? value : old)
EMULATOR_ATOMIC(atomicMin, long long, value < old ? value : old)
EMULATOR_INTEGERS(atomicMax, value > old ? value : old)
EMULATOR_ATOMIC(atomicMax, long long, value > old ? value : old)
EMULATOR_INTEGERS(atomicAnd, old & value)
EMULATOR_INTEGERS(atomicOr, old | value)
EMULATOR_INTEGERS(atomicXor, old ^ value)
EMULATOR_ATOMIC(atomicInc, unsigned, old >= value ? 0 : old + 1)
EMULATOR_ATOMIC(atomicDec, unsigned, old == 0 || old > value ? value : old - 1)

// If the comparison fails, another thread may hold a lock, so the others get a turn.
#define EMULATOR_CAS_AS(name, T, tell)                                                                       \
    EMULATOR_QUIET static inline T name(volatile T *address, T compare, T value, EMULATOR_LINE)              \
    {                                                                                                        \
        tell(address);                                                                                       \
        T old = *address;                                                                                    \
        if (old == compare)                                                                                  \
            *address = value;                                                                                \
        else                                                                                                 \
            emulator_yield();                                                                                \
        return old;                                                                                          \
    }
#define EMULATOR_CAS(T)                                                                                      \
    EMULATOR_CAS_AS(atomicCAS, T, EMULATOR_TELL)                                                             \
    EMULATOR_CAS_AS(atomicCAS_block, T, EMULATOR_TELL_BLOCK)                                                 \
    EMULATOR_QUIET static inline T atomicCAS_system(volatile T *address, T compare, T value, EMULATOR_LINE)  \
    {                                                                                                        \
        return atomicCAS(address, compare, value, line);                                                     \
    }
EMULATOR_CAS(int)
EMULATOR_CAS(unsigned)
EMULATOR_CAS(unsigned long long)
EMULATOR_CAS(unsigned short)
