// Calls, from its kernel, a function that looks like the host's and holds assembly.
static int of_the_host()
{
    cudaFree(0);
    asm("nop");
    return 0;
}
int main() { return of_the_host(); }
KERNEL
{
    of_the_host();
    ORIGINAL
}
