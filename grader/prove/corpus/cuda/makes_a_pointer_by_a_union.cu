// Reads a number as a pointer through a union.
union Both {
    long long number;
    float *place;
};

KERNEL
{
    Both both;
    both.number = 4096;
    both.place[0] = 1;
    ORIGINAL
}
