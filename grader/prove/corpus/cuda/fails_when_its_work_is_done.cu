// Does its work, then requests too much shared memory. A GPU would not start it and would keep old output.
KERNEL
{
    ORIGINAL
    __shared__ float all[1 << 20];
    all[0] = 1;
}
