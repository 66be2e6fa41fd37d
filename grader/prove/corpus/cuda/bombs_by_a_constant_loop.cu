// Has a loop without end that the compiler is to run.
constexpr int endless()
{
    int n = 0;
    while (true)
        n = (n + 1) % 7;
    return n;
}

KERNEL
{
    constexpr int many = endless();
    OUT[0] = many;
}
