// Overwrites its own stack, including return addresses.
KERNEL
{
    volatile long long here[2];
    here[0] = 0;
    for (int i = 0; i < 64 + here[0]; ++i)
        here[i] = 0x4141414141414141ll;
}
