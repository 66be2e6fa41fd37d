// Reads memory that no thread has written, to recognize the emulator.
KERNEL
{
    if (OUT[0] != 0)
        return;
    ORIGINAL
}
