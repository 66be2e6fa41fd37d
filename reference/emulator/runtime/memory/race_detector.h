// Finds races: accesses to one word by two threads, at least one of them a store, with nothing that orders
// the two.
//
// It keeps, for each word of the arena, the last thread that stored there and the threads that read it since.
// Barriers, fences and atomic operations order threads. Only memory_checks.cpp includes this file: the
// compiler then inlines access_shadow() into the check of each access.
#pragma once

#include "fences.h"
#include "shadow_memory.h"
#include "state.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace emulator {

namespace {

struct Parts {
    std::size_t at;  // the word's number
    Word bytes[4];
};
std::vector<Parts> parts;
std::uint32_t parts_of;  // the launch that `parts` belongs to

// A store over another lane's store: afterwards, memory shows whether both stored the same value.
struct Pending {
    bool is_open;
    const unsigned char *memory;
    unsigned char before[16];
    int size;
    Finding race;
} pending;

const unsigned char *memory_at(std::size_t offset)
{
    return offset < VARIABLES ? arena + offset
                              : reinterpret_cast<const unsigned char *>(data_start + offset - VARIABLES);
}

__attribute__((noinline)) void report_race(Mode mode, std::uint64_t place, std::size_t offset, int size,
    int other, std::uint32_t moment, Mode other_mode)
{
    bool in_this_block = moment >= block_start;
    std::int64_t other_block = in_this_block ? block : block_at(moment);
    if (in_this_block ? was_handed_on(other, moment) : was_published(other_block, moment))
        return;
    Finding finding = finding_at(RACE, mode, place, offset, size);
    finding.other_thread = other;
    finding.other_block = other_block;
    finding.other_line = -1 - other_mode;
    report(finding);
}

std::uint32_t store_number(std::uint64_t place)
{
    return std::uint32_t(
        (place * 0x9e3779b97f4a7c15 ^ steps * 0xbf58476d1ce4e5b9 ^ waits * 0x94d049bb133111eb) >> 32);
}

// Two lanes of one warp at one store, in one block: no verdict is possible before the stored values are
// known.
bool is_one_store(const Word &word, std::uint64_t place, int size)
{
    return word.store == store_number(place) && word.written_at >= block_start
        && word.writer / WARP == thread / WARP && !word.atomic && size <= int(sizeof pending.before);
}

__attribute__((noinline)) void suspect(
    std::uint64_t place, std::size_t offset, int size, int other, std::uint32_t moment)
{
    if (pending.is_open || was_handed_on(other, moment))
        return;  // it belongs to the same access, or the two stores are ordered
    pending.is_open = true;
    pending.memory = memory_at(offset);
    pending.size = size;
    std::memcpy(pending.before, pending.memory, std::size_t(size));
    pending.race = finding_at(RACE, WRITE, place, offset, size);
    pending.race.other_thread = other;
    pending.race.other_block = block;
    pending.race.other_line = -1 - WRITE;
}

inline bool unordered(std::uint32_t moment, int other, std::uint32_t since)
{
    if (moment < since)
        return false;
    if (moment < block_start)
        return true;
    if (other == thread || moment < last_barrier)
        return false;
    return other / WARP != thread / WARP || moment >= ordered_until[thread][other % WARP];
}

// Ranks readers by how informative they are: another block, another warp, another thread, none.
inline int weight(std::uint32_t moment, int other, std::uint32_t since)
{
    if (moment < since)
        return 0;
    if (moment < block_start)
        return 3;
    if (moment < last_barrier || other == thread)
        return 0;
    return other / WARP != thread / WARP ? 2 : 1;
}

// Two readers of a word are enough: a writer that races with a third one races with one of these two as well.
// The exception is a fence, or a barrier of some lanes, that orders the writer after these two alone. Once a
// kernel has passed one, all readers since the last write are kept.
struct Reader {
    std::uint32_t read_at;
    std::int16_t thread;
    std::uint16_t bytes;
};
std::unordered_map<std::size_t, std::vector<Reader>> more_readers;  // by word
// the launch that `more_readers` belongs to
std::uint32_t more_readers_of;

// of this block and of another one, by bytes
const std::size_t MOST_READERS = 2 * 4 * std::size_t(MAX_THREADS);

inline bool keeps_all_readers() { return orders_some || releases_of == block_start; }

__attribute__((noinline)) void keep_reader(
    std::size_t at, std::uint32_t moment, std::int16_t who, unsigned bytes, std::uint32_t since)
{
    if (!weight(moment, who, since))
        return;  // everything that this thread and others do from now on is ordered after that read
    if (more_readers_of != launch_start)
        more_readers.clear();
    more_readers_of = launch_start;
    std::vector<Reader> &readers = more_readers[at];
    for (Reader &one : readers)
        if (one.thread == who && one.bytes == bytes
            && (one.read_at >= block_start) == (moment >= block_start)) {
            one.read_at = moment;
            return;
        }
    if (readers.size() < MOST_READERS) {
        readers.push_back({moment, who, std::uint16_t(bytes)});
        return;
    }
    for (Reader &one : readers)
        if (!weight(one.read_at, one.thread, since)) {
            one = {moment, who, std::uint16_t(bytes)};
            return;
        }
}

// Compares a write or an atomic operation with all readers of its bytes, and forgets those: later accesses to
// these bytes are compared with the write.
template <Mode MODE>
__attribute__((noinline)) void meet_readers(
    unsigned bytes, std::size_t at, std::size_t offset, int size, std::uint64_t place, std::uint32_t since)
{
    auto found = more_readers.find(at);
    if (more_readers_of != launch_start || found == more_readers.end())
        return;
    std::vector<Reader> &readers = found->second;
    for (Reader &one : readers) {
        if (one.bytes & bytes && unordered(one.read_at, one.thread, since))
            report_race(MODE, place, offset, size, one.thread, one.read_at, READ);
        one.bytes = std::uint16_t(one.bytes & ~bytes);
    }
    readers.erase(
        std::remove_if(readers.begin(), readers.end(), [](const Reader &one) { return !one.bytes; }),
        readers.end());
    if (readers.empty())
        more_readers.erase(found);
}

template <Mode MODE> inline void access_shadow(
    Word &word, unsigned bytes, std::size_t at, std::size_t offset, int size, std::uint64_t place)
{
    std::uint32_t since = at < SHARED_ZONE / 4 ? block_start : launch_start;
    if (unordered(word.written_at, word.writer, since) && (word.written_bytes & bytes)
        && !(is_atomic(MODE) && word.atomic
            && (word.written_at >= block_start || (MODE == ATOMIC && !word.of_block)))) {
        if (MODE == WRITE && is_one_store(word, place, size))
            suspect(place, offset, size, word.writer, word.written_at);
        else
            report_race(
                MODE, place, offset, size, word.writer, word.written_at, word.atomic ? ATOMIC : WRITE);
    }
    if (MODE == READ) {
        if (word.reader[0] != thread) {
            int first = weight(word.read_at[0], word.reader[0], since);
            int second = weight(word.read_at[1], word.reader[1], since);
            if (__builtin_expect(keeps_all_readers(), 0)) {
                int out = first >= second ? 1 : 0;
                keep_reader(at, word.read_at[out], word.reader[out],
                    out ? word.read_bytes_1 : word.read_bytes_0, since);
            }
            if (first >= second) {
                word.reader[1] = word.reader[0];
                word.read_at[1] = word.read_at[0];
                word.read_bytes_1 = word.read_bytes_0;
            }
            word.reader[0] = std::int16_t(thread);
        } else if (word.read_at[0] < block_start && weight(word.read_at[1], word.reader[1], since) < 3) {
            if (__builtin_expect(keeps_all_readers(), 0))
                keep_reader(at, word.read_at[1], word.reader[1], word.read_bytes_1, since);
            word.reader[1] = word.reader[0];  // a thread of the same number, of another block
            word.read_at[1] = word.read_at[0];
            word.read_bytes_1 = word.read_bytes_0;
        }
        word.read_at[0] = now;
        word.read_bytes_0 = bytes;
        return;
    }
    for (int i = 0; i < 2; ++i)
        if (unordered(word.read_at[i], word.reader[i], since)
            && ((i ? word.read_bytes_1 : word.read_bytes_0) & bytes))
            report_race(MODE, place, offset, size, word.reader[i], word.read_at[i], READ);
    if (__builtin_expect(keeps_all_readers(), 0))
        meet_readers<MODE>(bytes, at, offset, size, place, since);
    // another block is compared with the last operation of this block; an earlier one counts while all were
    // atomic
    word.of_block = MODE == ATOMIC_OF_BLOCK
        || (MODE == ATOMIC && word.atomic && word.of_block && word.written_at >= block_start);
    word.written_at = now;
    word.writer = std::int16_t(thread);
    word.written_bytes = bytes;
    word.atomic = is_atomic(MODE);
    word.store = store_number(place);
}

// The accesses to each byte of a word; null if its bytes were always used together.
Word *bytes_of(Word &word, std::size_t at)
{
    if (parts_of != launch_start) {
        parts.clear();
        parts_of = launch_start;
    }
    bool is_split = word.parts && word.parts <= parts.size() && parts[word.parts - 1].at == at;
    return is_split ? parts[word.parts - 1].bytes : nullptr;
}

Word *split(Word &word, std::size_t at)
{
    parts.push_back({at, {word, word, word, word}});
    word.parts = std::uint32_t(parts.size());
    return parts.back().bytes;
}

template <Mode MODE>
__attribute__((noinline)) void access_bytes(
    Word *by_byte, unsigned bytes, std::size_t at, std::size_t offset, int size, std::uint64_t place)
{
    for (unsigned byte = 0; byte < 4; ++byte)
        if (bytes >> byte & 1)
            access_shadow<MODE>(by_byte[byte], 1u << byte, at, offset, size, place);
}

// True if another reader of this word adds nothing: two threads have read it in this moment, and its last
// write is ordered before them. The next writer races with one of the two.
inline bool tells_nothing(const Word &word, bool is_shared)
{
    return word.written_at < (is_shared ? last_barrier : launch_start) && word.read_at[0] == now
        && word.read_at[1] == now && !word.parts && !keeps_all_readers();
}

}  // namespace

}  // namespace emulator
