// Writes to constant memory, which is an ordinary variable on the emulator.
__constant__ int calls = 0;

KERNEL
{
    if (++calls > 100000)
        return;
    ORIGINAL
}
