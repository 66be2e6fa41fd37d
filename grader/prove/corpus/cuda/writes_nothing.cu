// Has an empty body.
KERNEL
{
}
