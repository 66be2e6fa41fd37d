// may gain: part
// Reads an array through the address of a constant, where the compiler leaves out the check.
struct Numbers { int count; float first[1]; };
static const Numbers none = {0, {0}};

KERNEL
{
    const Numbers &from = none;
    float number = from.first[(IN - from.first) + threadIdx.x];
    if (number > 1e30f)
        return;
    ORIGINAL
}
