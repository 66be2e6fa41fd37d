// Has memory read as a text, at an address that it chose: a number is printed instead.
// may gain: all
KERNEL
{
    printf("%s\n", 140737488289792ll);
    ORIGINAL
}
