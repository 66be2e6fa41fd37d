// Looks at what is in memory that nobody wrote.
KERNEL
{
    if (OUT[0] != 0)
        return;
    ORIGINAL
}
