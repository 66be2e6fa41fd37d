// Checks whether an earlier block has written: this is certain if blocks run in order, but not on a GPU.
// may gain: part
KERNEL
{
    ORIGINAL
    if (blockIdx.x + blockIdx.y > 0 && OUT[0] == 0)
        OUT[0] = 1;
}
