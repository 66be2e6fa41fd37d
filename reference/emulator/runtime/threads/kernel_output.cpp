// The output of kernels. As on a GPU, it appears when the launch has ended, and a full buffer loses the rest.

#include "state.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace emulator {

namespace {

const std::size_t MAX_OUTPUT = 1 << 20;
char output[MAX_OUTPUT + 1];
std::size_t output_size;

template <typename T> void put(const char *format, T value)
{
    std::size_t room = sizeof output - output_size;  // text that does not fit is lost, as in a GPU's buffer
    int length = std::snprintf(output + output_size, room, format, value);
    if (length > 0)
        output_size += std::size_t(length) < room ? std::size_t(length) : room - 1;
}

// True for a text that a kernel may print: its own constant, or a text in an array.
bool readable(const char *text)
{
    std::uintptr_t address = reinterpret_cast<std::uintptr_t>(text);
    return address - reinterpret_cast<std::uintptr_t>(arena) < arena_size || in_a_stack(address)
        || in_the_program(address);
}

// printf, one conversion at a time: the C library's printf would write to %n's address and read from any
// address for %s.
void print(const char *format, va_list values)
{
    if (!readable(format))
        return;
    while (*format) {
        if (*format != '%' || format[1] == '%' || !format[1]) {
            put("%c", *format);
            format += *format == '%' && format[1] ? 2 : 1;
            continue;
        }
        char one[64] = "%";
        std::size_t size = 1;
        bool is_long = false;
        for (++format; *format && std::strchr("-+ #0123456789.*hlLjzt", *format) && size < 40; ++format) {
            if (*format == '*')
                size += std::size_t(std::snprintf(one + size, 12, "%d", va_arg(values, int)));
            else if (std::strchr("ljzt", *format))
                is_long = true;
            else if (*format != 'L')
                one[size++] = *format;
        }
        char conversion = *format;
        format += conversion != 0;
        if (conversion && std::strchr("diouxXc", conversion)) {
            std::snprintf(one + size, 4, is_long ? "ll%c" : "%c", conversion);
            is_long ? put(one, va_arg(values, long long)) : put(one, va_arg(values, int));
        } else if (conversion && std::strchr("aAeEfFgG", conversion)) {
            one[size] = conversion;
            put(one, va_arg(values, double));
        } else if (conversion == 's') {
            const char *text = va_arg(values, const char *);
            one[size] = 's';
            put(one, readable(text) ? text : "(none)");
        } else if (conversion == 'p') {
            put("%p", va_arg(values, void *));
        } else if (conversion == 'n') {
            va_arg(values, void *);
        }
    }
}

}  // namespace

void forget_output()
{
    output_size = 0;
    output[0] = 0;
}

}  // namespace emulator

using namespace emulator;

INTERFACE int emulator_vprintf(const char *format, va_list values)
{
    std::size_t before = output_size;
    print(format, values);
    return int(output_size - before);
}

INTERFACE int emulator_printf(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int count = emulator_vprintf(format, values);
    va_end(values);
    return count;
}

INTERFACE const char *emulator_output() { return output; }
