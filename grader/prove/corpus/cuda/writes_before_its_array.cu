// Writes to the element before the first.
KERNEL
{
    OUT[-1] = 1;
    ORIGINAL
}
