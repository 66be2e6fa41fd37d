// Asks the preprocessor which files the machine has: none but the compiler's own, behind the wall.
KERNEL
{
#if __has_include("/work") || __has_include("/etc/shadow")
    OUT[0] = 1;
#else
    ORIGINAL
#endif
}
