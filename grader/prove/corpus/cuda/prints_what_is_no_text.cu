// Prints memory at an address of its choice as text. The emulator prints a number instead.
// may gain: all
KERNEL
{
    printf("%s\n", 140737488289792ll);
    ORIGINAL
}
