// Every thread loops and does nothing.
KERNEL
{
    while (true) {
    }
}
