// Memory from the device's heap, for whole programs: programs/heap.py puts these names in the place of
// `malloc`, `free`, `new` and `delete` in device functions. A `__host__ __device__` function uses the host's
// heap on the host.
#pragma once

#include <cstdlib>
#include <new>
#include <type_traits>

extern "C" {
int emulator_on_device();
void *emulator_device_malloc(size_t bytes, int line);
void emulator_device_free(void *pointer, int line);
int emulator_open_heap();
}

// before main; a program without this line needs no heap
static const int emulator_heap = emulator_open_heap();

static inline void *emulator_heap_malloc(size_t bytes, EMULATOR_LINE)
{
    return emulator_on_device() ? emulator_device_malloc(bytes, line) : malloc(bytes);
}
static inline void emulator_heap_free(void *pointer, EMULATOR_LINE)
{
    emulator_on_device() ? emulator_device_free(pointer, line) : free(pointer);
}

struct emulator_heap_here {
    int line;
    explicit emulator_heap_here(int line) : line(line) {}
};
inline void *operator new(size_t bytes, emulator_heap_here at) noexcept  // null if the heap is full
{
    return emulator_on_device() ? emulator_device_malloc(bytes, at.line) : ::operator new(bytes);
}
inline void *operator new[](size_t bytes, emulator_heap_here at) noexcept
{
    return emulator_on_device() ? emulator_device_malloc(bytes, at.line) : ::operator new[](bytes);
}

// `delete p->q` becomes `emulator_delete(__LINE__)->*p->q`: `->*` binds closest of all binary operators.
struct emulator_delete {
    int line;
    explicit emulator_delete(int line) : line(line) {}
    template <typename T> void operator->*(T *pointer) const
    {
        if (!emulator_on_device())
            return delete pointer;
        if (pointer)
            pointer->~T();
        emulator_device_free(pointer, line);
    }
};
struct emulator_delete_array {
    int line;
    explicit emulator_delete_array(int line) : line(line) {}
    template <typename T> void operator->*(T *pointer) const
    {
        static_assert(std::is_trivially_destructible<T>::value,
            "delete[] of objects with a destructor is not emulated");
        emulator_on_device() ? emulator_device_free(pointer, line) : delete[] pointer;
    }
};
