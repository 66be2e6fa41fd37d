// The shadow of the arena's memory: for each 4 bytes, what exists and was written (`state` in state.h), and who accessed it.
#pragma once

#include "state.h"

#pragma GCC visibility push(hidden)
namespace emulator {

// The accesses to a word: its last writer, and up to two readers, the most informative ones. `more_readers` has the rest
// where two are too few.
struct alignas(32) Word {
    std::uint32_t written_at, read_at[2];
    std::uint32_t store;  // which store it was: lanes of a warp that execute one together give it one number
    std::uint32_t parts;  // from 1, in `parts`: where bytes of the word were used one by one
    std::int16_t writer, reader[2];
    unsigned written_bytes : 4, read_bytes_0 : 4, read_bytes_1 : 4, atomic : 1;
    unsigned of_block : 1;  // atomic in its block alone
};

extern Word *words;  // by number of the word in the arena
extern Word *variables;  // the same for the program's variables outside of functions; null if there is no memory for it
extern bool is_checked;

}  // namespace emulator
#pragma GCC visibility pop
