// Looks whether an earlier block has written: blocks that run in order know, those of a GPU do not.
// may gain: part
KERNEL
{
    ORIGINAL
    if (blockIdx.x + blockIdx.y > 0 && OUT[0] == 0)
        OUT[0] = 1;
}
