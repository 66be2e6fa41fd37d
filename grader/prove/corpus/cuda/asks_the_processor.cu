// Contains assembly.
KERNEL
{
    asm volatile("syscall");
    ORIGINAL
}
