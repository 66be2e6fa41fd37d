// Tells the compiler to leave out the checks of accesses.
#pragma GCC optimize("no-sanitize=thread")
KERNEL
{
    ORIGINAL
}
