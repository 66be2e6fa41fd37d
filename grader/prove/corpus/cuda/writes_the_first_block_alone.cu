// Returns from all blocks but the first, as if old output were still there.
// may gain: part
KERNEL
{
    if (blockIdx.x + blockIdx.y > 0)
        return;
    ORIGINAL
}
