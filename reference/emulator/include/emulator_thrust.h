// The parts of Thrust that programs use most: vectors, iterators, and algorithms. The names and their meaning
// are those of NVIDIA's "CUDA C++ Core Libraries".
//
// An algorithm on memory of the device is a launch of one thread, so its accesses are checked as those of a
// kernel are. On the host's memory, it is a loop of the host.
#pragma once

#pragma push_macro("__noinline__")
#undef __noinline__  // a word of the standard library's attributes
#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <numeric>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>
#pragma pop_macro("__noinline__")

namespace thrust {

struct emulator_place {  // where a plain number may be an argument, too
    int line;
};
#define EMULATOR_CALLED [[gnu::noinline]]  // its return address is the place that calls it
#define EMULATOR_AT emulator_place at = {__builtin_LINE()}

template <typename... T> using tuple = std::tuple<T...>;
template <typename A, typename B> using pair = std::pair<A, B>;
using std::get;
using std::make_pair;
using std::make_tuple;
using std::swap;
using std::tie;

// Operators.

template <typename T = void> using plus = std::plus<T>;
template <typename T = void> using minus = std::minus<T>;
template <typename T = void> using multiplies = std::multiplies<T>;
template <typename T = void> using divides = std::divides<T>;
template <typename T = void> using modulus = std::modulus<T>;
template <typename T = void> using negate = std::negate<T>;
template <typename T = void> using less = std::less<T>;
template <typename T = void> using less_equal = std::less_equal<T>;
template <typename T = void> using greater = std::greater<T>;
template <typename T = void> using greater_equal = std::greater_equal<T>;
template <typename T = void> using equal_to = std::equal_to<T>;
template <typename T = void> using not_equal_to = std::not_equal_to<T>;
template <typename T = void> using logical_and = std::logical_and<T>;
template <typename T = void> using logical_or = std::logical_or<T>;
template <typename T = void> struct maximum {
    constexpr auto operator()(const auto &a, const auto &b) const { return a < b ? b : a; }
};
template <typename T = void> struct minimum {
    constexpr auto operator()(const auto &a, const auto &b) const { return b < a ? b : a; }
};
template <typename T = void> struct identity {
    constexpr const auto &operator()(const auto &a) const { return a; }
};
template <typename T = void> struct square {
    constexpr auto operator()(const auto &a) const { return a * a; }
};

// Memory of the device. Host code reads and writes an element by a copy.

template <typename T> struct device_ptr;
template <typename T> class device_reference {
    T *emulator_place_of;

public:
    explicit device_reference(T *place) : emulator_place_of(place) {}
    EMULATOR_CALLED operator std::remove_const_t<T>() const
    {
        std::remove_const_t<T> value;
        emulator_copy_element(
            &value, emulator_place_of, sizeof value, cudaMemcpyDeviceToHost, __builtin_return_address(0));
        return value;
    }
    EMULATOR_CALLED const device_reference &operator=(const T &value) const
    {
        emulator_copy_element((void *)emulator_place_of, &value, sizeof value, cudaMemcpyHostToDevice,
            __builtin_return_address(0));
        return *this;
    }
    const device_reference &operator=(const device_reference &other) const { return *this = T(other); }
    device_reference(const device_reference &) = default;
    device_ptr<T> operator&() const;
    const device_reference &operator+=(const T &value) const { return *this = T(*this) + value; }
    const device_reference &operator-=(const T &value) const { return *this = T(*this) - value; }
    const device_reference &operator*=(const T &value) const { return *this = T(*this) * value; }
    const device_reference &operator++() const { return *this += T(1); }
    const device_reference &operator--() const { return *this -= T(1); }
};

// A place that moves by steps: what all iterators here have in common.
template <typename Self, typename Value, typename Reference> struct emulator_iterator {
    typedef std::random_access_iterator_tag iterator_category;
    typedef Value value_type;
    typedef Reference reference;
    typedef void pointer;
    typedef ptrdiff_t difference_type;

    Self &self() { return static_cast<Self &>(*this); }
    const Self &self() const { return static_cast<const Self &>(*this); }
    Self &operator+=(ptrdiff_t n) { return self().advance(n), self(); }
    Self &operator-=(ptrdiff_t n) { return self().advance(-n), self(); }
    Self &operator++() { return *this += 1; }
    Self &operator--() { return *this -= 1; }
    Self operator++(int) { Self old = self(); return ++*this, old; }
    Self operator--(int) { Self old = self(); return --*this, old; }
    Self operator+(ptrdiff_t n) const { Self moved = self(); return moved += n; }
    Self operator-(ptrdiff_t n) const { return *this + -n; }
    friend Self operator+(ptrdiff_t n, const Self &from) { return from + n; }
    ptrdiff_t operator-(const Self &other) const { return other.distance_to(self()); }
    Reference operator[](ptrdiff_t n) const { return *(*this + n); }
    bool operator==(const Self &other) const { return other.distance_to(self()) == 0; }
    bool operator!=(const Self &other) const { return other.distance_to(self()) != 0; }
    bool operator<(const Self &other) const { return self().distance_to(other) > 0; }
    bool operator>(const Self &other) const { return other < self(); }
    bool operator<=(const Self &other) const { return !(other < self()); }
    bool operator>=(const Self &other) const { return !(self() < other); }
};

template <typename T>
struct device_ptr : emulator_iterator<device_ptr<T>, std::remove_const_t<T>, device_reference<T>> {
    using emulator_iterator<device_ptr<T>, std::remove_const_t<T>, device_reference<T>>::operator-;
    T *emulator_address;

