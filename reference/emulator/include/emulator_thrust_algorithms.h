// Algorithms of Thrust; emulator_thrust.h includes this file. Those that the standard library has are in
// emulator_thrust_standard.h, and those with keys in emulator_thrust_keys.h.
#pragma once

namespace thrust {

// Each algorithm counts its elements on the host; `from` and `to` are the iterators as a thread of the device
// uses them.
#define EMULATOR_LOOP for (ptrdiff_t i = 0; i < n; ++i)
#define EMULATOR_ON(name, ...)                                                                               \
    return emulator_at_home<I>(                                                                              \
        "thrust::" name, at, [=, n = last - first, from = emulator_raw(first)]() mutable __VA_ARGS__)
#define EMULATOR_TO(name, ...)                                                                               \
    emulator_at_home<I, O>("thrust::" name, at,                                                              \
        [=, n = last - first, from = emulator_raw(first), to = emulator_raw(out)]() mutable __VA_ARGS__)
#define EMULATOR_NOT [p](const auto &one) { return !p(one); }

template <typename I, typename F> I for_each(I first, I last, F f, EMULATOR_AT)
{
    auto run = [=] { EMULATOR_ON("for_each", { EMULATOR_LOOP f(from[i]); }); };
    return run(), last;
}
template <typename I, typename F> I for_each_n(I first, ptrdiff_t n, F f, EMULATOR_AT)
{
    return for_each(first, first + n, f, at);
}
template <typename I, typename T> void fill(I first, I last, T value, EMULATOR_AT)
{
    EMULATOR_ON("fill", { EMULATOR_LOOP from[i] = value; });
}
template <typename I, typename T> I fill_n(I first, ptrdiff_t n, T value, EMULATOR_AT)
{
    return fill(first, first + n, value, at), first + n;
}
template <typename I, typename T> void uninitialized_fill(I first, I last, T value, EMULATOR_AT)
{
    fill(first, last, value, at);
}
template <typename I, typename T> I uninitialized_fill_n(I first, ptrdiff_t n, T value, EMULATOR_AT)
{
    return fill_n(first, n, value, at);
}
template <typename I, typename O> O uninitialized_copy(I first, I last, O out, EMULATOR_AT)
{
    return thrust::copy(first, last, out, at);
}
template <typename I, typename O> O uninitialized_copy_n(I first, ptrdiff_t n, O out, EMULATOR_AT)
{
    return thrust::copy_n(first, n, out, at);
}
template <typename I, typename T, typename S> void sequence(I first, I last, T start, S step, EMULATOR_AT)
{
    EMULATOR_ON("sequence", { EMULATOR_LOOP from[i] = start + step * T(i); });
}
template <typename I, typename T> void sequence(I first, I last, T start, EMULATOR_AT)
{
    sequence(first, last, start, T(1), at);
}
template <typename I> void sequence(I first, I last, EMULATOR_AT)
{
    sequence(first, last, emulator_value<I>(0), at);
}
template <typename I, typename F> void tabulate(I first, I last, F f, EMULATOR_AT)
{
    EMULATOR_ON("tabulate", { EMULATOR_LOOP from[i] = f(i); });
}
template <typename I, typename F> void generate(I first, I last, F f, EMULATOR_AT)
{
    EMULATOR_ON("generate", { EMULATOR_LOOP from[i] = f(); });
}
template <typename I, typename F> I generate_n(I first, ptrdiff_t n, F f, EMULATOR_AT)
{
    return generate(first, first + n, f, at), first + n;
}

template <typename I, typename O, typename F> O transform(I first, I last, O out, F f, EMULATOR_AT)
{
    EMULATOR_TO("transform", { EMULATOR_LOOP to[i] = f(from[i]); });
    return out + (last - first);
}
template <typename I, typename J, typename O, typename F>
O transform(I first, I last, J second, O out, F f, EMULATOR_AT)
{
    EMULATOR_TO("transform", {
        auto other = emulator_raw(second);
        EMULATOR_LOOP to[i] = f(from[i], other[i]);
    });
    return out + (last - first);
}
template <typename I, typename S, typename O, typename F, typename P>
O transform_if(I first, I last, S stencil, O out, F f, P p, EMULATOR_AT)
{
    EMULATOR_TO("transform_if", {
        auto of = emulator_raw(stencil);
        EMULATOR_LOOP if (p(of[i])) to[i] = f(from[i]);
    });
    return out + (last - first);
}
template <typename I, typename O, typename F, typename P>
O transform_if(I first, I last, O out, F f, P p, EMULATOR_AT)
{
    return transform_if(first, last, first, out, f, p, at);
}
template <typename I, typename J, typename S, typename O, typename F, typename P>
O transform_if(I first, I last, J second, S stencil, O out, F f, P p, EMULATOR_AT)
{
    EMULATOR_TO("transform_if", {
        auto other = emulator_raw(second);
        auto of = emulator_raw(stencil);
        EMULATOR_LOOP if (p(of[i])) to[i] = f(from[i], other[i]);
    });
    return out + (last - first);
}

template <typename I, typename T, typename F> T reduce(I first, I last, T init, F f, EMULATOR_AT)
{
    EMULATOR_ON("reduce", { T sum = init; EMULATOR_LOOP sum = f(sum, from[i]); return sum; });
}
template <typename I, typename T> T reduce(I first, I last, T init, EMULATOR_AT)
{
    return reduce(first, last, init, std::plus<T>(), at);
}
template <typename I> emulator_value<I> reduce(I first, I last, EMULATOR_AT)
{
    return reduce(first, last, emulator_value<I>(0), at);
}
template <typename I, typename G, typename T, typename F>
T transform_reduce(I first, I last, G each, T init, F f, EMULATOR_AT)
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
    EMULATOR_ON("count_if", {
        ptrdiff_t count = 0;
        EMULATOR_LOOP count += p(from[i]) ? 1 : 0;
        return count;
    });
}
template <typename I, typename T> ptrdiff_t count(I first, I last, T value, EMULATOR_AT)
{
    return count_if(first, last, [value](const auto &one) { return one == value; }, at);
}
template <typename I, typename F> ptrdiff_t unique_count(I first, I last, F same, EMULATOR_AT)
{
    EMULATOR_ON("unique_count", {
        ptrdiff_t count = 0;
        EMULATOR_LOOP count += !i || !same(from[i - 1], from[i]) ? 1 : 0;
        return count;
    });
}
template <typename I> ptrdiff_t unique_count(I first, I last, EMULATOR_AT)
{
    return unique_count(first, last, std::equal_to<>(), at);
}

