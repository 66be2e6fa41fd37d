// Waits in every thread for a number in global memory that no thread writes.
KERNEL
{
    volatile float *flag = OUT;
    flag[0] = 1;
    while (flag[0] != 2) {
    }
    ORIGINAL
}
