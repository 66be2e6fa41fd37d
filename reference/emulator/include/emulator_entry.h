// The runtime's call of a kernel, with each argument as the address of its value, and the description of a
// kernel's parameters for Python.
#pragma once

struct emulator_parameter {
    int size;          // in bytes
    int element_size;  // the size of the type that a pointer points to; 0 if the parameter is not a pointer
    // the kind of the element or value: 'i' signed, 'u' unsigned, 'f' floating, 'b' bool, 's' other
    char kind;
    bool is_const;     // true if the element is const
    // the size of an element's equal parts, such as the floats of a float4; 0 if it has none
    int part_size;
    char part_kind;
};

template <typename T> constexpr char emulator_kind = 's';
template <typename T> constexpr char emulator_kind<const T> = emulator_kind<T>;
template <typename T> constexpr char emulator_kind<volatile T> = emulator_kind<T>;
#define EMULATOR_KIND(T, letter) template <> inline constexpr char emulator_kind<T> = letter;
EMULATOR_KIND(char, 'i') EMULATOR_KIND(signed char, 'i') EMULATOR_KIND(short, 'i') EMULATOR_KIND(int, 'i')
EMULATOR_KIND(long, 'i') EMULATOR_KIND(long long, 'i')
EMULATOR_KIND(unsigned char, 'u') EMULATOR_KIND(unsigned short, 'u') EMULATOR_KIND(unsigned, 'u')
EMULATOR_KIND(unsigned long, 'u') EMULATOR_KIND(unsigned long long, 'u')
EMULATOR_KIND(float, 'f') EMULATOR_KIND(double, 'f') EMULATOR_KIND(bool, 'b')
#ifdef __FLT16_MANT_DIG__
EMULATOR_KIND(_Float16, 'f')
#endif

// A text that the library exports.
#define EMULATOR_TEXT(name, text)                                                                            \
    extern "C" {                                                                                             \
    extern __attribute__((visibility("default"))) const char name[];                                         \
    const char name[] = text;                                                                                \
    }

// A struct of equal parts, one of them named `x`.
template <typename T> constexpr emulator_parameter emulator_parts()
{
    if constexpr (requires(T value) { value.x; })
        if constexpr (sizeof(T) % sizeof(T::x) == 0)
            return {0, 0, 's', false, sizeof(T::x), emulator_kind<decltype(T::x)>};
    return {0, 0, 's', false, 0, 's'};
}

template <typename T> struct emulator_element {
    static const int size = 0;
    static const char kind = emulator_kind<T>;
    static const bool is_const = false;
    static constexpr emulator_parameter parts = {0, 0, 's', false, 0, 's'};
};
template <typename T> struct emulator_element<T *> {
    static const int size = sizeof(T);
    static const char kind = emulator_kind<T>;
    static const bool is_const = false;
    static constexpr emulator_parameter parts = emulator_parts<T>();
};
template <> struct emulator_element<void *> : emulator_element<char *> {};
template <typename T> struct emulator_element<const T *> : emulator_element<T *> {
    static const bool is_const = true;
};

template <int... I> struct emulator_numbers {};
template <int N, int... I> struct emulator_count : emulator_count<N - 1, N - 1, I...> {};
template <int... I> struct emulator_count<0, I...> {
    using type = emulator_numbers<I...>;
};

// A copy of an argument, byte by byte: a copy constructor would be checked, and an argument lies in no array.
template <int N> struct emulator_bytes {
    unsigned char bytes[N];
};
template <typename P> EMULATOR_QUIET __attribute__((always_inline)) inline P emulator_argument(void *argument)
{
#if __has_builtin(__builtin_bit_cast)
    if constexpr (__is_trivially_copyable(P))
        return __builtin_bit_cast(P, *static_cast<emulator_bytes<sizeof(P)> *>(argument));
    else
#endif
        return *static_cast<P *>(argument);
}

template <typename... P, int... I> EMULATOR_QUIET __attribute__((always_inline)) inline void emulator_call(
    void (*kernel)(P...), void **arguments, emulator_numbers<I...>)
{
    (void)arguments;
    kernel(emulator_argument<P>(arguments[I])...);
}

template <typename... P> struct emulator_signature {
    static constexpr emulator_parameter parameters[] = {{sizeof(P), emulator_element<P>::size,
        emulator_element<P>::kind, emulator_element<P>::is_const, emulator_element<P>::parts.part_size,
        emulator_element<P>::parts.part_kind}..., {-1, 0, 's', false, 0, 's'}};
};

template <typename... P> constexpr const emulator_parameter *emulator_parameters(void (*)(P...))
{
    return emulator_signature<P...>::parameters;
}

template <typename... P> EMULATOR_QUIET __attribute__((always_inline)) inline void emulator_enter(
    void (*kernel)(P...), void **arguments)
{
    emulator_call(kernel, arguments, typename emulator_count<sizeof...(P)>::type());
}

template <int N, typename First, typename... Rest> struct emulator_nth : emulator_nth<N - 1, Rest...> {};
template <typename First, typename... Rest> struct emulator_nth<0, First, Rest...> {
    using type = First;
};

template <typename F, typename... P, int... I>
EMULATOR_QUIET __attribute__((always_inline)) inline void emulator_call_short(
    F call, void (*)(P...), void **arguments, emulator_numbers<I...>)
{
    (void)arguments;
    call(emulator_argument<typename emulator_nth<I, P...>::type>(arguments[I])...);
}

// This part comes after the source, so the source's macros apply to it. It uses no name that a source may
// define.
#define EMULATOR_ENTRY(number, ...)                                                                          \
    extern "C" __attribute__((__visibility__("default")))                                                    \
    EMULATOR_QUIET void emulator_entry_##number(void **emulator_arguments)                                   \
    {                                                                                                        \
        emulator_enter(&__VA_ARGS__, emulator_arguments);                                                    \
    }                                                                                                        \
    extern "C" __attribute__((__visibility__("default")))                                                    \
    const emulator_parameter *emulator_parameters_##number()                                                 \
    {                                                                                                        \
        return emulator_parameters(&__VA_ARGS__);                                                            \
    }

#define EMULATOR_SHORT_ENTRY(number, emulator_given, ...)                                                    \
    extern "C" __attribute__((__visibility__("default")))                                                    \
    EMULATOR_QUIET void emulator_entry_##number##_##emulator_given(void **emulator_arguments)                \
    {                                                                                                        \
        emulator_call_short([](auto... emulator_values) { __VA_ARGS__(emulator_values...); }, &__VA_ARGS__,  \
            emulator_arguments, typename emulator_count<emulator_given>::type());                            \
    }
