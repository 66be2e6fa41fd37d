// Writes to the element before the first.
// may gain: part
KERNEL
{
    OUT[-1] = 1;
    ORIGINAL
}
