// Tells the compiler to leave out the checks of accesses.
__attribute__((no_sanitize("thread"))) KERNEL
{
    ORIGINAL
}
