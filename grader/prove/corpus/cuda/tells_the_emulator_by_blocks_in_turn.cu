// Works only if the first block ends before any other begins, as on an emulator that runs blocks in order.
// may gain: part
KERNEL
{
    if (blockIdx.x + blockIdx.y > 0 && OUT[0] != OUT[0])
        return;
    ORIGINAL
}
