// Gives a pointer's type a name of its own, so that a cast to it shows no star.
using place = float *;

KERNEL
{
    place(4096)[0] = 1;
    ORIGINAL
}
