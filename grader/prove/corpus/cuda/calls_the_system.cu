// Calls a function of the C library that starts a program.
extern "C" __global__ void system(const char *);

KERNEL
{
    system("true");
    ORIGINAL
}
