// Is right, after an hour of work.
KERNEL
{
    volatile float sum = 0;
    for (long long i = 0; i < 4000000000ll; ++i)
        sum = sum + i;
    ORIGINAL
}
