// Every thread waits until another one writes a number to global memory, which no thread does.
KERNEL
{
    volatile float *flag = OUT;
    flag[0] = 1;
    while (flag[0] != 2) {
    }
    ORIGINAL
}
