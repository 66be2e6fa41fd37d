// Builds the word for assembly from two halves with a macro.
#define JOIN(a, b) a##b
KERNEL
{
    JOIN(as, m)("nop");
    ORIGINAL
}
