// Asks the preprocessor which files the machine has. The sandbox shows only the compiler's own.
KERNEL
{
#if __has_include("/work") || __has_include("/etc/shadow")
    OUT[0] = 1;
#else
    ORIGINAL
#endif
}
