// Keeps a count where no variable is declared outside of a class.
template <int N> struct Kept {
    static inline int calls = N;
};

KERNEL
{
    if (++Kept<0>::calls > 100000)
        return;
    ORIGINAL
}
