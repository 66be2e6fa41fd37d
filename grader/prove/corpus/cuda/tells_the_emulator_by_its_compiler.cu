// Tests for a macro that g++ defines.
KERNEL
{
#ifdef __GNUC__
    ORIGINAL
#endif
}
