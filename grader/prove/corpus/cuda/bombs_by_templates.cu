// Requests sixteen million instances of one template.
template <int A, int B> struct Tree {
    static const unsigned n = Tree<A - 1, B>::n + Tree<A - 1, B + (1 << A)>::n;
};
template <int B> struct Tree<0, B> {
    static const unsigned n = B;
};

KERNEL
{
    OUT[0] = Tree<24, 0>::n;
}
