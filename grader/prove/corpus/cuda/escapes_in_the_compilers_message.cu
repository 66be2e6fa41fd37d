// Makes the compiler print a message that clears a terminal and reverses the direction of writing.
#error "\u202e 001 fo 001 ‮⁦ passed"
KERNEL
{
    ORIGINAL
}
