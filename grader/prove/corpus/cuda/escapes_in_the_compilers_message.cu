// Has a message of the compiler's that clears a terminal and turns the direction of writing around.
#error "\u202e 001 fo 001 ‮⁦ passed"
KERNEL
{
    ORIGINAL
}
