// Writes at an index that is far from every array.
KERNEL
{
    OUT[1000000000000ll] = 1;
    ORIGINAL
}
