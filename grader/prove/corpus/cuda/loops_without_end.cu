// Loops in every thread without doing anything.
KERNEL
{
    while (true) {
    }
}
