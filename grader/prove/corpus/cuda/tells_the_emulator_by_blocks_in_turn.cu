// Works only where the first block is done before any other begins, as on an emulator that runs them in order.
// may gain: part
KERNEL
{
    if (blockIdx.x + blockIdx.y > 0 && OUT[0] != OUT[0])
        return;
    ORIGINAL
}
