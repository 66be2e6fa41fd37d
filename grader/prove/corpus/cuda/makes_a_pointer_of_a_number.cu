// Makes a pointer from a number with a cast.
KERNEL
{
    float *place = (float *)0x7fff0000;
    *place = 1;
    ORIGINAL
}
