// Texture objects of whole programs: arrays of texels, and reads of them by place, with addressing and
// filtering. The names and their meaning are those of NVIDIA's "CUDA Runtime API" and of the "CUDA C++
// Programming Guide", "Texture Fetching".
#pragma once

#include "emulator_host.h"

extern "C" void emulator_touch(const volatile void *pointer, int size, int is_store, int line);

enum cudaChannelFormatKind {
    cudaChannelFormatKindSigned, cudaChannelFormatKindUnsigned, cudaChannelFormatKindFloat
};
enum cudaResourceType {
    cudaResourceTypeArray = 0, cudaResourceTypeLinear = 2, cudaResourceTypePitch2D = 3
};
enum cudaTextureAddressMode {
    cudaAddressModeWrap, cudaAddressModeClamp, cudaAddressModeMirror, cudaAddressModeBorder
};
enum cudaTextureFilterMode { cudaFilterModePoint, cudaFilterModeLinear };
enum cudaTextureReadMode { cudaReadModeElementType, cudaReadModeNormalizedFloat };

struct cudaChannelFormatDesc {
    int x, y, z, w;  // bits
    cudaChannelFormatKind f;
};
static inline cudaChannelFormatDesc cudaCreateChannelDesc(
    int x, int y, int z, int w, cudaChannelFormatKind kind)
{
    return {x, y, z, w, kind};
}

// The number and the type of a texel's components.
template <typename T> constexpr int emulator_components()
{
    if constexpr (requires(T value) { value.w; })
        return 4;
    else if constexpr (requires(T value) { value.y; })
        return 2;
    else
        return 1;
}
template <typename T> struct emulator_component {
    using type = T;
};
template <typename T>
    requires requires(T value) { value.x; }
struct emulator_component<T> {
    using type = decltype(T::x);
};

template <typename T> static inline cudaChannelFormatDesc cudaCreateChannelDesc()
{
    using C = typename emulator_component<T>::type;
    const int bits = 8 * sizeof(C), n = emulator_components<T>();
    const bool is_float = std::is_floating_point<C>::value;
    return {bits, n > 1 ? bits : 0, n > 2 ? bits : 0, n > 2 ? bits : 0,
        is_float ? cudaChannelFormatKindFloat
                 : std::is_signed<C>::value ? cudaChannelFormatKindSigned : cudaChannelFormatKindUnsigned};
}
EMULATOR_QUIET static inline size_t emulator_texel_size(const cudaChannelFormatDesc &of)
{
    return size_t(of.x + of.y + of.z + of.w) / 8;
}

struct cudaArray {
    void *emulator_data;
    cudaChannelFormatDesc emulator_format;
    size_t emulator_width, emulator_height;  // an array of one axis has height 0
};
typedef cudaArray *cudaArray_t;
typedef const cudaArray *cudaArray_const_t;

struct cudaResourceDesc {
    cudaResourceType resType;
    struct {
        struct {
            cudaArray_t array;
        } array;
        struct {
            void *devPtr;
            cudaChannelFormatDesc desc;
            size_t sizeInBytes;
        } linear;
        struct {
            void *devPtr;
            cudaChannelFormatDesc desc;
            size_t width, height, pitchInBytes;
        } pitch2D;
    } res;
};
struct cudaTextureDesc {
    cudaTextureAddressMode addressMode[3];
    cudaTextureFilterMode filterMode;
    cudaTextureReadMode readMode;
    int sRGB;
    float borderColor[4];
    int normalizedCoords;
    unsigned maxAnisotropy;
};
struct cudaResourceViewDesc;

struct emulator_texture {
    const char *data;
    cudaChannelFormatDesc format;
    long width, height;
    size_t pitch;
    bool is_linear;  // true for linear memory, whose texels only tex1Dfetch reads
    cudaTextureDesc sampling;
    emulator_texture *next;
};
typedef unsigned long long cudaTextureObject_t;
inline emulator_texture *emulator_textures;  // a list of all textures

static inline cudaError_t cudaMallocArray(cudaArray_t *array, const cudaChannelFormatDesc *format,
    size_t width, size_t height = 0, unsigned = 0, EMULATOR_LINE)
{
    size_t texel = emulator_texel_size(*format);
    void *data = nullptr;
    cudaError_t error = emulator_malloc(&data, texel * width * (height ? height : 1), texel, 0, line);
    *array = error == cudaSuccess ? new cudaArray{data, *format, width, height} : nullptr;
    return error;
}
static inline cudaError_t cudaFreeArray(cudaArray_t array, EMULATOR_LINE)
{
    if (!array)
        return cudaSuccess;
    cudaError_t error = emulator_free(array->emulator_data, line);
    delete array;
    return error;
}
static inline cudaError_t cudaMemcpy2DToArray(cudaArray_t array, size_t x, size_t y, const void *from,
    size_t from_pitch, size_t width, size_t height, cudaMemcpyKind kind,
    EMULATOR_LINE)  // x and width in bytes
{
    size_t pitch = emulator_texel_size(array->emulator_format) * array->emulator_width;
    if (x + width > pitch || y + height > (array->emulator_height ? array->emulator_height : 1))
        return cudaErrorInvalidValue;
    return emulator_copy_rows(
        (char *)array->emulator_data + y * pitch + x, pitch, from, from_pitch, width, height, kind, line);
}
static inline cudaError_t cudaMemcpyToArray(
    cudaArray_t array, size_t x, size_t y, const void *from, size_t bytes, cudaMemcpyKind kind, EMULATOR_LINE)
{
    size_t pitch = emulator_texel_size(array->emulator_format) * array->emulator_width;
    size_t start = y * pitch + x, room = pitch * (array->emulator_height ? array->emulator_height : 1);
    if (start > room || bytes > room - start)
        return cudaErrorInvalidValue;
    return emulator_copy((char *)array->emulator_data + start, from, bytes, kind, 1, line);
}

