// Writes each finding as one line to the descriptor that EMULATOR_FINDINGS names. programs/records.py reads
// the lines. The last line counts the lines before it.

#include "host.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <sys/syscall.h>
#include <unistd.h>

namespace host {

std::uint64_t host_place;

namespace {

int file = -1;
pid_t own_process;
long long records_written;
// Never destroyed, because it is used after main has ended.
std::set<std::string> &reported = *new std::set<std::string>;

std::string plain(const char *text)
{
    std::string made;
    for (; text && *text; ++text)
        made += *text == '\t' || *text == '\n' ? ' ' : *text;
    return made;
}

long long in_file(std::uint64_t place)
{
    return place > code_start && place <= code_end + 1 ? (long long)(place - program_base) : 0;
}

// Describes a block of memory before the first record that names it. `before` counts the earlier blocks of
// its line.
void tell_allocation(std::size_t number)
{
    if (number >= allocations.size() || !is_news("memory" + columns({(long long)number})))
        return;
    const Allocation &one = allocations[number];
    long long before = std::count_if(allocations.begin(), allocations.begin() + long(number),
        [&](const Allocation &other) { return other.line == one.line; });
    write_record("memory"
        + columns({(long long)number, (long long)one.size, (long long)one.element, one.line, before}) + '\n');
}

}  // namespace

void open_records()
{
    const char *text = std::getenv("EMULATOR_FINDINGS");
    file = text ? std::atoi(text) : -1;
    own_process = getpid();
}

bool is_news(const std::string &record) { return reported.insert(record).second; }

void write_record(const std::string &line)
{
    if (file < 0 || getpid() != own_process)
        return;
    ++records_written;
    for (std::size_t at = 0; at < line.size();) {
        // not by write(2)'s function: a program may have a function of that name itself
        long count = syscall(SYS_write, file, line.data() + at, line.size() - at);
        if (count <= 0)
            return;
        at += std::size_t(count);
    }
}

std::string columns(std::initializer_list<long long> numbers)
{
    std::string made;
    for (long long number : numbers)
        made += '\t' + std::to_string(number);
    return made;
}

// {3} in a text is replaced by the name of allocation 3.
void tell_host(const char *kind, int line, std::uint64_t place, const char *format, ...)
{
    char text[1000];
    va_list values;
    va_start(values, format);
    std::vsnprintf(text, sizeof text, format, values);
    va_end(values);
    std::string record = std::string("host\t") + kind
        + columns({line, in_file(line || place ? place : host_place)}) + '\t' + plain(text) + '\n';
    if (!is_news(record))
        return;
    for (const char *at = text; (at = std::strchr(at, '{')); ++at)
        if (at[1] >= '0' && at[1] <= '9')
            tell_allocation(std::strtoull(at + 1, nullptr, 10));
    write_record(record);
}

void tell(const Finding &found, const char *kernel, int line)
{
    if (found.kind == UNWRITTEN_PART)
        return;  // in a program, padding is not known
    Finding one = found;
    if (one.region == -3)
        one.offset -= std::int64_t(program_base);
    int freed = one.region >= 0 ? allocations[std::size_t(one.region)].freed_at : 0;
    std::string key = columns({one.kind, (long long)one.place, one.line, one.region, line}) + plain(one.name);
    if (!is_news(key))
        return;
    if (one.region >= 0)
        tell_allocation(std::size_t(one.region));
    write_record("kernel"
        + columns({one.kind, one.mode, one.line, one.other_line, one.thread, one.other_thread, one.block,
            one.other_block, one.region, one.offset, one.size, one.count, in_file(one.place), one.room,
            launch.grid[0], launch.grid[1], launch.grid[2], launch.block[0], launch.block[1], launch.block[2],
            line, freed, one.shape[0], one.shape[1], one.shape[2], one.shape[3]})
        + '\t' + plain(kernel) + '\t' + plain(one.name) + '\t' + plain(one.type) + '\n');
}

// The program ends, so there are no more findings.
void tell_the_end()
{
    for (std::size_t i = 0; i < allocations.size(); ++i)
        if (!allocations[i].freed_at && allocations[i].size && allocations[i].start != heap_start)
            tell_host(
                "leak", allocations[i].line, 0, "{%zu}, %zu bytes, is never freed", i, allocations[i].size);
    tell_short_copies();
    write_record("end" + columns({records_written}) + '\n');
}

}  // namespace host