    explicit device_ptr(T *address = nullptr) : emulator_address(address) {}
    device_ptr(std::nullptr_t) : emulator_address(nullptr) {}
    template <typename U> requires std::is_convertible_v<U *, T *>
    device_ptr(const device_ptr<U> &other) : emulator_address(other.get()) {}
    T *get() const { return emulator_address; }
    device_reference<T> operator*() const { return device_reference<T>(emulator_address); }
    explicit operator bool() const { return emulator_address != nullptr; }
    void advance(ptrdiff_t n) { emulator_address += n; }
    ptrdiff_t distance_to(const device_ptr &other) const { return other.emulator_address - emulator_address; }
};
template <typename T> device_ptr<T> device_reference<T>::operator&() const
{
    return device_ptr<T>(emulator_place_of);
}
template <typename T> device_ptr<T> device_pointer_cast(T *address) { return device_ptr<T>(address); }
template <typename T> device_ptr<T> device_pointer_cast(const device_ptr<T> &address) { return address; }
template <typename T> T *raw_pointer_cast(T *address) { return address; }
template <typename T> T *raw_pointer_cast(const device_ptr<T> &address) { return address.get(); }
template <typename T> device_ptr<T> device_malloc(size_t count, EMULATOR_AT)
{
    void *made = nullptr;
    emulator_malloc(&made, count * sizeof(T), sizeof(T), 0, at.line);
    return device_ptr<T>(static_cast<T *>(made));
}
template <typename T> void device_free(device_ptr<T> address, EMULATOR_AT)
{
    emulator_free(address.get(), at.line);
}

template <typename T>
struct counting_iterator : emulator_iterator<counting_iterator<T>, T, T> {
    using emulator_iterator<counting_iterator<T>, T, T>::operator-;
    T emulator_value;

    explicit counting_iterator(T value = T()) : emulator_value(value) {}
    T operator*() const { return emulator_value; }
    void advance(ptrdiff_t n) { emulator_value = T(emulator_value + n); }
    ptrdiff_t distance_to(const counting_iterator &other) const
    {
        return ptrdiff_t(other.emulator_value) - ptrdiff_t(emulator_value);
    }
};
template <typename T> counting_iterator<T> make_counting_iterator(T value)
{
    return counting_iterator<T>(value);
}

template <typename T>
struct constant_iterator : emulator_iterator<constant_iterator<T>, T, T> {
    using emulator_iterator<constant_iterator<T>, T, T>::operator-;
    T emulator_value;
    ptrdiff_t emulator_position;

    explicit constant_iterator(T value, ptrdiff_t position = 0)
        : emulator_value(value)
        , emulator_position(position)
    {
    }
    T operator*() const { return emulator_value; }
    void advance(ptrdiff_t n) { emulator_position += n; }
    ptrdiff_t distance_to(const constant_iterator &other) const
    {
        return other.emulator_position - emulator_position;
    }
};
template <typename T> constant_iterator<T> make_constant_iterator(T value)
{
    return constant_iterator<T>(value);
}

template <typename F, typename I,
    typename V = std::decay_t<std::invoke_result_t<F, typename std::iterator_traits<I>::value_type>>>
struct transform_iterator : emulator_iterator<transform_iterator<F, I, V>, V, V> {
    using emulator_iterator<transform_iterator<F, I, V>, V, V>::operator-;
    I emulator_of;
    F emulator_by;

