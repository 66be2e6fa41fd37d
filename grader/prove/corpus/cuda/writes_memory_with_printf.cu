// Uses printf to write to memory.
KERNEL
{
    int count = 0;
    printf("%d%n\n", 1, &count);
    OUT[0] = count;
}
