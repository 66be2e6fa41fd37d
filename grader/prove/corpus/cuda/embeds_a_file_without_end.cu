// Embeds a file that never ends.
KERNEL
{
    const unsigned char all[] = {
#embed "/dev/zero"
    };
    OUT[0] = all[0];
}
