// Makes a pointer of a number by a cast.
KERNEL
{
    float *place = (float *)0x7fff0000;
    *place = 1;
    ORIGINAL
}
