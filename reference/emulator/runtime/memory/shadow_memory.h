// The shadow of the arena's memory: for every 4 bytes, which exist and which were written (`state` in
// state.h), and who accessed them.
#pragma once

#include "state.h"

#pragma GCC visibility push(hidden)
namespace emulator {

// The accesses to a word: its last writer, and up to two readers, the most informative ones. If two are too
// few, `more_readers` has the others.
struct alignas(32) Word {
    std::uint32_t written_at, read_at[2];
    // the number of the store; lanes of a warp that execute a store together have one number
    std::uint32_t store;
    std::uint32_t parts;  // if bytes of the word were used one by one: its place in `parts`, counted from 1
    std::int16_t writer, reader[2];
    unsigned written_bytes : 4, read_bytes_0 : 4, read_bytes_1 : 4, atomic : 1;
    unsigned of_block : 1;  // the last write was atomic for its own block only
};

extern Word *words;  // by number of the word in the arena
// the same for the program's variables outside of functions; null if there is no memory for it
extern Word *variables;
extern bool is_checked;

}  // namespace emulator
#pragma GCC visibility pop
