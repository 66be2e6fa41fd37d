// Writes to constant memory, which on the emulator is a variable like any other.
__constant__ int calls = 0;

KERNEL
{
    if (++calls > 100000)
        return;
    ORIGINAL
}