template <typename I, typename O, typename F> O inclusive_scan(I first, I last, O out, F f, EMULATOR_AT)
{
    EMULATOR_TO("inclusive_scan", {
        emulator_value<I> sum = emulator_value<I>();
        EMULATOR_LOOP to[i] = sum = i ? emulator_value<I>(f(sum, from[i])) : emulator_value<I>(from[i]);
    });
    return out + (last - first);
}
template <typename I, typename O> O inclusive_scan(I first, I last, O out, EMULATOR_AT)
{
    return inclusive_scan(first, last, out, std::plus<>(), at);
}
template <typename I, typename O, typename T, typename F>
O exclusive_scan(I first, I last, O out, T init, F f, EMULATOR_AT)
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
template <typename I, typename O, typename G, typename F>
O transform_inclusive_scan(I first, I last, O out, G each, F f, EMULATOR_AT)
{
    return inclusive_scan(
        make_transform_iterator(first, each), make_transform_iterator(last, each), out, f, at);
}
template <typename I, typename O, typename G, typename T, typename F>
O transform_exclusive_scan(I first, I last, O out, G each, T init, F f, EMULATOR_AT)
{
    return exclusive_scan(
        make_transform_iterator(first, each), make_transform_iterator(last, each), out, init, f, at);
}

// Algorithms that keep, remove or replace some elements: by their own values, or by those of a stencil.

