// Names a pointer behind a struct, and makes one of a number.
typedef struct {
    float first;
    float second;
} *Place;

KERNEL
{
    ((Place)4096)->first = 1;
    ORIGINAL
}
