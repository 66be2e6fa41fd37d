// Declares a function of the C library, which the compiler would turn into stores that no check sees.
extern "C" { char *strcpy(char *, const char *); }

KERNEL
{
    __shared__ char text[16];
    strcpy(text, "no check here");
    ORIGINAL
}
