// Skips numbers of XORWOW. A step of its five words is a linear map over bits; n steps are a product of maps,
// one for each bit of n.

#include "state.h"

#include <cstring>

namespace {

const int BITS = 160, WORDS = 5, SEQUENCE = 67;  // a sequence has 2^67 numbers

struct Vector {
    std::uint32_t words[WORDS];
};
struct Map {
    Vector columns[BITS];  // of each bit: what it becomes

    Vector of(const Vector &given) const
    {
        Vector made = {};
        for (int bit = 0; bit < BITS; ++bit)
            if (given.words[bit / 32] >> bit % 32 & 1)
                for (int word = 0; word < WORDS; ++word)
                    made.words[word] ^= columns[bit].words[word];
        return made;
    }
};

// The map of 2^power steps.
const Map &steps(std::size_t power)
{
    static std::vector<Map> maps;
    if (maps.empty()) {
        maps.resize(SEQUENCE + 64);
        for (int bit = 0; bit < BITS; ++bit) {
            Vector one = {}, &next = maps[0].columns[bit];
            one.words[bit / 32] = 1u << bit % 32;
            std::memcpy(next.words, one.words + 1, sizeof one.words - sizeof *one.words);
            std::uint32_t t = one.words[0] ^ one.words[0] >> 2, last = one.words[4];
            next.words[4] = last ^ last << 4 ^ t ^ t << 1;
        }
        for (std::size_t i = 1; i < maps.size(); ++i)
            for (int bit = 0; bit < BITS; ++bit)
                maps[i].columns[bit] = maps[i - 1].of(maps[i - 1].columns[bit]);
    }
    return maps[power];
}

}  // namespace

INTERFACE void emulator_xorwow_skip(unsigned *words, unsigned long long n, int by_sequences)
{
    Vector vector;
    std::memcpy(vector.words, words, sizeof vector.words);
    for (std::size_t bit = 0; n >> bit; ++bit) {
        if (n >> bit & 1)
            vector = steps(bit + (by_sequences ? SEQUENCE : 0)).of(vector);
        if (bit == 63)
            break;
    }
    std::memcpy(words, vector.words, sizeof vector.words);
}
