// Includes a file of the machine, so that its text stands in the compiler's message.
#include "/etc/passwd"

KERNEL
{
    ORIGINAL
}
