// Asks for a macro that g++ has.
KERNEL
{
#ifdef __GNUC__
    ORIGINAL
#endif
}
