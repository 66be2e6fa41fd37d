// Algorithms of Thrust that the standard library has, too; emulator_thrust.h includes this file.
#pragma once

namespace thrust {

// A place in plain memory. It is a class, so no algorithm of the standard library calls memmove, which no
// check sees.
template <typename T>
struct emulator_plain_place : emulator_iterator<emulator_plain_place<T>, std::remove_const_t<T>, T &> {
    using emulator_iterator<emulator_plain_place<T>, std::remove_const_t<T>, T &>::operator-;
    T *emulator_address;

    explicit emulator_plain_place(T *address = nullptr) : emulator_address(address) {}
    T &operator*() const { return *emulator_address; }
    void advance(ptrdiff_t n) { emulator_address += n; }
    ptrdiff_t distance_to(const emulator_plain_place &other) const
    {
        return other.emulator_address - emulator_address;
    }
};
template <typename A> auto emulator_for_standard(const A &argument)
{
    auto raw = emulator_raw(argument);
    if constexpr (std::is_pointer_v<decltype(raw)> && std::is_object_v<std::remove_pointer_t<decltype(raw)>>)
        return emulator_plain_place<std::remove_pointer_t<decltype(raw)>>(raw);
    else
        return raw;
}
template <typename F, typename... A>
auto emulator_by_standard(const char *name, emulator_place at, F f, const A &...arguments)
{
    return emulator_at_home<A...>(name, at,
        [f, raw = std::make_tuple(emulator_for_standard(arguments)...)]() { return std::apply(f, raw); });
}
// the place as an iterator of the given kind
template <typename R, typename I> I emulator_back(R result, I given)
{
    return given + (result - emulator_for_standard(given));
}

// An algorithm of `count` arguments a, b, ..., whose `result` is that of the standard library's.
#define EMULATOR_TYPES_2 typename A
#define EMULATOR_TYPES_3 EMULATOR_TYPES_2, typename C
#define EMULATOR_TYPES_4 EMULATOR_TYPES_3, typename D
#define EMULATOR_TYPES_5 EMULATOR_TYPES_4, typename E
#define EMULATOR_TYPES_6 EMULATOR_TYPES_5, typename F
#define EMULATOR_PARAMETERS_2 A a, A b
#define EMULATOR_PARAMETERS_3 EMULATOR_PARAMETERS_2, C c
#define EMULATOR_PARAMETERS_4 EMULATOR_PARAMETERS_3, D d
#define EMULATOR_PARAMETERS_5 EMULATOR_PARAMETERS_4, E e
#define EMULATOR_PARAMETERS_6 EMULATOR_PARAMETERS_5, F f
#define EMULATOR_VALUES_2 a, b
#define EMULATOR_VALUES_3 a, b, c
#define EMULATOR_VALUES_4 a, b, c, d
#define EMULATOR_VALUES_5 a, b, c, d, e
#define EMULATOR_VALUES_6 a, b, c, d, e, f
#define EMULATOR_STANDARD(name, count, ...)                                                                  \
    template <EMULATOR_TYPES_##count> auto name(EMULATOR_PARAMETERS_##count, EMULATOR_AT)                    \
    {                                                                                                        \
        auto result = emulator_by_standard(                                                                  \
            "thrust::" #name, at, [](auto... each) { return std::name(each...); }, EMULATOR_VALUES_##count); \
        return __VA_ARGS__;                                                                                  \
    }
#define EMULATOR_STANDARDS(name, count, more, ...)                                                           \
    EMULATOR_STANDARD(name, count, __VA_ARGS__) EMULATOR_STANDARD(name, more, __VA_ARGS__)

EMULATOR_STANDARD(find, 3, emulator_back(result, a))
EMULATOR_STANDARD(find_if, 3, emulator_back(result, a))
EMULATOR_STANDARD(find_if_not, 3, emulator_back(result, a))
EMULATOR_STANDARD(any_of, 3, result)
EMULATOR_STANDARD(all_of, 3, result)
EMULATOR_STANDARD(none_of, 3, result)
EMULATOR_STANDARD(is_partitioned, 3, result)
EMULATOR_STANDARD(partition_point, 3, emulator_back(result, a))
EMULATOR_STANDARDS(is_sorted, 2, 3, result)
EMULATOR_STANDARDS(is_sorted_until, 2, 3, emulator_back(result, a))
EMULATOR_STANDARDS(max_element, 2, 3, emulator_back(result, a))
EMULATOR_STANDARDS(min_element, 2, 3, emulator_back(result, a))
EMULATOR_STANDARDS(equal, 3, 4, result)
EMULATOR_STANDARDS(
    mismatch, 3, 4, std::make_pair(emulator_back(result.first, a), emulator_back(result.second, c)))
EMULATOR_STANDARDS(lower_bound, 3, 4, emulator_back(result, a))
EMULATOR_STANDARDS(upper_bound, 3, 4, emulator_back(result, a))
EMULATOR_STANDARDS(binary_search, 3, 4, result)
EMULATOR_STANDARDS(
    equal_range, 3, 4, std::make_pair(emulator_back(result.first, a), emulator_back(result.second, a)))
EMULATOR_STANDARDS(unique, 2, 3, emulator_back(result, a))
EMULATOR_STANDARDS(unique_copy, 3, 4, emulator_back(result, c))
EMULATOR_STANDARD(reverse_copy, 3, emulator_back(result, c))
EMULATOR_STANDARDS(adjacent_difference, 3, 4, emulator_back(result, c))
EMULATOR_STANDARDS(merge, 5, 6, emulator_back(result, e))
EMULATOR_STANDARDS(set_union, 5, 6, emulator_back(result, e))
EMULATOR_STANDARDS(set_intersection, 5, 6, emulator_back(result, e))
EMULATOR_STANDARDS(set_difference, 5, 6, emulator_back(result, e))
EMULATOR_STANDARDS(set_symmetric_difference, 5, 6, emulator_back(result, e))

template <typename I, typename L> std::pair<I, I> minmax_element(I first, I last, L less, EMULATOR_AT)
{
    return {min_element(first, last, less, at), max_element(first, last, less, at)};
}
template <typename I> std::pair<I, I> minmax_element(I first, I last, EMULATOR_AT)
{
    return minmax_element(first, last, std::less<>(), at);
}

// Searches for many values at once: the result for each of them is a number, from 0.
#define EMULATOR_SEARCHES(name, ...)                                                                         \
    template <typename I, typename J, typename O, typename L>                                                \
    O name(I first, I last, J values, J values_end, O out, L less, EMULATOR_AT)                              \
    {                                                                                                        \
        auto begin = emulator_for_standard(first), end = emulator_for_standard(last);                        \
        return thrust::transform(                                                                            \
            values, values_end, out,                                                                         \
            [=](const auto &value) { return std::name(begin, end, value, less) __VA_ARGS__; }, at);          \
    }                                                                                                        \
    template <typename I, typename J, typename O>                                                            \
    O name(I first, I last, J values, J values_end, O out, EMULATOR_AT)                                      \
    {                                                                                                        \
        return name(first, last, values, values_end, out, std::less<>(), at);                                \
    }
EMULATOR_SEARCHES(lower_bound, -begin)
EMULATOR_SEARCHES(upper_bound, -begin)
EMULATOR_SEARCHES(binary_search)

}  // namespace thrust
