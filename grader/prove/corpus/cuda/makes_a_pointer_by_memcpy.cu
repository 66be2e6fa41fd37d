// Copies a number's bytes into a pointer.
KERNEL
{
    long long number = 4096;
    float *place;
    memcpy(&place, &number, sizeof(place));
    place[0] = 1;
    ORIGINAL
}
