// Jumps to an address that it computes. It could run instructions that hide inside of its constants.
KERNEL
{
    void *there = &&behind;
    goto *(there + (OUT[0] == 12345.0f));
behind:
    ORIGINAL
}