    transform_iterator(I of, F by) : emulator_of(of), emulator_by(by) {}
    V operator*() const { return emulator_by(*emulator_of); }
    void advance(ptrdiff_t n) { emulator_of += n; }
    ptrdiff_t distance_to(const transform_iterator &other) const { return other.emulator_of - emulator_of; }
};
template <typename F, typename I> transform_iterator<F, I> make_transform_iterator(I of, F by)
{
    return {of, by};
}

template <typename T> struct zip_iterator;
template <typename... I> struct zip_iterator<std::tuple<I...>>
    : emulator_iterator<zip_iterator<std::tuple<I...>>,
          std::tuple<typename std::iterator_traits<I>::value_type...>,
          std::tuple<typename std::iterator_traits<I>::reference...>> {
    using emulator_iterator<zip_iterator, std::tuple<typename std::iterator_traits<I>::value_type...>,
        std::tuple<typename std::iterator_traits<I>::reference...>>::operator-;
    std::tuple<I...> emulator_of;

    explicit zip_iterator(std::tuple<I...> of) : emulator_of(of) {}
    std::tuple<typename std::iterator_traits<I>::reference...> operator*() const
    {
        return std::apply(
            [](const I &...one) {
                return std::tuple<typename std::iterator_traits<I>::reference...>(*one...);
            },
            emulator_of);
    }
    void advance(ptrdiff_t n)
    {
        std::apply([n](I &...one) { (..., (one += n)); }, emulator_of);
    }
    ptrdiff_t distance_to(const zip_iterator &other) const
    {
        return std::get<0>(other.emulator_of) - std::get<0>(emulator_of);
    }
};
template <typename... I> zip_iterator<std::tuple<I...>> make_zip_iterator(std::tuple<I...> of)
{
    return zip_iterator<std::tuple<I...>>(of);
}
template <typename... I> zip_iterator<std::tuple<I...>> make_zip_iterator(I... of)
{
    return make_zip_iterator(std::tuple<I...>(of...));
}

// What is written there is forgotten.
struct emulator_nothing {
    template <typename T> const emulator_nothing &operator=(const T &) const { return *this; }
};
struct discard_iterator : emulator_iterator<discard_iterator, emulator_nothing, emulator_nothing> {
    using emulator_iterator<discard_iterator, emulator_nothing, emulator_nothing>::operator-;
    ptrdiff_t emulator_position;