static inline cudaError_t cudaCreateTextureObject(cudaTextureObject_t *texture, const cudaResourceDesc *of,
    const cudaTextureDesc *sampling, const cudaResourceViewDesc * = nullptr)
{
    emulator_texture made = {};
    made.sampling = *sampling;
    if (of->resType == cudaResourceTypeArray && of->res.array.array) {
        const cudaArray &array = *of->res.array.array;
        made.data = (const char *)array.emulator_data;
        made.format = array.emulator_format;
        made.width = long(array.emulator_width);
        made.height = array.emulator_height ? long(array.emulator_height) : 1;
        made.pitch = emulator_texel_size(made.format) * array.emulator_width;
    } else if (of->resType == cudaResourceTypeLinear) {
        made.data = (const char *)of->res.linear.devPtr;
        made.format = of->res.linear.desc;
        made.width = long(of->res.linear.sizeInBytes / emulator_texel_size(made.format));
        made.height = 1;
        made.is_linear = true;
    } else if (of->resType == cudaResourceTypePitch2D) {
        made.data = (const char *)of->res.pitch2D.devPtr;
        made.format = of->res.pitch2D.desc;
        made.width = long(of->res.pitch2D.width);
        made.height = long(of->res.pitch2D.height);
        made.pitch = of->res.pitch2D.pitchInBytes;
    }
    bool is_float = made.format.f == cudaChannelFormatKindFloat;
    bool gives_floats = is_float || sampling->readMode == cudaReadModeNormalizedFloat;
    if (!made.data || (sampling->filterMode == cudaFilterModeLinear && !gives_floats)
        || (sampling->readMode == cudaReadModeNormalizedFloat && !is_float && made.format.x > 16))
        return cudaErrorInvalidValue;
    made.next = emulator_textures;
    emulator_textures = new emulator_texture(made);
    *texture = (cudaTextureObject_t)emulator_textures;
    return cudaSuccess;
}
static inline cudaError_t cudaDestroyTextureObject(cudaTextureObject_t texture)
{
    for (emulator_texture **at = &emulator_textures; *at; at = &(*at)->next)
        if ((cudaTextureObject_t)*at == texture) {
            emulator_texture *made = *at;
            *at = made->next;
            delete made;
            return cudaSuccess;
        }
    return cudaErrorInvalidValue;
}

// For the device.

EMULATOR_QUIET static inline const emulator_texture &emulator_texture_of(
    cudaTextureObject_t texture, int line)
{
    for (const emulator_texture *made = emulator_textures; made; made = made->next)
        if ((cudaTextureObject_t)made == texture)
            return *made;
    emulator_trap("reads a texture object that does not exist", line);
}

// The number of the texel at place `at` of an axis of n texels; -1 if the place is in the border.
EMULATOR_QUIET static inline long emulator_address(
    long at, long n, cudaTextureAddressMode mode, bool is_normalized)
{
    if (at >= 0 && at < n)
        return at;
    if (mode == cudaAddressModeBorder)
        return -1;
    if (mode == cudaAddressModeClamp || !is_normalized)  // the other modes are for places between 0 and 1
        return at < 0 ? 0 : n - 1;
    long period = mode == cudaAddressModeMirror ? 2 * n : n, place = (at % period + period) % period;
    return place < n ? place : period - 1 - place;
}

struct emulator_texel {
    float value[4];
};

// One component as a number. If reads are normalized, it is divided by the largest number of its type.
EMULATOR_QUIET static inline float emulator_number(
    const char *at, int bits, cudaChannelFormatKind kind, bool is_share)
{
    if (kind == cudaChannelFormatKindFloat) {
        float value;
        __builtin_memcpy(&value, at, sizeof value);
        return value;
    }
    long value = 0;
    __builtin_memcpy(&value, at, size_t(bits / 8));
    if (kind == cudaChannelFormatKindSigned)
        value = value << (64 - bits) >> (64 - bits);
    if (!is_share)
        return (float)value;
    float share = (float)value / (float)((1l << (bits - (kind == cudaChannelFormatKindSigned))) - 1);
    return share < -1 ? -1 : share;
}

