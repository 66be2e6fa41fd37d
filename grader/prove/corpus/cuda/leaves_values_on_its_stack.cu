// Looks for what another block, or an earlier launch, left on its stack, and writes nothing where it finds it. The
// emulator fills such an array with a pattern, so it finds nothing anywhere, and is a right kernel.
// may gain: all
KERNEL
{
    volatile int left[4096];
    bool is_left = false;
    for (int i = 0; i < 4096; ++i)
        is_left = is_left || left[i] == 0x5eed5eed;
    for (int i = 0; i < 4096; ++i)
        left[i] = 0x5eed5eed;
    if (is_left)
        return;
    ORIGINAL
}
