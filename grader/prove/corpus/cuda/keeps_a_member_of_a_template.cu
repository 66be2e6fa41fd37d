// Keeps a count in a static member of a template, because it may not declare a global variable.
template <int N> struct Kept {
    static inline int calls = N;
};

KERNEL
{
    if (++Kept<0>::calls > 100000)
        return;
    ORIGINAL
}
