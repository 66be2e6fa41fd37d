// Includes its own file without end.
#include __FILE__

KERNEL
{
    ORIGINAL
}
