// Calls a function from its kernel that looks like host code and contains assembly.
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