// The memory of the texel (i, j); null in the border.
EMULATOR_QUIET static inline const char *emulator_texel_at(
    const emulator_texture &t, long i, long j, int line)
{
    i = emulator_address(i, t.width, t.sampling.addressMode[0], t.sampling.normalizedCoords);
    j = emulator_address(j, t.height, t.sampling.addressMode[1], t.sampling.normalizedCoords);
    if (i < 0 || j < 0)
        return nullptr;
    size_t size = emulator_texel_size(t.format);
    const char *at = t.data + size_t(j) * t.pitch + size_t(i) * size;
    emulator_touch(at, (int)size, 0, line);
    return at;
}

EMULATOR_QUIET static inline emulator_texel emulator_numbers_at(
    const emulator_texture &t, long i, long j, int line)
{
    const char *at = emulator_texel_at(t, i, j, line);
    emulator_texel texel;
    for (int k = 0; k < 4; ++k)
        texel.value[k] = !at ? t.sampling.borderColor[k]
            : k * t.format.x < (int)emulator_texel_size(t.format) * 8
            ? emulator_number(at + k * t.format.x / 8, t.format.x, t.format.f,
                t.sampling.readMode == cudaReadModeNormalizedFloat)
            : 0;
    return texel;
}

template <typename T> EMULATOR_QUIET static T emulator_from(const emulator_texel &texel)
{
    using C = typename emulator_component<T>::type;
    C components[emulator_components<T>()];
    for (int k = 0; k < emulator_components<T>(); ++k)
        components[k] = (C)texel.value[k];
    T value;
    __builtin_memcpy(&value, components, sizeof value);
    return value;
}

template <typename T>
EMULATOR_QUIET static T emulator_texel_of(const emulator_texture &t, long i, long j, int line)
{
    bool gives_floats
        = t.format.f == cudaChannelFormatKindFloat || t.sampling.readMode == cudaReadModeNormalizedFloat;
    size_t components = emulator_texel_size(t.format) * 8 / size_t(t.format.x);
    using C = typename emulator_component<T>::type;
    if (components != size_t(emulator_components<T>()) || gives_floats != std::is_floating_point<C>::value
        || (!gives_floats && 8 * sizeof(C) != size_t(t.format.x)))
        emulator_trap("reads a texture as another type than its texels have", line);
    if (gives_floats)
        return emulator_from<T>(emulator_numbers_at(t, i, j, line));
    T value = {};
    if (const char *at = emulator_texel_at(t, i, j, line))
        __builtin_memcpy(&value, at, sizeof value);
    return value;
}

// Interpolates between texels. As in the hardware, weights have 8 bits after the binary point.
template <typename T>
EMULATOR_QUIET static T emulator_sample(cudaTextureObject_t texture, float x, float y, bool is_flat, int line)
{
    const emulator_texture &t = emulator_texture_of(texture, line);
    if (t.is_linear)
        emulator_trap("reads linear memory by a texture's place: tex1Dfetch reads it by index", line);
    if (t.sampling.normalizedCoords) {
        x *= (float)t.width;
        y *= (float)t.height;
    }
    if (t.sampling.filterMode == cudaFilterModePoint)
        return emulator_texel_of<T>(
            t, (long)__builtin_floorf(x), is_flat ? 0 : (long)__builtin_floorf(y), line);
    x -= 0.5f;
    y = is_flat ? 0 : y - 0.5f;
    long i = (long)__builtin_floorf(x), j = (long)__builtin_floorf(y);
    float a = __builtin_roundf((x - (float)i) * 256) / 256, b = __builtin_roundf((y - (float)j) * 256) / 256;
    (void)emulator_texel_of<T>(t, i, j, line);  // complains of a wrong type
    emulator_texel sum = {};
    for (int corner = 0; corner < (is_flat ? 2 : 4); ++corner) {
        float weight = (corner & 1 ? a : 1 - a) * (corner & 2 ? b : 1 - b);
        emulator_texel one = emulator_numbers_at(t, i + (corner & 1), j + (corner >> 1), line);
        for (int k = 0; k < 4; ++k)
            sum.value[k] += weight * one.value[k];
    }
    return emulator_from<T>(sum);
}

template <typename T>
EMULATOR_QUIET static inline T tex1Dfetch(cudaTextureObject_t texture, int at, EMULATOR_LINE)
{
    const emulator_texture &t = emulator_texture_of(texture, line);
    if (!t.is_linear)
        emulator_trap("reads an array by tex1Dfetch, which is for linear memory", line);
    return at >= 0 && at < t.width ? emulator_texel_of<T>(t, at, 0, line) : T{};  // beyond it there are zeros
}
template <typename T>
EMULATOR_QUIET static inline T tex1D(cudaTextureObject_t texture, float x, EMULATOR_LINE)
{
    return emulator_sample<T>(texture, x, 0, true, line);
}
template <typename T>
EMULATOR_QUIET static inline T tex2D(cudaTextureObject_t texture, float x, float y, EMULATOR_LINE)
{
    return emulator_sample<T>(texture, x, y, false, line);
}
