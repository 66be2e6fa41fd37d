// Vectors of Thrust, and copies between them; emulator_thrust.h includes this file.
#pragma once

namespace thrust {

template <typename I> using emulator_value = typename std::iterator_traits<I>::value_type;

// A value of the host in an array: std::vector keeps a plain bool as a bit.
template <typename T> struct emulator_box {
    T value;

    emulator_box(const T &given = T()) : value(given) {}
    template <typename U> emulator_box(const U &given) : value(given) {}
    operator T &() { return value; }
    operator const T &() const { return value; }
};
template <typename T> using emulator_stored = std::conditional_t<std::is_same_v<T, bool>, emulator_box<T>, T>;

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
        std::vector<emulator_stored<emulator_value<O>>> values(first, last);
        emulator_copy(emulator_raw(out), values.data(), size_t(n) * sizeof values[0], cudaMemcpyHostToDevice,
            1, at.line);
    } else if constexpr (std::is_same_v<I,
                             device_ptr<emulator_value<
                                 I>>> || std::is_same_v<I, device_ptr<const emulator_value<I>>>) {
        std::unique_ptr<emulator_value<I>[]> values(new emulator_value<I>[size_t(n)]);
        emulator_copy(values.get(), first.get(), size_t(n) * sizeof(emulator_value<I>),
            cudaMemcpyDeviceToHost, 1, at.line);
        return std::copy(values.get(), values.get() + n, out);
    } else {
        return std::copy(first, last, out);
    }
    if constexpr (to_device)
        return out + n;
}
template <typename I, typename O> O copy_n(I first, ptrdiff_t n, O out, EMULATOR_AT)
{
    return copy(first, first + n, out, at);
}

template <typename T> class host_vector : public std::vector<emulator_stored<T>> {
    typedef std::vector<emulator_stored<T>> Vector;

public:
    using Vector::vector;
    using Vector::operator=;
    host_vector() = default;
    host_vector(const std::vector<T> &other) : Vector(other.begin(), other.end()) {}
    template <typename V> requires requires(const V &v) { v.emulator_is_device_vector(); }
    host_vector(const V &other, EMULATOR_AT) : Vector(other.size())
    {
        thrust::copy(other.begin(), other.end(), this->begin(), at);
    }
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
            emulator_copy(made, emulator_start, emulator_size_of * sizeof(T), cudaMemcpyDeviceToDevice, 1,
                emulator_line);
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
        device_vector(std::initializer_list<T> values, EMULATOR_AT)
            : emulator_line(at.line)
        {
            assign(values.begin(), values.end());
        }
        device_vector(const device_vector &other, EMULATOR_AT)
            : emulator_line(at.line)
        {
            assign(other.begin(), other.end());
        }
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
    device_vector &operator=(const device_vector &other)
    {
        return &other == this ? *this : (assign(other.begin(), other.end()), *this);
    }
    device_vector &operator=(device_vector &&other) noexcept { return swap(other), *this; }
    template <typename U> device_vector &operator=(const std::vector<U> &other)
    {
        return assign(other.begin(), other.end()), *this;
    }

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
            std::vector<emulator_stored<T>> values(n - old, value);
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
    bool operator==(const device_vector &other) const
    {
        return host_vector<T>(*this) == host_vector<T>(other);
    }
};

}  // namespace thrust
