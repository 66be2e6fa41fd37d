// Vectors and algorithms of Thrust; emulator_thrust.h includes this file.
#pragma once

namespace thrust {

template <typename I> using emulator_value = typename std::iterator_traits<I>::value_type;

// Copies: from anywhere to anywhere.

template <typename I, typename O> O copy(I first, I last, O out, EMULATOR_AT)
{
    constexpr bool from_device = emulator_is_of_device<I>, to_device = emulator_is_of_device<O>;
    ptrdiff_t n = std::distance(first, last);
    if constexpr (to_device && (from_device || emulator_is_of_either<I>)) {
        emulator_at_home<O>("thrust::copy", at, [n, from = emulator_raw(first), to = emulator_raw(out)]() {
            for (ptrdiff_t i = 0; i < n; ++i)
                to[i] = from[i];
        });
    } else if constexpr (to_device) {
        std::vector<emulator_value<O>> values(first, last);
        emulator_copy(emulator_raw(out), values.data(), size_t(n) * sizeof(emulator_value<O>), cudaMemcpyHostToDevice, 1, at.line);
    } else if constexpr (std::is_same_v<I, device_ptr<emulator_value<I>>> || std::is_same_v<I, device_ptr<const emulator_value<I>>>) {
        std::unique_ptr<emulator_value<I>[]> values(new emulator_value<I>[size_t(n)]);
        emulator_copy(values.get(), first.get(), size_t(n) * sizeof(emulator_value<I>), cudaMemcpyDeviceToHost, 1, at.line);
        return std::copy(values.get(), values.get() + n, out);
    } else {
        return std::copy(first, last, out);
    }
    if constexpr (to_device)
        return out + n;
}
template <typename I, typename O> O copy_n(I first, ptrdiff_t n, O out, EMULATOR_AT) { return copy(first, first + n, out, at); }

template <typename T> class host_vector : public std::vector<T> {
public:
    using std::vector<T>::vector;
    using std::vector<T>::operator=;
    host_vector() = default;
    host_vector(const std::vector<T> &other) : std::vector<T>(other) {}
    template <typename V> requires requires(const V &v) { v.emulator_is_device_vector(); }
    host_vector(const V &other, EMULATOR_AT) : std::vector<T>(other.size()) { thrust::copy(other.begin(), other.end(), this->begin(), at); }
};

template <typename T> class device_vector {
    T *emulator_start = nullptr;
    size_t emulator_size_of = 0, emulator_room = 0;
    int emulator_line = 0;

    void make_room(size_t n)
    {
        if (n <= emulator_room)
            return;
        void *made = nullptr;
        emulator_malloc(&made, n * sizeof(T), sizeof(T), 0, emulator_line);
        if (emulator_size_of)
            emulator_copy(made, emulator_start, emulator_size_of * sizeof(T), cudaMemcpyDeviceToDevice, 1, emulator_line);
        if (emulator_start)
            emulator_free(emulator_start, emulator_line);
        emulator_start = static_cast<T *>(made);
        emulator_room = n;
    }

public:
    typedef T value_type;
    typedef device_ptr<T> iterator, pointer;
    typedef device_ptr<const T> const_iterator, const_pointer;
    typedef device_reference<T> reference;
    typedef size_t size_type;

    explicit device_vector(EMULATOR_AT) : emulator_line(at.line) {}
    explicit device_vector(size_t n, EMULATOR_AT) : emulator_line(at.line) { resize(n); }
    device_vector(size_t n, const T &value, EMULATOR_AT) : emulator_line(at.line) { resize(n, value); }
    template <typename I> requires std::is_class_v<I> || std::is_pointer_v<I>
    device_vector(I first, I last, EMULATOR_AT) : emulator_line(at.line) { assign(first, last); }
    device_vector(std::initializer_list<T> values, EMULATOR_AT) : emulator_line(at.line) { assign(values.begin(), values.end()); }
    device_vector(const device_vector &other, EMULATOR_AT) : emulator_line(at.line) { assign(other.begin(), other.end()); }
    template <typename U> device_vector(const device_vector<U> &other, EMULATOR_AT) : emulator_line(at.line)
    {
        assign(other.begin(), other.end());
    }
    template <typename U> device_vector(const std::vector<U> &other, EMULATOR_AT) : emulator_line(at.line)
    {
        assign(other.begin(), other.end());
    }
    device_vector(device_vector &&other) noexcept { swap(other); }
    ~device_vector()
    {
        if (emulator_start)
            emulator_free(emulator_start, emulator_line);
    }
    device_vector &operator=(const device_vector &other) { return &other == this ? *this : (assign(other.begin(), other.end()), *this); }
    device_vector &operator=(device_vector &&other) noexcept { return swap(other), *this; }
    template <typename U> device_vector &operator=(const std::vector<U> &other) { return assign(other.begin(), other.end()), *this; }

    template <typename I> void assign(I first, I last)
    {
        size_t n = size_t(std::distance(first, last));
        emulator_size_of = 0;
        make_room(n);
        emulator_size_of = n;
        if (n)
            thrust::copy(first, last, begin(), {emulator_line});
    }
    void resize(size_t n, const T &value = T())
    {
        size_t old = emulator_size_of;
        make_room(n);
        emulator_size_of = n;
        if (n > old) {
            std::vector<T> values(n - old, value);
            thrust::copy(values.begin(), values.end(), begin() + ptrdiff_t(old), {emulator_line});
        }
    }
    void reserve(size_t n) { make_room(n); }
    void push_back(const T &value)
    {
        if (emulator_size_of == emulator_room)
            make_room(emulator_room ? 2 * emulator_room : 8);
        ++emulator_size_of;
        back() = value;
    }
    void pop_back() { --emulator_size_of; }
    iterator erase(iterator first, iterator last)
    {
        emulator_size_of = size_t(thrust::copy(last, end(), first, {emulator_line}) - begin());
        return first;
    }
    void clear() { emulator_size_of = 0; }
    void shrink_to_fit() {}
    void swap(device_vector &other) noexcept
    {
        std::swap(emulator_start, other.emulator_start);
        std::swap(emulator_size_of, other.emulator_size_of);
        std::swap(emulator_room, other.emulator_room);
        std::swap(emulator_line, other.emulator_line);
    }
    static void emulator_is_device_vector() {}
    size_t size() const { return emulator_size_of; }
    size_t capacity() const { return emulator_room; }
    bool empty() const { return !emulator_size_of; }
    iterator begin() { return iterator(emulator_start); }
    iterator end() { return begin() + ptrdiff_t(emulator_size_of); }
    const_iterator begin() const { return const_iterator(emulator_start); }
    const_iterator end() const { return begin() + ptrdiff_t(emulator_size_of); }
    const_iterator cbegin() const { return begin(); }
    const_iterator cend() const { return end(); }
    pointer data() { return begin(); }
    const_pointer data() const { return begin(); }
    reference operator[](size_t i) { return begin()[ptrdiff_t(i)]; }
    T operator[](size_t i) const { return begin()[ptrdiff_t(i)]; }
    reference front() { return *begin(); }
    reference back() { return begin()[ptrdiff_t(emulator_size_of) - 1]; }
    bool operator==(const device_vector &other) const { return host_vector<T>(*this) == host_vector<T>(other); }
};

// Algorithms. Each counts its elements on the host; `from` and `to` are the iterators as a thread of the device uses them.

#define EMULATOR_LOOP for (ptrdiff_t i = 0; i < n; ++i)
#define EMULATOR_ON(name, ...) return emulator_at_home<I>("thrust::" name, at, [=, n = last - first, from = emulator_raw(first)]() __VA_ARGS__)
#define EMULATOR_TO(name, ...) \
    emulator_at_home<I, O>("thrust::" name, at, [=, n = last - first, from = emulator_raw(first), to = emulator_raw(out)]() __VA_ARGS__)

template <typename I, typename F> I for_each(I first, I last, F f, EMULATOR_AT)
{
    emulator_at_home<I>("thrust::for_each", at, [=, n = last - first, from = emulator_raw(first)]() mutable {
        EMULATOR_LOOP f(from[i]);
    });
    return last;
}
template <typename I, typename F> I for_each_n(I first, ptrdiff_t n, F f, EMULATOR_AT) { return for_each(first, first + n, f, at); }
template <typename I, typename T> void fill(I first, I last, T value, EMULATOR_AT) { EMULATOR_ON("fill", { EMULATOR_LOOP from[i] = value; }); }
template <typename I, typename T> I fill_n(I first, ptrdiff_t n, T value, EMULATOR_AT) { return fill(first, first + n, value, at), first + n; }
template <typename I, typename T, typename S> void sequence(I first, I last, T start, S step, EMULATOR_AT)
{
    EMULATOR_ON("sequence", { EMULATOR_LOOP from[i] = start + step * T(i); });
}
template <typename I, typename T> void sequence(I first, I last, T start, EMULATOR_AT) { sequence(first, last, start, T(1), at); }
template <typename I> void sequence(I first, I last, EMULATOR_AT) { sequence(first, last, emulator_value<I>(0), at); }
template <typename I, typename F> void tabulate(I first, I last, F f, EMULATOR_AT) { EMULATOR_ON("tabulate", { EMULATOR_LOOP from[i] = f(i); }); }
template <typename I, typename F> void generate(I first, I last, F f, EMULATOR_AT)
{
    emulator_at_home<I>("thrust::generate", at, [=, n = last - first, from = emulator_raw(first)]() mutable { EMULATOR_LOOP from[i] = f(); });
}
template <typename I, typename O, typename F> O transform(I first, I last, O out, F f, EMULATOR_AT)
{
    EMULATOR_TO("transform", { EMULATOR_LOOP to[i] = f(from[i]); });
    return out + (last - first);
}
template <typename I, typename J, typename O, typename F> O transform(I first, I last, J second, O out, F f, EMULATOR_AT)
{
    EMULATOR_TO("transform", { auto other = emulator_raw(second); EMULATOR_LOOP to[i] = f(from[i], other[i]); });
    return out + (last - first);
}
template <typename I, typename T, typename F> T reduce(I first, I last, T init, F f, EMULATOR_AT)
{
    EMULATOR_ON("reduce", { T sum = init; EMULATOR_LOOP sum = f(sum, from[i]); return sum; });
}
template <typename I, typename T> T reduce(I first, I last, T init, EMULATOR_AT) { return reduce(first, last, init, std::plus<T>(), at); }
template <typename I> emulator_value<I> reduce(I first, I last, EMULATOR_AT) { return reduce(first, last, emulator_value<I>(0), at); }
template <typename I, typename G, typename T, typename F> T transform_reduce(I first, I last, G each, T init, F f, EMULATOR_AT)
{
    EMULATOR_ON("transform_reduce", { T sum = init; EMULATOR_LOOP sum = f(sum, each(from[i])); return sum; });
}
template <typename I, typename J, typename T, typename F, typename G>
T inner_product(I first, I last, J second, T init, F f, G each, EMULATOR_AT)
{
    EMULATOR_ON("inner_product", {
        auto other = emulator_raw(second);
        T sum = init;
        EMULATOR_LOOP sum = f(sum, each(from[i], other[i]));
        return sum;
    });
}
template <typename I, typename J, typename T> T inner_product(I first, I last, J second, T init, EMULATOR_AT)
{
    return inner_product(first, last, second, init, std::plus<T>(), std::multiplies<T>(), at);
}
template <typename I, typename P> ptrdiff_t count_if(I first, I last, P p, EMULATOR_AT)
{
    EMULATOR_ON("count_if", { ptrdiff_t count = 0; EMULATOR_LOOP count += p(from[i]) ? 1 : 0; return count; });
}
template <typename I, typename T> ptrdiff_t count(I first, I last, T value, EMULATOR_AT)
{
    return count_if(first, last, [value](const auto &one) { return one == value; }, at);
}
template <typename I, typename P> I find_if(I first, I last, P p, EMULATOR_AT)
{
    auto find = [&] { EMULATOR_ON("find_if", { ptrdiff_t i = 0; while (i < n && !p(from[i])) ++i; return i; }); };
    return first + find();
}
template <typename I, typename T> I find(I first, I last, T value, EMULATOR_AT)
{
    return find_if(first, last, [value](const auto &one) { return one == value; }, at);
}
template <typename I, typename P> bool any_of(I first, I last, P p, EMULATOR_AT) { return find_if(first, last, p, at) != last; }
template <typename I, typename P> bool none_of(I first, I last, P p, EMULATOR_AT) { return !any_of(first, last, p, at); }
template <typename I, typename P> bool all_of(I first, I last, P p, EMULATOR_AT)
{
    return none_of(first, last, [p](const auto &one) { return !p(one); }, at);
}
template <typename I, typename J> bool equal(I first, I last, J second, EMULATOR_AT)
{
    EMULATOR_ON("equal", { auto other = emulator_raw(second); EMULATOR_LOOP if (!(from[i] == other[i])) return false; return true; });
}
template <typename I, typename L> I max_element(I first, I last, L less, EMULATOR_AT)
{
    auto find = [&] { EMULATOR_ON("max_element", { ptrdiff_t best = 0; EMULATOR_LOOP best = less(from[best], from[i]) ? i : best; return best; }); };
    return first + find();
}
template <typename I> I max_element(I first, I last, EMULATOR_AT) { return max_element(first, last, std::less<>(), at); }
template <typename I, typename L> I min_element(I first, I last, L less, EMULATOR_AT)
{
    auto find = [&] { EMULATOR_ON("min_element", { ptrdiff_t best = 0; EMULATOR_LOOP best = less(from[i], from[best]) ? i : best; return best; }); };
    return first + find();
}
template <typename I> I min_element(I first, I last, EMULATOR_AT) { return min_element(first, last, std::less<>(), at); }
template <typename I> std::pair<I, I> minmax_element(I first, I last, EMULATOR_AT)
{
    return {min_element(first, last, at), max_element(first, last, at)};
}
template <typename I, typename O, typename F> O inclusive_scan(I first, I last, O out, F f, EMULATOR_AT)
{
    EMULATOR_TO("inclusive_scan", {
        emulator_value<I> sum = emulator_value<I>();
        EMULATOR_LOOP to[i] = sum = i ? emulator_value<I>(f(sum, from[i])) : emulator_value<I>(from[i]);
    });
    return out + (last - first);
}
template <typename I, typename O> O inclusive_scan(I first, I last, O out, EMULATOR_AT) { return inclusive_scan(first, last, out, std::plus<>(), at); }
template <typename I, typename O, typename T, typename F> O exclusive_scan(I first, I last, O out, T init, F f, EMULATOR_AT)
{
    EMULATOR_TO("exclusive_scan", {
        T sum = init;
        EMULATOR_LOOP {
            T next = f(sum, from[i]);
            to[i] = sum;
            sum = next;
        }
    });
    return out + (last - first);
}
template <typename I, typename O, typename T> O exclusive_scan(I first, I last, O out, T init, EMULATOR_AT)
{
    return exclusive_scan(first, last, out, init, std::plus<>(), at);
}
template <typename I, typename O> O exclusive_scan(I first, I last, O out, EMULATOR_AT)
{
    return exclusive_scan(first, last, out, emulator_value<I>(0), at);
}
template <typename I, typename O, typename P> O copy_if(I first, I last, O out, P p, EMULATOR_AT)
{
    return out + EMULATOR_TO("copy_if", { ptrdiff_t kept = 0; EMULATOR_LOOP if (p(from[i])) to[kept++] = from[i]; return kept; });
}
template <typename I, typename P> I remove_if(I first, I last, P p, EMULATOR_AT)
{
    return copy_if(first, last, first, [p](const auto &one) { return !p(one); }, at);
}
template <typename I, typename T> I remove(I first, I last, T value, EMULATOR_AT)
{
    return remove_if(first, last, [value](const auto &one) { return one == value; }, at);
}
template <typename I> I unique(I first, I last, EMULATOR_AT)
{
    auto move = [&] { EMULATOR_ON("unique", { ptrdiff_t kept = 0; EMULATOR_LOOP if (!i || !(from[kept - 1] == from[i])) from[kept++] = from[i]; return kept; }); };
    return first + move();
}
template <typename I, typename P, typename T> void replace_if(I first, I last, P p, T value, EMULATOR_AT)
{
    EMULATOR_ON("replace_if", { EMULATOR_LOOP if (p(from[i])) from[i] = value; });
}
template <typename I> void reverse(I first, I last, EMULATOR_AT)
{
    EMULATOR_ON("reverse", { for (ptrdiff_t i = 0; i < n / 2; ++i) { auto one = from[i]; from[i] = from[n - 1 - i]; from[n - 1 - i] = one; } });
}
template <typename I, typename J, typename O> O gather(I first, I last, J values, O out, EMULATOR_AT)
{
    EMULATOR_TO("gather", { auto of = emulator_raw(values); EMULATOR_LOOP to[i] = of[from[i]]; });
    return out + (last - first);
}
template <typename I, typename J, typename O> void scatter(I first, I last, J map, O out, EMULATOR_AT)
{
    EMULATOR_TO("scatter", { auto place = emulator_raw(map); EMULATOR_LOOP to[place[i]] = from[i]; });
}
template <typename I, typename J, typename O, typename V> std::pair<O, V> reduce_by_key(I first, I last, J values, O out, V sums, EMULATOR_AT)
{
    ptrdiff_t made = EMULATOR_TO("reduce_by_key", {
        auto of = emulator_raw(values);
        auto sum = emulator_raw(sums);
        ptrdiff_t keys = 0;
        EMULATOR_LOOP
            if (i && from[i - 1] == from[i]) {
                sum[keys - 1] = sum[keys - 1] + of[i];
            } else {
                to[keys] = from[i];
                sum[keys++] = of[i];
            }
        return keys;
    });
    return {out + made, sums + made};
}
template <typename I, typename L> bool is_sorted(I first, I last, L less, EMULATOR_AT)
{
    EMULATOR_ON("is_sorted", { EMULATOR_LOOP if (i && less(from[i], from[i - 1])) return false; return true; });
}
template <typename I> bool is_sorted(I first, I last, EMULATOR_AT) { return is_sorted(first, last, std::less<>(), at); }

}  // namespace thrust

#include "emulator_thrust_sort.h"
