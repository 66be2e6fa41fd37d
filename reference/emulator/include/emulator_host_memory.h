// CUDA's functions for the host that allocate, copy and fill memory; emulator_host.h includes this file.
#pragma once

// Memory. A pointer's type gives the element size; for `void *` it is unknown. `cudaMalloc((void **)&a,
// bytes)` hides the type: the first copy that uses the pointer then gives it.

template <typename T> constexpr size_t emulator_size = [] {
    if constexpr (requires(T &one) { sizeof one; })
        return sizeof(T);
    else
        return size_t(0);
}();
template <typename T> struct emulator_pointer {  // an argument of a copy
    T *address;

    template <typename U> requires std::is_convertible_v<U *, T *> emulator_pointer(U *given) : address(given)
    {
        emulator_element(given, emulator_size<std::remove_const_t<U>>);
    }
    emulator_pointer(std::nullptr_t) : address(nullptr) {}
    template <typename C>  // a class that converts to a pointer
    requires std::is_class_v<std::remove_reference_t<C>> && std::is_convertible_v<C, T *>
    emulator_pointer(C &&given) : address(static_cast<C &&>(given)) {}
};
typedef emulator_pointer<void> emulator_target;
typedef emulator_pointer<const void> emulator_source;

template <typename T> static inline cudaError_t cudaMalloc(T **pointer, size_t bytes, EMULATOR_LINE)
{
    return emulator_malloc((void **)pointer, bytes, emulator_size<T>, 0, line);
}
template <typename T>
static inline cudaError_t cudaMallocAsync(T **pointer, size_t bytes, cudaStream_t, EMULATOR_LINE)
{
    return emulator_malloc((void **)pointer, bytes, emulator_size<T>, 0, line);
}
template <typename T> static inline cudaError_t cudaMallocManaged(
    T **pointer, size_t bytes, unsigned = cudaMemAttachGlobal, EMULATOR_LINE)
{
    return emulator_malloc((void **)pointer, bytes, emulator_size<T>, 1, line);
}
template <typename T>
static inline cudaError_t cudaMallocHost(T **pointer, size_t bytes, unsigned = 0, EMULATOR_LINE)
{
    return emulator_malloc((void **)pointer, bytes, emulator_size<T>, 2, line);
}
template <typename T>
static inline cudaError_t cudaHostAlloc(T **pointer, size_t bytes, unsigned, EMULATOR_LINE)
{
    return emulator_malloc((void **)pointer, bytes, emulator_size<T>, 2, line);
}
template <typename T> static inline cudaError_t cudaMallocPitch(
    T **pointer, size_t *pitch, size_t width, size_t height, EMULATOR_LINE)
{
    *pitch = (width + 511) / 512 * 512;
    return emulator_malloc((void **)pointer, *pitch * height, emulator_size<T>, 0, line);
}
static inline cudaError_t cudaFree(void *pointer, EMULATOR_LINE) { return emulator_free(pointer, line); }
static inline cudaError_t cudaFreeAsync(void *pointer, cudaStream_t, EMULATOR_LINE)
{
    return emulator_free(pointer, line);
}
static inline cudaError_t cudaFreeHost(void *pointer, EMULATOR_LINE) { return emulator_free(pointer, line); }
static inline cudaError_t cudaMemcpy(
    emulator_target to, emulator_source from, size_t bytes, cudaMemcpyKind kind, EMULATOR_LINE)
{
    return emulator_copy(to.address, from.address, bytes, kind, 1, line);
}
static inline cudaError_t cudaMemcpyAsync(emulator_target to, emulator_source from, size_t bytes,
    cudaMemcpyKind kind, cudaStream_t = nullptr, EMULATOR_LINE)
{
    return emulator_copy(to.address, from.address, bytes, kind, 0, line);
}
static inline cudaError_t cudaMemcpy2D(void *to, size_t to_pitch, const void *from, size_t from_pitch,
    size_t width, size_t height, cudaMemcpyKind kind, EMULATOR_LINE)
{
    return emulator_copy_rows(to, to_pitch, from, from_pitch, width, height, kind, line);
}
static inline cudaError_t cudaMemset(emulator_target to, int value, size_t bytes, EMULATOR_LINE)
{
    return emulator_fill(to.address, value, bytes, line);
}
static inline cudaError_t cudaMemsetAsync(
    emulator_target to, int value, size_t bytes, cudaStream_t = nullptr, EMULATOR_LINE)
{
    return emulator_fill(to.address, value, bytes, line);
}
static inline cudaError_t cudaMemPrefetchAsync(const void *, size_t, int, cudaStream_t = nullptr)
{
    return cudaSuccess;
}
template <typename T> static inline cudaError_t cudaMemcpyToSymbol(const T &symbol, const void *from,
    size_t bytes, size_t offset = 0, cudaMemcpyKind = cudaMemcpyHostToDevice, EMULATOR_LINE)
{
    return emulator_symbol(&symbol, sizeof symbol, bytes, offset, from, 0, line);
}
template <typename T>
static inline cudaError_t cudaMemcpyFromSymbol(void *to, const T &symbol, size_t bytes, size_t offset = 0,
    cudaMemcpyKind = cudaMemcpyDeviceToHost, EMULATOR_LINE)
{
    return emulator_symbol(&symbol, sizeof symbol, bytes, offset, to, 1, line);
}
template <typename T> static inline cudaError_t cudaGetSymbolAddress(void **pointer, T &symbol)
{
    *pointer = (void *)&symbol;
    return emulator_symbol_address(&symbol, sizeof symbol);
}
template <typename T> static inline cudaError_t cudaGetSymbolSize(size_t *size, const T &symbol)
{
    return *size = sizeof symbol, cudaSuccess;
}
template <typename T> static inline cudaError_t cudaHostGetDevicePointer(T **pointer, void *host, unsigned)
{
    return *pointer = static_cast<T *>(host), cudaSuccess;
}
static inline cudaError_t cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch,
    size_t width, size_t height, cudaMemcpyKind kind, cudaStream_t = nullptr, EMULATOR_LINE)
{
    return emulator_copy_rows(to, to_pitch, from, from_pitch, width, height, kind, line);
}
static inline cudaError_t cudaMemset2D(
    void *to, size_t pitch, int value, size_t width, size_t height, EMULATOR_LINE)
{
    cudaError_t error = cudaSuccess;
    for (size_t y = 0; y < height && error == cudaSuccess; ++y)
        error = emulator_fill((char *)to + y * pitch, value, width, line);
    return error;
}
template <typename T> static inline cudaError_t cudaMemcpyToSymbolAsync(const T &symbol, const void *from,
    size_t bytes, size_t offset, cudaMemcpyKind, cudaStream_t = nullptr, EMULATOR_LINE)
{
    return emulator_symbol(&symbol, sizeof symbol, bytes, offset, from, 0, line);
}
template <typename T>
static inline cudaError_t cudaMemcpyFromSymbolAsync(void *to, const T &symbol, size_t bytes, size_t offset,
    cudaMemcpyKind, cudaStream_t = nullptr, EMULATOR_LINE)
{
    return emulator_symbol(&symbol, sizeof symbol, bytes, offset, to, 1, line);
}
static inline cudaError_t cudaMemAdvise(const void *, size_t, cudaMemoryAdvise, int) { return cudaSuccess; }
