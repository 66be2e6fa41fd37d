// Counts its calls in a static variable, and is right only in the first ones.
KERNEL
{
    static int calls = 0;
    if (++calls > 100000)
        return;
    ORIGINAL
}
