// Has assembly in it.
KERNEL
{
    asm volatile("syscall");
    ORIGINAL
}