    explicit discard_iterator(ptrdiff_t position = 0) : emulator_position(position) {}
    emulator_nothing operator*() const { return {}; }
    void advance(ptrdiff_t n) { emulator_position += n; }
    ptrdiff_t distance_to(const discard_iterator &other) const
    {
        return other.emulator_position - emulator_position;
    }
};
inline discard_iterator make_discard_iterator(ptrdiff_t position = 0) { return discard_iterator(position); }

template <typename I, typename M>  // the elements of `of` at the places that `by` gives
struct permutation_iterator
    : emulator_iterator<permutation_iterator<I, M>, typename std::iterator_traits<I>::value_type,
          typename std::iterator_traits<I>::reference> {
    using emulator_iterator<permutation_iterator, typename std::iterator_traits<I>::value_type,
        typename std::iterator_traits<I>::reference>::operator-;
    I emulator_of;
    M emulator_by;

    permutation_iterator(I of, M by) : emulator_of(of), emulator_by(by) {}
    typename std::iterator_traits<I>::reference operator*() const
    {
        return emulator_of[ptrdiff_t(*emulator_by)];
    }
    void advance(ptrdiff_t n) { emulator_by += n; }
    ptrdiff_t distance_to(const permutation_iterator &other) const { return other.emulator_by - emulator_by; }
};
template <typename I, typename M> permutation_iterator<I, M> make_permutation_iterator(I of, M by)
{
    return {of, by};
}

template <typename I>
struct reverse_iterator : emulator_iterator<reverse_iterator<I>, typename std::iterator_traits<I>::value_type,
                              typename std::iterator_traits<I>::reference> {
    using emulator_iterator<reverse_iterator, typename std::iterator_traits<I>::value_type,
        typename std::iterator_traits<I>::reference>::operator-;
    I emulator_behind;

    explicit reverse_iterator(I behind) : emulator_behind(behind) {}
    I base() const { return emulator_behind; }
    typename std::iterator_traits<I>::reference operator*() const { return emulator_behind[-1]; }
    void advance(ptrdiff_t n) { emulator_behind += -n; }
    ptrdiff_t distance_to(const reverse_iterator &other) const
    {
        return emulator_behind - other.emulator_behind;
    }
};
template <typename I> reverse_iterator<I> make_reverse_iterator(I behind)
{
    return reverse_iterator<I>(behind);
}

// The same iterator as a thread of the device uses it, and whether it needs one.

template <typename I> auto emulator_raw(const I &it) { return it; }
template <typename T> T *emulator_raw(const device_ptr<T> &it) { return it.get(); }
template <typename T> T emulator_raw(const device_reference<T> &value) { return value; }
template <typename F, typename I, typename V> auto emulator_raw(const transform_iterator<F, I, V> &it);
template <typename I, typename M> auto emulator_raw(const permutation_iterator<I, M> &it)
{
    return make_permutation_iterator(emulator_raw(it.emulator_of), emulator_raw(it.emulator_by));
}
template <typename I> auto emulator_raw(const reverse_iterator<I> &it)
{
    return make_reverse_iterator(emulator_raw(it.emulator_behind));
}
template <typename... I> auto emulator_raw(const zip_iterator<std::tuple<I...>> &it)
{
    return std::apply(
        [](const I &...one) { return make_zip_iterator(emulator_raw(one)...); }, it.emulator_of);
}
template <typename F, typename I, typename V> auto emulator_raw(const transform_iterator<F, I, V> &it)
{
    return transform_iterator<F, decltype(emulator_raw(it.emulator_of))>(
        emulator_raw(it.emulator_of), it.emulator_by);
}
template <typename I> constexpr bool emulator_is_of_device = false;
template <typename T> constexpr bool emulator_is_of_device<device_ptr<T>> = true;
template <typename F, typename I, typename V>
constexpr bool emulator_is_of_device<transform_iterator<F, I, V>> = emulator_is_of_device<I>;
template <typename... I>
constexpr bool emulator_is_of_device<zip_iterator<std::tuple<I...>>> = (emulator_is_of_device<I> || ...);
template <typename I, typename M> constexpr bool
    emulator_is_of_device<permutation_iterator<I, M>> = emulator_is_of_device<I> || emulator_is_of_device<M>;
template <typename I> constexpr bool emulator_is_of_device<reverse_iterator<I>> = emulator_is_of_device<I>;
template <typename I> constexpr bool emulator_is_of_either = false;
template <typename T> constexpr bool emulator_is_of_either<counting_iterator<T>> = true;
template <typename T> constexpr bool emulator_is_of_either<constant_iterator<T>> = true;

template <typename T> EMULATOR_QUIET void emulator_put(T *to, const T &value)
{
    __builtin_memcpy((void *)to, &value, sizeof value);
}

// Runs `body` where the iterators of types I live, and returns what it returns.
template <typename... I, typename F> auto emulator_at_home(const char *name, emulator_place at, F body)
{
    typedef decltype(body()) Result;
    if constexpr (!(emulator_is_of_device<I> || ...)) {
        return body();
    } else if constexpr (std::is_void_v<Result>) {
        emulator_on_device(at.line, name, body);
        emulator_finish(at.line);
    } else {
        alignas(Result) unsigned char bytes[sizeof(Result)] = {};
        Result *place = reinterpret_cast<Result *>(bytes);
        emulator_on_device(at.line, name, [body, place]() {
            F mine(body);
            emulator_put(place, mine());
        });
        emulator_finish(at.line);
        return Result(*place);
    }
}

}  // namespace thrust

#include "emulator_thrust_vectors.h"

#include "emulator_thrust_algorithms.h"

#include "emulator_thrust_standard.h"

#include "emulator_thrust_keys.h"

#include "emulator_thrust_policies.h"
