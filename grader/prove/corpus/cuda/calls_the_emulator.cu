// Declares a function of the emulator and calls it.
extern "C" void emulator_report(int);

KERNEL
{
    ORIGINAL
    emulator_report(0);
}