template <typename I, typename S, typename O, typename P>
O copy_if(I first, I last, S stencil, O out, P p, EMULATOR_AT)
{
    return out + EMULATOR_TO("copy_if", {
        auto of = emulator_raw(stencil);
        ptrdiff_t kept = 0;
        EMULATOR_LOOP if (p(of[i])) to[kept++] = from[i];
        return kept;
    });
}
template <typename I, typename O, typename P> O copy_if(I first, I last, O out, P p, EMULATOR_AT)
{
    return copy_if(first, last, first, out, p, at);
}
template <typename I, typename S, typename O, typename P>
O remove_copy_if(I first, I last, S stencil, O out, P p, EMULATOR_AT)
{
    return copy_if(first, last, stencil, out, EMULATOR_NOT, at);
}
template <typename I, typename O, typename P> O remove_copy_if(I first, I last, O out, P p, EMULATOR_AT)
{
    return copy_if(first, last, out, EMULATOR_NOT, at);
}
template <typename I, typename O, typename T> O remove_copy(I first, I last, O out, T value, EMULATOR_AT)
{
    return remove_copy_if(first, last, out, [value](const auto &one) { return one == value; }, at);
}
template <typename I, typename S, typename P> I remove_if(I first, I last, S stencil, P p, EMULATOR_AT)
{
    return remove_copy_if(first, last, stencil, first, p, at);
}
template <typename I, typename P> I remove_if(I first, I last, P p, EMULATOR_AT)
{
    return remove_if(first, last, first, p, at);
}
template <typename I, typename T> I remove(I first, I last, T value, EMULATOR_AT)
{
    return remove_copy(first, last, first, value, at);
}
template <typename I, typename S, typename O, typename P, typename T>
O replace_copy_if(I first, I last, S stencil, O out, P p, T value, EMULATOR_AT)
{
    EMULATOR_TO("replace_if", {
        auto of = emulator_raw(stencil);
        EMULATOR_LOOP to[i] = p(of[i]) ? emulator_value<I>(value) : emulator_value<I>(from[i]);
    });
    return out + (last - first);
}
template <typename I, typename O, typename P, typename T>
O replace_copy_if(I first, I last, O out, P p, T value, EMULATOR_AT)
{
    return replace_copy_if(first, last, first, out, p, value, at);
}
template <typename I, typename O, typename T>
O replace_copy(I first, I last, O out, T old, T value, EMULATOR_AT)
{
    return replace_copy_if(first, last, out, [old](const auto &one) { return one == old; }, value, at);
}
template <typename I, typename S, typename P, typename T>
void replace_if(I first, I last, S stencil, P p, T value, EMULATOR_AT)
{
    replace_copy_if(first, last, stencil, first, p, value, at);
}
template <typename I, typename P, typename T> void replace_if(I first, I last, P p, T value, EMULATOR_AT)
{
    replace_if(first, last, first, p, value, at);
}
template <typename I, typename T> void replace(I first, I last, T old, T value, EMULATOR_AT)
{
    replace_copy(first, last, first, old, value, at);
}

template <typename I> void reverse(I first, I last, EMULATOR_AT)
{
    EMULATOR_ON("reverse", {
        for (ptrdiff_t i = 0; i < n / 2; ++i) {
            emulator_value<I> one = from[i];
            from[i] = emulator_value<I>(from[n - 1 - i]);
            from[n - 1 - i] = one;
        }
    });
}
template <typename I, typename O> O swap_ranges(I first, I last, O out, EMULATOR_AT)
{
    EMULATOR_TO("swap_ranges", {
        EMULATOR_LOOP {
            emulator_value<I> one = from[i];
            from[i] = emulator_value<I>(to[i]);
            to[i] = one;
        }
    });
    return out + (last - first);
}
template <typename I, typename S, typename J, typename O, typename P>
O gather_if(I first, I last, S stencil, J values, O out, P p, EMULATOR_AT)
{
    EMULATOR_TO("gather_if", {
        auto kept = emulator_raw(stencil);
        auto of = emulator_raw(values);
        EMULATOR_LOOP if (p(kept[i])) to[i] = of[from[i]];
    });
    return out + (last - first);
}
template <typename I, typename S, typename J, typename O>
O gather_if(I first, I last, S stencil, J values, O out, EMULATOR_AT)
{
    return gather_if(first, last, stencil, values, out, identity<>(), at);
}
template <typename I, typename J, typename O> O gather(I first, I last, J values, O out, EMULATOR_AT)
{
    return gather_if(first, last, constant_iterator<bool>(true), values, out, at);
}
template <typename I, typename J, typename S, typename O, typename P>
void scatter_if(I first, I last, J map, S stencil, O out, P p, EMULATOR_AT)
{
    EMULATOR_TO("scatter_if", {
        auto place = emulator_raw(map);
        auto kept = emulator_raw(stencil);
        EMULATOR_LOOP if (p(kept[i])) to[place[i]] = from[i];
    });
}
template <typename I, typename J, typename S, typename O>
void scatter_if(I first, I last, J map, S stencil, O out, EMULATOR_AT)
{
    scatter_if(first, last, map, stencil, out, identity<>(), at);
}
template <typename I, typename J, typename O> void scatter(I first, I last, J map, O out, EMULATOR_AT)
{
    scatter_if(first, last, map, constant_iterator<bool>(true), out, at);
}

}  // namespace thrust
