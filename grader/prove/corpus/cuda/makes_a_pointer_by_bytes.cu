// Writes into a pointer byte by byte, through a pointer to void.
KERNEL
{
    float *place = OUT;
    void *bytes = &place;
    static_cast<char *>(bytes)[6] = 127;
    place[0] = 1;
    ORIGINAL
}
