// Counts its calls in a static variable of its own, and is right in the first ones alone.
KERNEL
{
    static int calls = 0;
    if (++calls > 100000)
        return;
    ORIGINAL
}
