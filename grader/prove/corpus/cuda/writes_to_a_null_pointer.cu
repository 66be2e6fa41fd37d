// Writes to address 0.
KERNEL
{
    float *place = nullptr;
    *place = 1;
    ORIGINAL
}
