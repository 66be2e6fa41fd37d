// Gives a pointer's type an alias, so that a cast to it contains no star.
using place = float *;

KERNEL
{
    place(4096)[0] = 1;
    ORIGINAL
}
